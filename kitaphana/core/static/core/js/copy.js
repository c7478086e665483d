// Buttons with data-copy="id" copy the text of that element. Shown only where a script runs; where the clipboard may not
// be written (a plain http address), the text is marked for Ctrl+C. What was done stands in the button for a moment.

const SHOWN = 2_000;

function mark(source) {
  const range = document.createRange();
  range.selectNodeContents(source);
  const selection = getSelection();
  selection.removeAllRanges();
  selection.addRange(range);
}

for (const button of document.querySelectorAll("button[data-copy]")) {
  const source = document.getElementById(button.dataset.copy);
  if (!source) continue;
  button.hidden = false;
  button.addEventListener("click", async () => {
    let copied = true;
    try {
      await navigator.clipboard.writeText(source.textContent.trim());
    } catch {
      mark(source);
      copied = document.execCommand("copy");
    }
    const words = button.querySelector("[data-words]");
    const before = words.textContent;
    if (!copied || before === button.dataset.done) return;
    words.textContent = button.dataset.done;
    setTimeout(() => { words.textContent = before; }, SHOWN);
  });
}
