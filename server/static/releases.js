// Tells all tabs which release is the current one. It is a worker that they share, which holds one connection: of those of a
// browser to a server there are six, and with one for each tab the seventh would wait for ever.
"use strict";

const tabs = new BroadcastChannel("releases");
let current;

new EventSource(name).addEventListener("release", ({ data }) => {
  current = data;
  tabs.postMessage(current);
});
addEventListener("connect", () => {
  if (current) tabs.postMessage(current);
});
