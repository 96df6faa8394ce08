// Autocompletion with terms of the graph; it replaces the editor's completers, which send requests to other hosts.

import { expanded, patterns } from "./ask_patterns.js";
import { shortened } from "./ask_terms.js";

const MOST = 100; // largest number of suggestions
const LOOKED_AT = 100000; // number of statements in the sample if the dataset has no VoID description
const PATTERNS = { class: "?thing a ?term", property: "?thing ?term ?value" };

/** Return the rows of a SELECT query; none if it fails. */
async function rows(endpoint, query) {
  const headers = { Accept: "application/sparql-results+json" };
  const answer = await fetch(endpoint, { method: "POST", headers, body: new URLSearchParams({ query }) });
  return answer.ok ? (await answer.json()).results.bindings : [];
}

/** Return the classes, the properties, and the properties of each class in the dataset's description, most used first. */
async function described({ endpoint, description, prefixes }) {
  const query = `PREFIX void: <${prefixes.void}> SELECT ?class ?property { GRAPH <${description}> {
    { ?part void:class ?class ; void:entities ?n }
    UNION { ?dataset a void:Dataset ; void:propertyPartition [ void:property ?property ; void:triples ?n ] }
    UNION { ?part void:class ?class ; void:propertyPartition [ void:property ?property ; void:triples ?n ] }
  } } ORDER BY DESC(?n) ?class ?property`;
  const terms = { class: [], property: [], of: new Map() };
  for (const { class: cls, property } of await rows(endpoint, query)) {
    if (!property) terms.class.push(cls.value);
    else if (!cls) terms.property.push(property.value);
    else terms.of.set(cls.value, [...(terms.of.get(cls.value) ?? []), property.value]);
  }
  return terms;
}

/** Return the classes or properties of a sample of statements, the most used first. */
async function found(endpoint, partition) {
  const seen = `SELECT ?term { ${PATTERNS[partition]} FILTER(isIRI(?term)) } LIMIT ${LOOKED_AT}`;
  const query = `SELECT ?term { { ${seen} } } GROUP BY ?term ORDER BY DESC(COUNT(*)) ?term LIMIT 1000`;
  return (await rows(endpoint, query)).map((row) => row.term.value);
}

/** Return the terms of the dataset's description, else of a sample. */
async function termsOf(settings) {
  const terms = await described(settings);
  if (terms.class.length) return terms;
  const [classes, properties] = await Promise.all(Object.keys(PATTERNS).map((each) => found(settings.endpoint, each)));
  return { ...terms, class: classes, property: properties };
}

/** Return the properties of the instances of the subject's classes at the token; all if its class is not known. */
function properties(terms, yasqe, token, prefixes) {
  const { line } = yasqe.getCursor();
  const { subject } = patterns(yasqe.getRange({ line: 0, ch: 0 }, { line, ch: token.start }));
  const declared = { ...prefixes, ...yasqe.getPrefixesFromQuery() };
  const classes = patterns(yasqe.getValue()).types.get(subject) ?? [];
  const own = new Set(classes.flatMap((cls) => terms.of.get(expanded(cls, declared)) ?? []));
  return own.size ? [...own] : terms.property;
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
  const complete = {
    class: (all) => all.class,
    property: (all, yasqe, token) => properties(all, yasqe, token, prefixes),
  };
  for (const partition of Object.keys(PATTERNS)) {
    Object.assign(Yasqe.Autocompleters[partition], {
      get: async (yasqe, token) => matching(complete[partition](await terms, yasqe, token), token),
      postProcessSuggestion: write,
      persistenceId: null,
    });
  }
  const declarations = Object.entries(prefixes).map(([prefix, base]) => `${prefix}: <${base}>`);
  Object.assign(Yasqe.Autocompleters.prefixes, { get: declarations.sort(), persistenceId: null });
}
