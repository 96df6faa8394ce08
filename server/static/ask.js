// The query editor over this server alone: its own completers, which ask other hosts, are replaced before it is made.
"use strict";

const place = document.getElementById("editor");
const MOST = 100; // suggestions shown at once
const KEPT = 5; // tabs that the browser remembers

/** Classes and properties that the dataset's VoID counts, the most used first: N-Triples are lines. */
function used(triples, partition) {
  const counted = partition === "class" ? "entities" : "triples";
  const void_ = "http://rdfs.org/ns/void#";
  const terms = new Map();
  const counts = new Map();
  for (const line of triples.split("\n")) {
    const term = line.match(/^(<[^>]*>|_:\S+) <([^>]*)> (?:<([^>]*)>|"(\d+)")/);
    if (term?.[2] === void_ + partition) terms.set(term[1], term[3]);
    if (term?.[2] === void_ + counted) counts.set(term[1], Number(term[4]));
  }
  const most = new Map();
  for (const [part, iri] of terms) most.set(iri, Math.max(most.get(iri) ?? 0, counts.get(part) ?? 0));
  return [...most.keys()].sort((a, b) => most.get(b) - most.get(a) || (a < b ? -1 : 1));
}

/** Terms that begin as what is written does, or whose name, after the last # or /, has it somewhere. */
function completer(terms) {
  return (yasqe, token) => {
    const written = (token?.autocompletionString || token?.string || "").trim().toLowerCase();
    const name = (iri) => iri.slice(Math.max(iri.lastIndexOf("#"), iri.lastIndexOf("/")) + 1).toLowerCase();
    const begin = terms.filter((iri) => iri.toLowerCase().startsWith(written));
    const within = terms.filter((iri) => !begin.includes(iri) && name(iri).includes(written));
    return Promise.resolve([...begin, ...within].slice(0, MOST));
  };
}

/** An IRI as people write it in a query, with a prefix of ours where one fits. */
function shortened(iri, prefixes) {
  for (const [prefix, base] of Object.entries(prefixes)) {
    if (iri.startsWith(base) && /^[\w-]+$/.test(iri.slice(base.length))) return `${prefix}:${iri.slice(base.length)}`;
  }
  return `<${iri}>`;
}

/** Replace what would ask the web; nothing of it is kept in the browser. */
function replaceCompleters(Yasqe, triples, prefixes) {
  const write = (yasqe, token, iri) => {
    const short = shortened(iri, prefixes);
    const prefix = short.startsWith("<") ? "" : short.split(":")[0];
    if (prefix && !(prefix in yasqe.getPrefixesFromQuery())) {
      setTimeout(() => yasqe.getValue().includes(short) && yasqe.addPrefixes({ [prefix]: prefixes[prefix] }), 300);
    }
    return short;
  };
  for (const [name, partition] of [["class", "class"], ["property", "property"]]) {
    Object.assign(Yasqe.Autocompleters[name], {
      get: completer(used(triples, partition)),
      postProcessSuggestion: write,
      persistenceId: null,
    });
  }
  const declarations = Object.entries(prefixes).map(([prefix, base]) => `${prefix}: <${base}>`);
  Object.assign(Yasqe.Autocompleters.prefixes, { get: declarations.sort(), persistenceId: null });
}

/** Names for what has only a picture or a place, for those who hear the page or use the keyboard. */
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
  yasgui.on("tabAdd", () => setTimeout(bound, 0));
}

async function begin() {
  const settings = await (await fetch(place.dataset.settings)).json();
  const description = await fetch(settings.description);
  const Yasgui = window.Yasgui.default ?? window.Yasgui;
  const endpoint = new URL(settings.endpoint, location.href).href;
  replaceCompleters(Yasgui.Yasqe, description.ok ? await description.text() : "", settings.prefixes);
  place.hidden = false;
  document.getElementById("plain").open = false;
  const form = document.getElementById("query");
  const given = new URLSearchParams(location.search).get("query");
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
  if (given) yasgui.addTab(true, { name: "Query", yasqe: { value: given } }, { avoidDuplicateTabs: true });
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
  new MutationObserver(() => mendNames(place)).observe(place, { childList: true, subtree: true });
}

begin();
