// The grid pupils × titles (issue.html, return.html): arrows between cells, marks, conditions, scans.
// Without scripts it is a form of check boxes.

const form = document.querySelector("form[data-grid]");
if (form) {
  const count = form.querySelector("[data-grid-count]");
  const boxes = () => [...form.querySelectorAll(".grid-cell input[type=checkbox]")];
  const volumes = (box) => {
    const number = box.closest("label").querySelector("input[type=number]");
    const words = box.closest("label").querySelector("small")?.textContent ?? "";
    return Number(number?.value ?? (words.startsWith("×") ? words.slice(1) : 1));
  };
  const tell = () => {
    const marked = boxes().filter((box) => box.checked);
    if (count) count.textContent = String(marked.reduce((sum, box) => sum + volumes(box), 0));
    for (const button of form.querySelectorAll("[data-grid-submit]")) button.disabled = !marked.length;
  };
  form.addEventListener("change", tell);
  tell();

  form.querySelector("[data-grid-none]")?.addEventListener("click", () => {
    for (const box of boxes()) box.checked = false;
    tell();
  });

  // A click on a pupil's cell of the head row marks or unmarks the whole column; the first column stays a link.
  for (const head of form.querySelectorAll("th[data-column]")) {
    head.addEventListener("click", () => {
      const column = boxes().filter((box) => box.closest("td").dataset.column === head.dataset.column);
      const mark = column.some((box) => !box.checked);
      for (const box of column) box.checked = mark;
      tell();
    });
  }

  // Arrows go to the nearest cell with a box in that direction.
  const step = (from, rows, columns) => {
    const cell = from.closest("td");
    if (columns) {
      let next = cell;
      do next = columns > 0 ? next.nextElementSibling : next.previousElementSibling;
      while (next && !next.querySelector("input[type=checkbox]"));
      return next?.querySelector("input[type=checkbox]");
    }
    const place = cell.cellIndex;
    let row = cell.parentElement;
    do row = rows > 0 ? row.nextElementSibling : row.previousElementSibling;
    while (row && !row.cells[place]?.querySelector("input[type=checkbox]"));
    return row?.cells[place].querySelector("input[type=checkbox]");
  };
  const ARROWS = { ArrowUp: [-1, 0], ArrowDown: [1, 0], ArrowLeft: [0, -1], ArrowRight: [0, 1] };
  const CONDITIONS = ["NEW", "GOOD", "FAIR", "POOR"];

  const note = (box, condition) => {
    const cell = box.closest("td");
    const name = `c-${box.value}`;
    let field = cell.querySelector(`input[type=hidden][name="${name}"]`);
    if (!field) {
      field = document.createElement("input");
      field.type = "hidden";
      field.name = name;
      cell.append(field);
    }
    field.value = condition;
    cell.dataset.condition = String(CONDITIONS.indexOf(condition) + 1);
  };

  form.addEventListener("keydown", (event) => {
    const box = event.target;
    if (box.type !== "checkbox" || !box.closest(".grid-cell")) return;
    if (event.key in ARROWS) {
      event.preventDefault();
      step(box, ...ARROWS[event.key])?.focus();
    } else if (/^[1-4]$/.test(event.key)) {
      event.preventDefault();
      note(box, CONDITIONS[Number(event.key) - 1]);
    } else if (/^[oо]$/i.test(event.key) && !event.ctrlKey) {
      box.closest("td").querySelector(".grid-own")?.click();
    }
  });

  // A scan: a card chooses the row, a book marks or unmarks its cell in the chosen row.
  let row = null;
  document.addEventListener("htmx:afterSettle", (event) => {
    if (event.target.id !== "scan-answer") return;
    const { person, column } = event.target.querySelector("[data-outcome=found]")?.dataset ?? {};
    if (person) {
      row?.classList.remove("is-chosen");
      row = form.querySelector(`tr[data-person="${person}"]`);
      row?.classList.add("is-chosen");
      row?.scrollIntoView({ block: "center" });
    }
    if (column && row) {
      const box = row.querySelector(`td[data-column="${column}"] input[type=checkbox]`);
      if (box) box.checked = !box.checked;
      tell();
    }
  });
}
