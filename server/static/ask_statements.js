// Conversion of statements in a query result to a graph of things, kinds, facts and links; uses no browser API.

import { inShort } from "./ask_terms.js";

export const MOST = 200; // largest number of statements in a legible graph
const COLUMNS = ["subject predicate object", "s p o"];
const TYPE = "http://www.w3.org/1999/02/22-rdf-syntax-ns#type";
const NAMES = [
  "http://www.w3.org/2004/02/skos/core#prefLabel",
  "http://www.w3.org/2000/01/rdf-schema#label",
  "http://purl.org/dc/terms/title",
  "https://schema.org/name",
  "http://xmlns.com/foaf/0.1/name",
];

/** Return whether the columns are those of statements, as of a graph or of a SELECT with the same names. */
export function areStatements(results) {
  return COLUMNS.includes(results.getVariables().join(" ")) && Boolean(results.getBindings()?.length);
}

/** Return the rows that are valid statements, as `[subject, predicate, object]`. */
export function statementsOf(results) {
  const columns = results.getVariables();
  const rows = results.getBindings().map((row) => columns.map((column) => row[column]));
  return rows.filter(([s, p, o]) => s && p && o && p.type === "uri" && (s.type === "uri" || s.type === "bnode"));
}

/**
 * Return the graph of the statements: `things` have id, iri (undefined for a blank node), label, isNamed (undefined if
 * the label is an IRI), kind, and facts as [name, text]; `links` have source, target and label; `kinds` are [name,
 * number of things], the most frequent first.
 */
export function graphOf(statements, prefixes) {
  const things = new Map();
  const links = [];
  const thing = (term) => {
    const id = term.type === "bnode" ? `_:${term.value}` : term.value;
    const iri = term.type === "uri" ? term.value : undefined;
    if (!things.has(id))
      things.set(id, { id, iri, label: inShort(term, prefixes), types: [], facts: [], rank: NAMES.length });
    return things.get(id);
  };
  for (const [subject, predicate, object] of statements) {
    const about = thing(subject);
    if (predicate.value === TYPE) about.types.push(inShort(object, prefixes));
    else if (object.type === "uri" || object.type === "bnode") {
      links.push({ source: about.id, target: thing(object).id, label: inShort(predicate, prefixes) });
    } else addFact(about, predicate, object, prefixes);
  }
  return { things: [...things.values()], links, kinds: chooseKinds(things) };
}

/** Add a fact to a thing; the value of the most preferred naming property becomes the thing's label. */
function addFact(about, predicate, object, prefixes) {
  about.facts.push([inShort(predicate, prefixes), object.value]);
  const rank = NAMES.indexOf(predicate.value);
  if (rank < 0 || rank >= about.rank) return;
  about.rank = rank;
  about.label = object.value;
  about.isNamed = true;
}

/** Set each thing's kind to its rarest type, which is the most specific; return the kinds with their numbers. */
function chooseKinds(things) {
  const frequency = new Map();
  for (const { types } of things.values()) for (const type of new Set(types)) add(frequency, type);
  const kinds = new Map();
  for (const about of things.values()) {
    about.kind = [...about.types].sort((a, b) => frequency.get(a) - frequency.get(b) || (a < b ? -1 : 1))[0];
    if (about.kind) add(kinds, about.kind);
  }
  return [...kinds].sort(([a, many], [b, more]) => more - many || (a < b ? -1 : 1));
}

function add(counts, key) {
  counts.set(key, (counts.get(key) ?? 0) + 1);
}
