// Folding lists (details.dropdown) close on Escape, on a click elsewhere and when another one opens.
// Toasts go away by themselves, unless somebody is at them.

const opened = () => document.querySelectorAll("details.dropdown[open]");

document.addEventListener("click", (event) => {
  for (const list of opened()) if (!list.contains(event.target)) list.open = false;
});

document.addEventListener("keydown", (event) => {
  if (event.key !== "Escape") return;
  for (const list of opened()) {
    list.open = false;
    list.querySelector("summary").focus();
  }
});

const LONG_ENOUGH = 8000;

function fade(toast) {
  setTimeout(() => (toast.matches(":hover, :focus-within") ? fade(toast) : toast.remove()), LONG_ENOUGH);
}

const place = document.getElementById("toasts");
if (place) {
  new MutationObserver((changes) => {
    for (const change of changes) for (const node of change.addedNodes) if (node.nodeType === 1) fade(node);
  }).observe(place, { childList: true });
}
