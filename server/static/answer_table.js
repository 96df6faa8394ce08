// The table of an answer, made in the browser as server/pages/table.py makes it where there is a server.

import { addressOf } from "./addresses.js";
import { shortened } from "./ask_terms.js";
import { element } from "./ask_view.js";

const COLUMN = /^# column (\w+): (.+?)(?:, (of|in) (\w+))?$/;
const NUMBERS = /XMLSchema#(?:integer|decimal|double)$/;
const BASE = "https://w3id.org/rdm-kg/id/";
const ROWS = 5000; // largest number of rows that are shown

/** Return the columns that the header of a query declares: name, label, and the variable of the IRI that the value names. */
function columnsOf(query) {
  const found = query.split("\n").map((line) => COLUMN.exec(line)).filter(Boolean);
  return found.map(([, name, label, how, other]) => ({ name, label, iri: how === "of" ? other : undefined }));
}

/** Return the IRIs outside our namespace that the graph describes. */
async function described(rows, answer) {
  const iris = new Set(rows.flatMap((row) => Object.values(row).filter((term) => term.type === "uri").map(({ value }) => value)));
  const outside = [...iris].filter((iri) => !iri.startsWith(BASE)).map((iri) => `<${iri}>`);
  if (!outside.length) return new Set();
  const query = `SELECT ?s { VALUES ?s { ${outside.join(" ")} } FILTER EXISTS { ?s ?p ?o } }`;
  const found = await (await answer(query, "application/sparql-results+json")).json();
  return new Set(found.results.bindings.map((row) => row.s.value));
}

function cell(row, column, known, { page, prefixes }) {
  const term = row[column.name];
  const iri = column.iri ? row[column.iri]?.value : term?.type === "uri" ? term.value : undefined;
  const text = term?.type === "uri" ? (term.value.startsWith(BASE) ? term.value.slice(BASE.length) : shortened(term.value, prefixes)) : (term?.value ?? iri ?? "");
  const isOurs = iri?.startsWith(BASE) || known.has(iri);
  const href = isOurs ? addressOf(iri, new URL(page, location.href)) : /^https?:/.test(iri ?? text) ? (iri ?? text) : undefined;
  const made = element("td", { "data-column": column.label, "data-variable": column.name }, href ? element("a", { href }, text) : text);
  if (NUMBERS.test(term?.datatype ?? "")) made.className = "number";
  return made;
}

/** Return an element with what shows a result in SPARQL 1.1 Query Results JSON; `answer` asks the engine. */
export async function tableOf(result, query, answer, settings) {
  return element("div", {}, await shown(result, query, answer, settings));
}

async function shown(result, query, answer, settings) {
  if ("boolean" in result) return element("pre", { tabindex: "0" }, result.boolean ? "yes" : "no");
  const all = result.results.bindings.length;
  const rows = result.results.bindings.slice(0, ROWS);
  if (!rows.length) return element("p", {}, "Nothing was found.");
  const declared = columnsOf(query).filter(({ name }) => result.head.vars.includes(name));
  const wanted = declared.length ? declared : result.head.vars.map((name) => ({ name, label: name }));
  const columns = wanted.filter(({ name, iri }) => rows.some((row) => row[name] ?? row[iri]));
  const known = await described(rows, answer);
  const heads = columns.map((column) => {
    const isNumber = rows.every((row) => !row[column.name] || NUMBERS.test(row[column.name].datatype ?? ""));
    return element("th", { scope: "col", ...(isNumber ? { class: "number" } : {}) }, column.label);
  });
  const body = rows.map((row) => element("tr", {}, ...columns.map((column) => cell(row, column, known, settings))));
  const table = element(
    "table",
    {},
    element("caption", { class: "hidden" }, "Answer"),
    element("thead", {}, element("tr", {}, ...heads)),
    element("tbody", {}, ...body),
  );
  const scroll = element("div", { class: "scroll", tabindex: "0", role: "region", "aria-label": "Answer" }, table);
  const cut = all > ROWS ? [element("p", {}, `These are the first ${ROWS} of ${all} rows.`)] : [];
  return element("div", { class: "answer" }, ...cut, scroll);
}
