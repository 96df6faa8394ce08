// Suggestions for a search box: names of things that go on as what is typed begins. Without this script the box works.
"use strict";

for (const box of document.querySelectorAll("input[data-suggest]")) {
  const list = document.createElement("datalist");
  list.id = `${box.id}-suggestions`;
  box.after(list);
  box.setAttribute("list", list.id);
  let waiting;
  box.addEventListener("input", () => {
    clearTimeout(waiting);
    waiting = setTimeout(async () => {
      const typed = box.value;
      const answer = await fetch(`${box.dataset.suggest}?q=${encodeURIComponent(typed)}`).catch(() => null);
      if (answer?.ok && box.value === typed) {
        const names = await answer.json();
        list.replaceChildren(...names.map((name) => new Option("", name)));
      }
    }, 150);
  });
}
