// The MARC editor by keyboard: what a field is called while one is in it, a new field begun with its usual indicators,
// lines moved and deleted, fixed fields put together from their places. Without this script the text is simply typed.

const text = document.getElementById("id_text");
const help = document.getElementById("marc-help");
const dialog = document.getElementById("fixed");
const fields = JSON.parse(document.getElementById("marc-fields").textContent);

// So that Ctrl+Z takes it back, text is put in as if it were typed.
function put(from, to, words) {
  text.focus();
  text.setSelectionRange(from, to);
  if (words === "" ? !document.execCommand("delete") : !document.execCommand("insertText", false, words)) {
    text.setRangeText(words, from, to, "end");
    text.dispatchEvent(new Event("input", { bubbles: true }));
  }
}

function here() {
  const all = text.value;
  const place = text.selectionStart;
  const start = all.lastIndexOf("\n", place - 1) + 1;
  const next = all.indexOf("\n", place);
  const end = next < 0 ? all.length : next;
  return { start, end, place, line: all.slice(start, end) };
}

function tell() {
  const { line, start, place } = here();
  const field = fields[line.slice(1, 4)];
  help.hidden = !field;
  if (!field) return;
  const code = line.slice(0, place - start).match(/\$(.)[^$]*$/)?.[1];
  const parts = Object.entries(field.parts).map(([key, name]) => {
    const item = document.createElement(key === code ? "strong" : "span");
    item.textContent = `$${key} ${name}`;
    return item;
  });
  const name = document.createElement("strong");
  name.textContent = `${line.slice(1, 4)} ${field.name}`;
  help.replaceChildren(name, ...parts.flatMap((item) => [" · ", item]));
}

function move(step) {
  const { start, end, place, line } = here();
  const lines = text.value.split("\n");
  const number = text.value.slice(0, start).split("\n").length - 1;
  const other = number + step;
  if (other < 0 || other >= lines.length) return;
  const neighbour = lines[other];
  if (step < 0) {
    put(start - neighbour.length - 1, end, `${line}\n${neighbour}`);
    text.setSelectionRange(place - neighbour.length - 1, place - neighbour.length - 1);
  } else {
    put(start, end + 1 + neighbour.length, `${neighbour}\n${line}`);
    text.setSelectionRange(place + neighbour.length + 1, place + neighbour.length + 1);
  }
}

function remove() {
  const { start, end } = here();
  const isLast = end === text.value.length;
  put(isLast ? Math.max(start - 1, 0) : start, isLast ? end : end + 1, "");
}

text.addEventListener("keydown", (event) => {
  const control = (event.ctrlKey || event.metaKey) && !event.altKey && !event.shiftKey;
  if (control && event.code === "KeyS") text.form.requestSubmit();
  else if (control && event.code === "KeyD") remove();
  else if (event.altKey && event.key === "ArrowUp") move(-1);
  else if (event.altKey && event.key === "ArrowDown") move(1);
  else if (event.key === "F8") put(text.selectionStart, text.selectionEnd, "$");
  else if (event.key === "Enter" && !event.shiftKey && !control && !event.isComposing) {
    const { end } = here();
    put(end, end, "\n=");
  } else return;
  event.preventDefault();
});

text.addEventListener("input", (event) => {
  const { line, start, place } = here();
  // The third digit of a tag: its usual beginning follows.
  if (event.inputType === "insertText" && place === start + 4 && /^=\d{3}$/.test(line)) {
    put(place, place, ` ${fields[line.slice(1)]?.start ?? "##$a"}`);
  }
  tell();
});
text.addEventListener("keyup", tell);
text.addEventListener("click", tell);

document.getElementById("findings").addEventListener("click", (event) => {
  const link = event.target.closest("[data-line]");
  if (!link) return;
  event.preventDefault();
  const lines = text.value.split("\n");
  const start = lines.slice(0, link.dataset.line - 1).reduce((sum, line) => sum + line.length + 1, 0);
  text.focus();
  text.setSelectionRange(start, start + (lines[link.dataset.line - 1] ?? "").length);
  tell();
});

// A fixed field is put together from its places and stands in its line at once.
dialog.addEventListener("input", () => {
  const shown = dialog.querySelector("[data-composed]");
  const signs = [...shown.textContent];
  for (const control of dialog.querySelectorAll("[data-start]")) {
    const start = Number(control.dataset.start);
    const length = Number(control.dataset.length);
    [...control.value.padEnd(length).slice(0, length)].forEach((sign, place) => { signs[start + place] = sign; });
  }
  shown.textContent = signs.join("");
  const tag = shown.dataset.composed;
  const line = `=${tag} ${shown.textContent}`;
  const lines = text.value.split("\n");
  const number = lines.findIndex((one) => one.startsWith(`=${tag}`));
  if (number >= 0) lines[number] = line;
  else lines.splice(tag === "LDR" ? 0 : 1, 0, line);
  text.value = lines.join("\n");
  text.dispatchEvent(new Event("input", { bubbles: true }));
});

document.querySelector("[data-tools]").hidden = false;
tell();
