// A field above each catalogue that hides the rows without the words typed; accents and case do not matter.
const fold = (text) => text.normalize("NFD").replace(/\p{M}/gu, "").toLowerCase();

document.querySelectorAll("div.filtered").forEach((block, number) => {
  const rows = [...block.querySelectorAll("tbody tr")].map((row) => [row, fold(row.textContent)]);
  const form = document.createElement("div");
  const label = document.createElement("label");
  const field = document.createElement("input");
  const count = document.createElement("output");
  form.className = "filter";
  label.textContent = "Filter the rows";
  field.type = "search";
  field.id = `filter-${number}`;
  label.htmlFor = count.htmlFor = field.id;
  form.append(label, field, count);
  block.prepend(form);
  const show = () => {
    const wanted = fold(field.value).split(/\s+/).filter(Boolean);
    let shown = 0;
    for (const [row, text] of rows) {
      row.hidden = !wanted.every((word) => text.includes(word));
      shown += row.hidden ? 0 : 1;
    }
    count.textContent = `${shown} of ${rows.length}`;
  };
  field.addEventListener("input", show);
  show();
});

// What scrolls sideways can be scrolled with the keyboard.
const reach = () => {
  for (const block of document.querySelectorAll("pre, .table-wrapper")) {
    if (block.scrollWidth > block.clientWidth) block.tabIndex = 0;
    else block.removeAttribute("tabindex");
  }
};
reach();
addEventListener("resize", reach);
