// Choice of the columns and type of a chart for a query result; uses no browser API.

import { inShort } from "./ask_terms.js";

const XSD = "http://www.w3.org/2001/XMLSchema#";
const NUMBERS = new Set(
  [
    "integer",
    "decimal",
    "double",
    "float",
    "int",
    "long",
    "short",
    "byte",
    "nonNegativeInteger",
    "positiveInteger",
    "nonPositiveInteger",
    "negativeInteger",
    "unsignedInt",
    "unsignedLong",
    "unsignedShort",
    "unsignedByte",
  ].map((name) => XSD + name),
);
const DATES = new Set(["date", "dateTime", "gYear", "gYearMonth"].map((name) => XSD + name));
const MOST = { bar: 40, line: 2000, pie: 8 }; // largest number of rows
const RANKS = ["date", "text", "number", "iri"]; // kinds of columns in order of preference as label

/** Return the columns that are not empty, with their kinds: `number`, `date`, `text` or `iri`. */
export function columnsOf(results) {
  const rows = results.getBindings() ?? [];
  return results.getVariables().flatMap((name) => {
    const terms = rows.map((row) => row[name]).filter(Boolean);
    return terms.length
      ? [{ name, kind: kindOf(terms), different: new Set(terms.map((term) => term.value)).size }]
      : [];
  });
}

function kindOf(terms) {
  if (terms.every((term) => NUMBERS.has(term.datatype) && Number.isFinite(Number(term.value)))) return "number";
  if (terms.every((term) => DATES.has(term.datatype) && Number.isFinite(Date.parse(term.value)))) return "date";
  return terms.every((term) => term.type !== "literal") ? "iri" : "text";
}

/** Return whether the result has a column of numbers and another column for labels. */
export function fits(results) {
  const columns = columnsOf(results);
  return columns.length > 1 && columns.some(({ kind }) => kind === "number");
}

/** Return columns, rows and type of the chart: as `wanted` if the result has them, else the preferred ones. */
export function choose(results, wanted = {}) {
  const columns = columnsOf(results);
  const numbers = columns.filter(({ kind }) => kind === "number");
  const number = numbers.find(({ name }) => name === wanted.number) ?? numbers.at(-1);
  const others = columns.filter((column) => column !== number);
  const likely = [...others].sort((a, b) => RANKS.indexOf(a.kind) - RANKS.indexOf(b.kind) || b.different - a.different);
  const label = others.find(({ name }) => name === wanted.label) ?? likely[0];
  const rows = results.getBindings().filter((row) => row[label.name] && row[number.name]);
  const kinds = kindsFor(
    label,
    rows.map((row) => Number(row[number.name].value)),
  );
  const kind = kinds.includes(wanted.kind) ? wanted.kind : kinds[0];
  return { label, number, kind, kinds, rows, labels: others, numbers };
}

/** Return the possible types, the preferred first: a line for dates and numbers; a pie for few positive values. */
function kindsFor(label, values) {
  const line = label.kind === "date" || label.kind === "number" ? ["line"] : [];
  const shares = values.length > 1 && values.length <= MOST.pie && values.every((value) => value > 0);
  return [...line, "bar", ...(shares ? ["pie"] : [])];
}

/** Return the points in order, as `{ text, at, value }`; `at` is the position on an axis of dates or numbers. */
export function pointsOf({ label, number, kind, rows }, prefixes) {
  const points = rows.map((row) => {
    const term = row[label.name];
    const at = label.kind === "date" ? Date.parse(term.value) : Number(term.value);
    return { text: inShort(term, prefixes), at, value: Number(row[number.name].value) };
  });
  if (kind === "line") points.sort((a, b) => a.at - b.at);
  return points.slice(0, MOST[kind]);
}
