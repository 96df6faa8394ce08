// The query editor (YASGUI) for this endpoint only, with completion from its graph and with charts and graphs.

import { tableOf } from "./answer_table.js";
import { chartView } from "./ask_chart.js";
import { replaceCompleters } from "./ask_completion.js";
import { errorView, problemOf } from "./ask_error.js";
import { graphView } from "./ask_graph.js";
import { madeAt, tableView } from "./ask_table.js";
import { answerAt, engineOf, sourcesOf } from "./engine.js";

const place = document.getElementById("editor");
const MOST_TABS = 5; // largest number of tabs, which the browser stores

/** Add the accessible names, states and tab stops that the editor lacks. */
function mendNames(root) {
  const name = (selector, words) => {
    for (const element of root.querySelectorAll(selector)) element.setAttribute("aria-label", words);
  };
  name(".CodeMirror textarea", "SPARQL query");
  name(".tabsList input", "Name of this tab");
  name(".CodeMirror-scroll", "Text of the query");
  for (const button of root.querySelectorAll(".addTab")) {
    button.ariaHidden = "true"; // a tablist may contain tabs only; the page has another button
    button.tabIndex = -1;
  }
  for (const button of root.querySelectorAll(".yasr_btnGroup button")) {
    button.disabled = button.classList.contains("disabled"); // YASR sets only the class
    button.ariaPressed = String(button.classList.contains("selected"));
  }
  for (const wide of root.querySelectorAll(".yasr_results, .CodeMirror-scroll")) wide.tabIndex = 0;
}

/** Return declarations of the known prefixes that a query may use and does not declare. */
function declarations(yasqe, prefixes) {
  const declared = yasqe.getPrefixesFromQuery();
  const missing = Object.keys(prefixes).filter((prefix) => !(prefix in declared));
  const used = missing.filter((prefix) => new RegExp(`(?<![\\w-])${prefix}:`).test(yasqe.getValue()));
  return used.map((prefix) => `PREFIX ${prefix}: <${prefixes[prefix]}> `).join("");
}

/** Announce the outcome of each query to screen readers. */
function announceResults(yasgui, added) {
  const status = document.getElementById("said");
  const announce = (results, yasqe) => {
    const error = results?.getError();
    const rows = results?.getBindings()?.length;
    status.textContent = error ? `No answer: ${problemOf(error, added(yasqe)).detail}` : rows === undefined ? "Answered." : `${rows} rows.`;
  };
  // YASR parses the response after this event
  yasgui.on("queryResponse", (_, tab) => setTimeout(() => announce(tab.getYasr().results, tab.getYasqe()), 0));
}

/** Close the oldest tab when there are more than MOST_TABS. */
function boundTabs(yasgui) {
  const bound = () => {
    const tabs = yasgui.persistentConfig.getTabs();
    if (tabs.length > MOST_TABS) yasgui.getTab(tabs[0])?.close();
  };
  bound();
  yasgui.on("tabAdd", () => setTimeout(bound, 0));
}

/** Register the table, the view of errors, and the views whose libraries are installed. */
function registerViews(Yasr, yasqe, added, settings, answer) {
  const { libraries, page, prefixes, table } = settings;
  const make = answer ? (result, query) => tableOf(result, query, answer, settings) : madeAt(table);
  Yasr.registerPlugin("table", tableView(make, yasqe));
  Yasr.registerPlugin("error", errorView(yasqe, added));
  const views = { chart: chartView, graph: graphView };
  for (const [name, library] of Object.entries(libraries)) {
    Yasr.registerPlugin(name, views[name]({ library, page, prefixes }));
  }
}

async function begin() {
  const settings = await (await fetch(place.dataset.settings)).json();
  const Yasgui = window.Yasgui.default ?? window.Yasgui;
  const endpoint = new URL(settings.endpoint, location.href).href;
  const answer = settings.engine && engineOf(sourcesOf(settings.engine));
  if (answer) answerAt(endpoint, answer);
  replaceCompleters(Yasgui.Yasqe, settings);
  const added = (yasqe) => declarations(yasqe, settings.prefixes);
  let yasgui;
  registerViews(Yasgui.Yasr, () => yasgui.getTab().getYasqe(), added, settings, answer);
  place.hidden = false;
  document.getElementById("plain").open = false;
  const form = document.getElementById("query");
  yasgui = new Yasgui(document.getElementById("yasgui"), {
    autofocus: false,
    copyEndpointOnNewTab: false,
    persistenceId: "rdm-kg",
    persistencyExpire: 7 * 24 * 3600,
    requestConfig: {
      endpoint,
      method: "POST",
      acceptHeaderGraph: "text/turtle",
      adjustQueryBeforeRequest: (yasqe) => added(yasqe) + yasqe.getValue(),
    },
    endpointCatalogueOptions: { getData: () => [], keys: [], renderItem: () => {} },
    yasqe: { value: form.value, persistencyExpire: 7 * 24 * 3600 },
    yasr: { prefixes: settings.prefixes, maxPersistentResponseSize: 0, persistenceId: null },
  });
  for (const tab of Object.values(yasgui._tabs)) tab.setEndpoint(endpoint);
  yasgui.on("tabAdd", (_, id) => setTimeout(() => yasgui.getTab(id)?.setEndpoint(endpoint), 0));
  boundTabs(yasgui);
  announceResults(yasgui, added);
  document.getElementById("tab").addEventListener("click", () => yasgui.addTab(true));
  document.getElementById("question").addEventListener("change", (event) => {
    const chosen = settings.questions.find((question) => question.name === event.target.value);
    if (!chosen) return;
    const tab = yasgui.addTab(true, { name: chosen.title, yasqe: { value: chosen.query } });
    tab.setEndpoint(endpoint);
    tab.getYasqe().query();
  });
  mendNames(place);
  new MutationObserver(() => mendNames(place)).observe(place, {
    attributeFilter: ["class"],
    childList: true,
    subtree: true,
  });
}

begin();
