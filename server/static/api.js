// Swagger UI in the place of the plain list of operations.
"use strict";

const place = document.getElementById("swagger");

/** The page has a heading of its own; and a button of Swagger UI has a link in it, whose words are enough. */
const partOfPage = ({ React }) => ({
  wrapComponents: {
    InfoContainer: () => () => null,
    DeepLink: () => ({ text }) => React.createElement("span", null, text),
  },
});

/** Names and places for those who hear the page or use the keyboard. */
function mend() {
  place.querySelector("#servers")?.setAttribute("aria-label", "Server");
  for (const select of place.querySelectorAll("select:not([aria-label], #servers)")) {
    const row = select.closest("tr")?.dataset.paramName;
    select.setAttribute("aria-label", row ?? "Media type");
  }
  place.querySelector("main")?.setAttribute("role", "group");
  for (const wide of place.querySelectorAll("pre")) wide.tabIndex = 0;
}

/** Swagger UI has a dark look of its own, by a class of the whole page. */
function follow({ matches }) {
  document.documentElement.classList.toggle("dark-mode", matches);
}

if (window.SwaggerUIBundle) {
  const dark = window.matchMedia("(prefers-color-scheme: dark)");
  dark.addEventListener("change", follow);
  follow(dark);
  document.getElementById("explorer").hidden = false;
  document.getElementById("listing").hidden = true;
  new MutationObserver(mend).observe(place, { childList: true, subtree: true });
  window.SwaggerUIBundle({
    domNode: place,
    url: place.dataset.document,
    plugins: [partOfPage],
    defaultModelsExpandDepth: -1,
    validatorUrl: null,
  });
}
