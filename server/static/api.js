// Swagger UI in the place of the plain list of operations.
"use strict";

const place = document.getElementById("swagger");

/** A button of Swagger UI has a link in it; the link's words are enough. */
const plainWords = ({ React }) => ({
  wrapComponents: { DeepLink: () => ({ text }) => React.createElement("span", null, text) },
});

/** Names and places for those who hear the page or use the keyboard. */
function mend() {
  place.querySelector("#servers")?.setAttribute("aria-label", "Server");
  for (const select of place.querySelectorAll("select:not([aria-label], #servers)")) {
    const row = select.closest("tr")?.dataset.paramName;
    select.setAttribute("aria-label", row ?? "Media type");
  }
  for (const wide of place.querySelectorAll("pre")) wide.tabIndex = 0;
}

if (window.SwaggerUIBundle) {
  place.hidden = false;
  document.getElementById("operations").hidden = true;
  new MutationObserver(mend).observe(place, { childList: true, subtree: true });
  window.SwaggerUIBundle({
    domNode: place,
    url: place.dataset.document,
    plugins: [plainWords],
    defaultModelsExpandDepth: -1,
    validatorUrl: null,
  });
}
