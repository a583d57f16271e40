"use strict";
document.documentElement.classList.add("js");
(() => {
  const all = (selector, within = document) => [...within.querySelectorAll(selector)];
  const plain = (text) => text.normalize("NFD").replace(/\p{M}/gu, "").toLowerCase();

  const open = (button, isOpen) => {
    button.setAttribute("aria-expanded", isOpen);
    document.getElementById(button.getAttribute("aria-controls")).classList.toggle("open", isOpen);
  };

  const show = (language) => {
    for (const edition of all(".edition")) edition.hidden = edition.id !== language;
    const chosen = document.getElementById(language);
    document.documentElement.lang = language;
    document.title = chosen.dataset.title;
    stops();
    return chosen;
  };

  // a link into the other edition shows it; a link to a line opens its explanation
  const follow = () => {
    const target = document.getElementById(decodeURIComponent(location.hash.slice(1)));
    const edition = target && target.closest(".edition");
    if (!edition) return;
    if (edition.hidden) show(edition.id);
    const button = target.matches("tbody") && target.querySelector(".opener");
    if (button) {
      const search = edition.querySelector("[data-search]");
      search.value = "";
      filter(search);
      open(button, true);
    }
    target.scrollIntoView();
    if (button) button.focus();
    else if (target !== edition) target.focus();
  };

  const filter = (search) => {
    const wanted = plain(search.value).split(/\s+/).filter(Boolean);
    const rows = all("tbody", document.getElementById(search.dataset.search));
    let shown = 0;
    for (const row of rows) {
      row.words ??= plain(row.textContent);
      row.hidden = !wanted.every((word) => row.words.includes(word));
      shown += !row.hidden;
    }
    const count = search.parentNode.querySelector(".count");
    count.textContent = count.dataset.said.replace("%s", shown.toLocaleString(document.documentElement.lang));
  };

  for (const link of all(".switch"))
    link.addEventListener("click", (event) => {
      event.preventDefault();
      show(link.hreflang).querySelector(".switch").focus();
      history.replaceState(null, "", "#" + link.hreflang);
    });
  for (const button of all(".opener"))
    button.addEventListener("click", () => open(button, button.getAttribute("aria-expanded") !== "true"));
  for (const button of all("[data-open]"))
    button.addEventListener("click", () => {
      const isOpen = button.getAttribute("aria-pressed") !== "true";
      button.setAttribute("aria-pressed", isOpen);
      for (const each of all(".opener", document.getElementById(button.dataset.open))) open(each, isOpen);
    });
  for (const search of all("[data-search]")) search.addEventListener("input", () => filter(search));
  // only what scrolls is a stop for the keyboard
  const stops = () => {
    for (const box of all(".scroll")) box.tabIndex = box.scrollWidth > box.clientWidth ? 0 : -1;
  };
  for (const details of all("details")) details.addEventListener("toggle", stops);
  addEventListener("resize", stops);
  stops();
  addEventListener("hashchange", follow);
  if (location.hash) follow();
})();
