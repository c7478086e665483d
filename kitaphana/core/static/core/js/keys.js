// Keys of the day (F2 desk, F3 return, F4 reader, / search): press what carries data-key on the page.
// An input is focused, a button pressed, a link followed. What stands in the main part goes before the menu.

const writing = (node) => node.isContentEditable || /^(INPUT|TEXTAREA|SELECT)$/.test(node.tagName);
const visible = (node) => node.getClientRects().length > 0;

document.addEventListener("keydown", (event) => {
  if (event.ctrlKey || event.altKey || event.metaKey || event.defaultPrevented) return;
  const isFunction = /^F\d+$/.test(event.key);
  if (!isFunction && writing(event.target)) return;
  const all = [...document.querySelectorAll("[data-key]")].filter((node) => node.dataset.key === event.key);
  const found =
    all.find((node) => node.closest("main") && visible(node)) ??
    all.find((node) => writing(node) && visible(node)) ??
    all[0];
  if (!found || document.querySelector("dialog[open]")) return;
  event.preventDefault();
  if (writing(found)) {
    found.focus();
    found.select?.();
  } else found.click();
});
