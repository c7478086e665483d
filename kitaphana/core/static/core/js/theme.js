// The switches of appearance: work at once, are remembered by the server's cookie, and without scripts are a form.

const root = document.documentElement;

function show(form) {
  for (const button of form.elements) {
    if (button.name === "theme") button.setAttribute("aria-pressed", String(button.value === root.dataset.theme));
    if (button.name === "low_vision") {
      const on = root.dataset.vision === "low";
      button.setAttribute("aria-pressed", String(on));
      button.value = on ? "0" : "1";
    }
  }
}

document.addEventListener("submit", async (event) => {
  const form = event.target;
  const pressed = event.submitter;
  if (!form.matches("[data-preferences]") || !pressed?.name) return;
  event.preventDefault();
  const choice = { name: pressed.name, value: pressed.value };
  const body = new FormData(form);
  body.set(choice.name, choice.value);
  if (choice.name === "theme") root.dataset.theme = choice.value;
  else if (choice.value === "1") root.dataset.vision = "low";
  else delete root.dataset.vision;
  show(form);
  try {
    const answer = await fetch(form.action, { method: "POST", body, headers: { "X-Requested-With": "fetch" } });
    if (!answer.ok) throw new Error(String(answer.status));
  } catch {
    // No connection: this browser remembers by itself.
    document.cookie = `${choice.name}=${choice.value}; path=/; max-age=31536000; samesite=lax`;
  }
});
