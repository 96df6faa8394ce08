// Loads the page again when the release that it was made from is no longer the current one.
"use strict";

const { events, release } = document.currentScript.dataset;
new EventSource(events).addEventListener("release", ({ data }) => {
  if (data !== release) location.reload();
});
