// Suggestions under a text field (ARIA combobox). The field carries data-suggest-url; the server answers
// {"items": [{"label", "value", "hint", "url"}]} to ?q=. Choosing one follows its url; or puts its value into the field
// named by data-suggest-into (a CSS selector) and its label into this one; or fills this field and sends the form.

const PAUSE = 180;
let count = 0;

function equip(input) {
  const list = document.createElement("div");
  list.className = "suggest-list";
  list.id = `suggest-${++count}`;
  list.setAttribute("role", "listbox");
  list.setAttribute("aria-label", input.getAttribute("aria-label") ?? input.labels?.[0]?.textContent ?? "");
  list.hidden = true;
  const frame = document.createElement("div");
  frame.className = "suggest";
  const heard = document.createElement("span");
  heard.className = "visually-hidden";
  heard.setAttribute("role", "status");
  const hadFocus = document.activeElement === input;
  input.replaceWith(frame);
  frame.append(input, list, heard);
  if (hadFocus) input.focus();
  Object.entries({
    role: "combobox",
    "aria-autocomplete": "list",
    "aria-expanded": "false",
    "aria-controls": list.id,
    autocomplete: "off",
  }).forEach(([name, value]) => input.setAttribute(name, value));

  let timer = 0;
  let question = null;
  let items = [];
  let at = -1;

  const close = () => {
    list.hidden = true;
    at = -1;
    input.setAttribute("aria-expanded", "false");
    input.removeAttribute("aria-activedescendant");
  };

  const mark = (index) => {
    at = index;
    [...list.children].forEach((node, n) => node.setAttribute("aria-selected", String(n === at)));
    if (at < 0) return input.removeAttribute("aria-activedescendant");
    input.setAttribute("aria-activedescendant", list.children[at].id);
    list.children[at].scrollIntoView({ block: "nearest" });
  };

  const choose = (item) => {
    close();
    if (item.url) return location.assign(item.url);
    input.value = item.label;
    const into = input.dataset.suggestInto && document.querySelector(input.dataset.suggestInto);
    if (into) {
      into.value = item.value;
      into.dispatchEvent(new Event("change", { bubbles: true }));
    } else {
      input.value = item.value ?? item.label;
      if (input.type === "search") input.form?.requestSubmit();
    }
  };

  const show = (found) => {
    items = found;
    list.replaceChildren(
      ...items.map((item, n) => {
        const row = document.createElement("div");
        row.className = "suggest-item";
        row.id = `${list.id}-${n}`;
        row.setAttribute("role", "option");
        row.setAttribute("aria-selected", "false");
        row.append(Object.assign(document.createElement("span"), { textContent: item.label }));
        if (item.hint) row.append(Object.assign(document.createElement("small"), { textContent: item.hint }));
        return row;
      }),
    );
    heard.textContent = (input.dataset.suggestCount ?? "{n}").replace("{n}", String(items.length));
    if (!items.length) return close();
    list.hidden = false;
    mark(-1);
    input.setAttribute("aria-expanded", "true");
  };

  const ask = async () => {
    question?.abort();
    const text = input.value.trim();
    if (!text) return close();
    question = new AbortController();
    const address = new URL(input.dataset.suggestUrl, location.href);
    address.searchParams.set("q", text);
    try {
      const answer = await fetch(address, { signal: question.signal, headers: { Accept: "application/json" } });
      if (!answer.ok) return close();
      const data = await answer.json();
      if (document.activeElement === input) show(Array.isArray(data) ? data : data.items ?? []);
    } catch {
      close(); // A newer question or no connection: the field works without suggestions.
    }
  };

  input.addEventListener("input", () => {
    clearTimeout(timer);
    timer = setTimeout(ask, PAUSE);
    const into = input.dataset.suggestInto && document.querySelector(input.dataset.suggestInto);
    if (into) into.value = ""; // What was chosen before no longer stands in the field.
  });
  input.addEventListener("keydown", (event) => {
    const { key } = event;
    if (key === "ArrowDown" && list.hidden && items.length && input.value.trim()) show(items);
    if (list.hidden) return;
    if (key === "ArrowDown") mark((at + 1) % items.length);
    else if (key === "ArrowUp") mark(at <= 0 ? items.length - 1 : at - 1);
    else if (key === "Enter" && at >= 0) choose(items[at]);
    else if (key === "Escape") close();
    else return;
    event.preventDefault();
    event.stopPropagation();
  });
  input.addEventListener("blur", () => {
    clearTimeout(timer);
    question?.abort();
    close();
  });
  input.form?.addEventListener("submit", () => {
    clearTimeout(timer);
    close();
  });
  list.addEventListener("pointerdown", (event) => {
    event.preventDefault(); // Keep the focus in the field.
  });
  list.addEventListener("click", (event) => {
    const row = event.target.closest(".suggest-item");
    if (row) choose(items[[...list.children].indexOf(row)]);
  });
}

function equipAll(part) {
  for (const input of part.querySelectorAll("input[data-suggest-url]:not([role=combobox])")) {
    if (input.dataset.suggestUrl) equip(input);
  }
}

equipAll(document);
document.addEventListener("htmx:load", (event) => equipAll(event.target));
