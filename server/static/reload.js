// Loads the page again when the release that it was made from is no longer the current one.
"use strict";

const { events, release, worker } = document.currentScript.dataset;
new BroadcastChannel("releases").addEventListener("message", ({ data }) => {
  if (data !== release) location.reload();
});
new SharedWorker(worker, { name: events });
