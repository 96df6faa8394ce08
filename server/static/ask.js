// The query editor over this server alone, with completion from its graph and with pictures of answers.

import { chartView } from "./ask_chart.js";
import { replaceCompleters } from "./ask_completion.js";
import { graphView } from "./ask_graph.js";

const place = document.getElementById("editor");
const KEPT = 5; // tabs that the browser remembers

/** Names and states for what has only a look or a place, for those who hear the page or use the keyboard. */
function mendNames(root) {
  const name = (selector, words) => {
    for (const element of root.querySelectorAll(selector)) element.setAttribute("aria-label", words);
  };
  name(".CodeMirror textarea", "SPARQL query");
  name(".tabsList input", "Name of this tab");
  name("select.tableSizer", "Rows on a page");
  for (const button of root.querySelectorAll(".addTab")) {
    button.ariaHidden = "true"; // a list of tabs may hold tabs alone; there is another button for it
    button.tabIndex = -1;
  }
  for (const button of root.querySelectorAll(".yasr_btnGroup button")) {
    button.disabled = button.classList.contains("disabled"); // it only looks so
    button.ariaPressed = String(button.classList.contains("selected"));
  }
  for (const wide of root.querySelectorAll(".yasr_results")) wide.tabIndex = 0;
}

/** What the server says of a query that it does not answer: a problem in JSON, or whatever stands between. */
function reason(error) {
  try {
    return JSON.parse(error.text).detail;
  } catch {
    return error.text || "it failed";
  }
}

/** Tell those who do not see it what came of the query. */
function sayWhatCame(yasgui) {
  const said = document.getElementById("said");
  const say = (results) => {
    const error = results?.getError();
    const rows = results?.getBindings()?.length;
    said.textContent = error ? `No answer: ${reason(error)}` : rows === undefined ? "Answered." : `${rows} rows.`;
  };
  yasgui.on("queryResponse", (_, tab) => setTimeout(() => say(tab.getYasr().results), 0)); // it is read after this
}

/** No more tabs in the browser's memory than one can oversee. */
function boundTabs(yasgui) {
  const bound = () => {
    const tabs = yasgui.persistentConfig.getTabs();
    if (tabs.length > KEPT) yasgui.getTab(tabs[0])?.close();
  };
  bound();
  yasgui.on("tabAdd", () => setTimeout(bound, 0));
}

/** Offer the pictures whose libraries came with the program. */
function registerViews(Yasr, { libraries, page, prefixes }) {
  const views = { chart: chartView, graph: graphView };
  for (const [name, library] of Object.entries(libraries)) {
    Yasr.registerPlugin(name, views[name]({ library, page, prefixes }));
  }
}

async function begin() {
  const settings = await (await fetch(place.dataset.settings)).json();
  const Yasgui = window.Yasgui.default ?? window.Yasgui;
  const endpoint = new URL(settings.endpoint, location.href).href;
  replaceCompleters(Yasgui.Yasqe, settings);
  registerViews(Yasgui.Yasr, settings);
  place.hidden = false;
  document.getElementById("plain").open = false;
  const form = document.getElementById("query");
  const yasgui = new Yasgui(document.getElementById("yasgui"), {
    autofocus: false,
    copyEndpointOnNewTab: false,
    persistenceId: "rdm-kg",
    persistencyExpire: 7 * 24 * 3600,
    requestConfig: { endpoint, method: "POST", acceptHeaderGraph: "text/turtle" },
    endpointCatalogueOptions: { getData: () => [], keys: [], renderItem: () => {} },
    yasqe: { value: form.value, persistencyExpire: 7 * 24 * 3600 },
    yasr: { prefixes: settings.prefixes, maxPersistentResponseSize: 0, persistenceId: null },
  });
  for (const tab of Object.values(yasgui._tabs)) tab.setEndpoint(endpoint);
  yasgui.on("tabAdd", (_, id) => setTimeout(() => yasgui.getTab(id)?.setEndpoint(endpoint), 0));
  boundTabs(yasgui);
  sayWhatCame(yasgui);
  document.getElementById("tab").addEventListener("click", () => yasgui.addTab(true));
  document.getElementById("question").addEventListener("change", (event) => {
    const chosen = settings.questions.find((question) => question.name === event.target.value);
    if (!chosen) return;
    const tab = yasgui.addTab(true, { name: chosen.title, yasqe: { value: chosen.query } });
    tab.setEndpoint(endpoint);
  });
  mendNames(place);
  new MutationObserver(() => mendNames(place)).observe(place, {
    attributeFilter: ["class"],
    childList: true,
    subtree: true,
  });
}

begin();
