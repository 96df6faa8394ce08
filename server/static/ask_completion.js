// Autocompletion with terms of the graph; it replaces the editor's completers, which send requests to other hosts.

import { shortened } from "./ask_terms.js";

const MOST = 100; // largest number of suggestions
const LOOKED_AT = 100000; // number of statements in the sample if the dataset has no VoID description
const PATTERNS = { class: "?thing a ?term", property: "?thing ?term ?value" };

/** Return the classes or properties of the VoID partitions in N-Triples, the most used first. */
function described(triples, partition) {
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

/** Return the classes or properties of a sample of statements, the most used first. */
async function found(endpoint, partition) {
  const seen = `SELECT ?term { ${PATTERNS[partition]} FILTER(isIRI(?term)) } LIMIT ${LOOKED_AT}`;
  const query = `SELECT ?term { { ${seen} } } GROUP BY ?term ORDER BY DESC(COUNT(*)) ?term LIMIT 1000`;
  const headers = { Accept: "application/sparql-results+json" };
  const answer = await fetch(endpoint, { method: "POST", headers, body: new URLSearchParams({ query }) });
  return answer.ok ? (await answer.json()).results.bindings.map((row) => row.term.value) : [];
}

/** Return the classes and the properties of the VoID description, else of a sample. */
async function termsOf(settings) {
  const description = await fetch(settings.description);
  const triples = description.ok ? await description.text() : "";
  const list = async (partition) => {
    const terms = described(triples, partition);
    return terms.length ? terms : found(settings.endpoint, partition);
  };
  const [classes, properties] = await Promise.all([list("class"), list("property")]);
  return { class: classes, property: properties };
}

/** Return the terms that begin with the token, then those whose name after the last # or / contains it. */
function matching(terms, token) {
  const written = (token?.autocompletionString || token?.string || "").trim().toLowerCase();
  const name = (iri) => iri.slice(Math.max(iri.lastIndexOf("#"), iri.lastIndexOf("/")) + 1).toLowerCase();
  const begin = terms.filter((iri) => iri.toLowerCase().startsWith(written));
  const within = terms.filter((iri) => !begin.includes(iri) && name(iri).includes(written));
  return [...begin, ...within].slice(0, MOST);
}

/** Replace the completers that send requests to other hosts; nothing is stored in the browser. */
export function replaceCompleters(Yasqe, settings) {
  const { prefixes } = settings;
  const terms = termsOf(settings);
  const write = (yasqe, token, iri) => {
    const short = shortened(iri, prefixes);
    const prefix = short.startsWith("<") ? "" : short.split(":")[0];
    if (prefix && !(prefix in yasqe.getPrefixesFromQuery())) {
      setTimeout(() => yasqe.getValue().includes(short) && yasqe.addPrefixes({ [prefix]: prefixes[prefix] }), 300);
    }
    return short;
  };
  for (const partition of Object.keys(PATTERNS)) {
    Object.assign(Yasqe.Autocompleters[partition], {
      get: async (_, token) => matching((await terms)[partition], token),
      postProcessSuggestion: write,
      persistenceId: null,
    });
  }
  const declarations = Object.entries(prefixes).map(([prefix, base]) => `${prefix}: <${base}>`);
  Object.assign(Yasqe.Autocompleters.prefixes, { get: declarations.sort(), persistenceId: null });
}
