"use strict";
// Shows the rows that have all words of the search in them. Without a script, all are shown.
const search = document.getElementById("search");
const shown = document.getElementById("shown");
const rows = Array.from(document.querySelectorAll("tbody tr"), (row) => ({
  row,
  text: Array.from(row.cells, (cell) => cell.textContent).join(" ").toLowerCase(),
}));
search.closest("p").hidden = rows.length === 0;
search.addEventListener("input", () => {
  const words = search.value.toLowerCase().split(/\s+/);
  let found = 0;
  for (const { row, text } of rows) {
    row.hidden = !words.every((word) => text.includes(word));
    found += row.hidden ? 0 : 1;
  }
  shown.textContent = `${found} of ${rows.length}`;
});
