// Replacement of the plain list of operations by Swagger UI.
"use strict";

const place = document.getElementById("swagger");

/** Swagger UI plugin: omits the heading, which the page has, and the links inside buttons, which is invalid HTML. */
const partOfPage = ({ React }) => ({
  wrapComponents: {
    InfoContainer: () => () => null,
    DeepLink: () => ({ text }) => React.createElement("span", null, text),
  },
});

/** Add the accessible names, roles and tab stops that Swagger UI lacks. */
function mend() {
  place.querySelector("#servers")?.setAttribute("aria-label", "Server");
  for (const select of place.querySelectorAll("select:not([aria-label], #servers)")) {
    const row = select.closest("tr")?.dataset.paramName;
    select.setAttribute("aria-label", row ?? "Media type");
  }
  place.querySelector("main")?.setAttribute("role", "group");
  for (const wide of place.querySelectorAll("pre")) wide.tabIndex = 0;
}

/** Set or remove the class of the root element that selects Swagger UI's dark mode. */
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
