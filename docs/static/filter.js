// A field above each catalogue that hides the rows without the words typed; accents and case do not matter.
const fold = (text) => text.normalize("NFD").replace(/\p{M}/gu, "").toLowerCase();

for (const block of document.querySelectorAll("div.filtered")) {
  const rows = [...block.querySelectorAll("tbody tr")].map((row) => [row, fold(row.textContent)]);
  const label = document.createElement("label");
  label.className = "filter";
  const words = document.createElement("span");
  const field = document.createElement("input");
  field.type = "search";
  label.append(words, field);
  block.prepend(label);
  const show = () => {
    const wanted = fold(field.value).split(/\s+/).filter(Boolean);
    let shown = 0;
    for (const [row, text] of rows) {
      row.hidden = !wanted.every((word) => text.includes(word));
      shown += row.hidden ? 0 : 1;
    }
    words.textContent = `Filter the rows (${shown} of ${rows.length})`;
  };
  words.setAttribute("role", "status");
  field.addEventListener("input", show);
  show();
}
