// Suggestions for a search box: an editable combobox with a listbox (ARIA Authoring Practices).
// Without this script the box is a plain input.
"use strict";

const PAUSE = 150; // milliseconds without input before a request is sent

for (const box of document.querySelectorAll("input[data-suggest]")) addSuggestions(box);

function addSuggestions(box) {
  const list = document.createElement("ul");
  const count = document.createElement("span");
  let timer;
  let asked = new AbortController();

  list.id = `${box.id}-suggestions`;
  list.className = "suggestions";
  list.hidden = true;
  list.setAttribute("role", "listbox");
  list.setAttribute("aria-label", "Suggestions");
  count.className = "hidden";
  count.setAttribute("aria-live", "polite");
  box.form.append(list, count);
  const attributes = { role: "combobox", "aria-autocomplete": "list", "aria-controls": list.id, "aria-expanded": "false" };
  for (const [name, value] of Object.entries(attributes)) box.setAttribute(name, value);

  const active = () => list.querySelector("[aria-selected=true]");

  function show(names) {
    list.replaceChildren(...names.map((name, place) => option(`${list.id}-${place}`, name)));
    list.hidden = names.length === 0;
    box.setAttribute("aria-expanded", String(!list.hidden));
    box.removeAttribute("aria-activedescendant");
    count.textContent = names.length ? `${names.length} suggestions; use the arrow keys to select one` : "";
  }

  function close() {
    clearTimeout(timer);
    asked.abort();
    show([]);
  }

  async function ask() {
    asked.abort();
    asked = new AbortController();
    const typed = box.value.trim();
    if (!typed) return close();
    const address = `${box.dataset.suggest}?q=${encodeURIComponent(typed)}`;
    const answer = await fetch(address, { signal: asked.signal }).catch(() => null);
    const names = answer?.ok ? await answer.json().catch(() => null) : null;
    if (names && document.activeElement === box) show(names);
  }

  /** Select the next or previous suggestion; beyond both ends none is selected. */
  function move(step) {
    const options = [...list.children];
    const before = active();
    before?.setAttribute("aria-selected", "false");
    const place = before ? options.indexOf(before) + step : step > 0 ? 0 : options.length - 1;
    const next = options[place];
    next?.setAttribute("aria-selected", "true");
    next?.scrollIntoView({ block: "nearest" });
    if (next) box.setAttribute("aria-activedescendant", next.id);
    else box.removeAttribute("aria-activedescendant");
  }

  function choose(chosen) {
    box.value = chosen.textContent;
    close();
    box.form.requestSubmit();
  }

  box.addEventListener("input", () => {
    clearTimeout(timer);
    timer = setTimeout(ask, PAUSE);
  });
  box.addEventListener("blur", close);
  box.addEventListener("keydown", (event) => {
    const isArrow = event.key === "ArrowDown" || event.key === "ArrowUp";
    if (isArrow && list.hidden) ask();
    else if (isArrow) move(event.key === "ArrowDown" ? 1 : -1);
    else if (event.key === "Enter" && active()) choose(active());
    else if (event.key === "Escape" && !list.hidden) close();
    else return;
    event.preventDefault();
  });
  list.addEventListener("mousedown", (event) => event.preventDefault()); // the box keeps the focus
  list.addEventListener("click", (event) => choose(event.target.closest("[role=option]")));
}

function option(id, name) {
  const item = document.createElement("li");
  item.id = id;
  item.textContent = name;
  item.setAttribute("role", "option");
  item.setAttribute("aria-selected", "false");
  return item;
}
