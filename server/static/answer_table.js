// The table of an answer, made in the browser as server/pages/table.py makes it where there is a server.

import { addressOf } from "./addresses.js";
import { decoded, shortened } from "./ask_terms.js";
import { element } from "./ask_view.js";

const COLUMN = /^# column (\w+): ([^,]+)(?:, (of|in|each) (\w+))?$/;
const NUMBERS = /XMLSchema#(?:integer|decimal|double)$/;
const BASE = "https://w3id.org/rdm-kg/id/";
const ROWS = 5000; // largest number of rows that are shown
const LOOKED_UP = 1000; // largest number of IRIs of which is asked whether the graph describes them
const TERMS = ["rdm", "role", "section", "block"]; // prefixes of terms, which people write in queries by their prefixed names

/** Return the columns that the header of a query declares: name, label, and the variable of what the value names or lists. */
function columnsOf(query) {
  const found = query.split("\n").map((line) => COLUMN.exec(line)).filter(Boolean);
  return found.map(([, name, label, how, other]) => ({ name, label, [how]: other }));
}

/** Return the IRIs in a list of a row. */
function members(row, column) {
  return (row[column.each]?.value ?? "").split(", ").filter(Boolean);
}

/** Return the names of the IRIs in the rows that the graph describes; of those without a name, an empty text. */
async function namesOf(rows, columns, answer) {
  const named = rows.flatMap((row) => Object.values(row).filter(({ type }) => type === "uri").map(({ value }) => value));
  const listed = rows.flatMap((row) => columns.flatMap((column) => members(row, column)));
  const found = [...new Set([...named, ...listed])].filter((iri) => /^[^\s<>"{}|\\^`]+$/.test(iri)).slice(0, LOOKED_UP);
  const iris = [...new Set([...found, ...found.map(siteOf).filter(Boolean)])];
  if (!iris.length) return new Map();
  const query = `PREFIX dct: <http://purl.org/dc/terms/> PREFIX foaf: <http://xmlns.com/foaf/0.1/>
    PREFIX rdfs: <http://www.w3.org/2000/01/rdf-schema#> PREFIX skos: <http://www.w3.org/2004/02/skos/core#>
    SELECT ?s (MIN(STR(?title)) AS ?name) {
      VALUES ?s { ${iris.map((iri) => `<${iri}>`).join(" ")} } FILTER EXISTS { ?s ?p ?o }
      OPTIONAL { ?s dct:title|skos:prefLabel|rdfs:label|foaf:name ?title }
    } GROUP BY ?s`;
  const described = await (await answer(query, "application/sparql-results+json")).json();
  return new Map(described.results.bindings.map(({ s, name }) => [s.value, name?.value ?? ""]));
}

/** Return the IRI of the catalogue of the site that minted an IRI, if one did. */
function siteOf(iri) {
  return iri.startsWith(BASE) ? BASE + iri.slice(BASE.length).split(/[/#]/)[0] : undefined;
}

/** Return the names with the site of each that another IRI has as well. */
function toldApart(names) {
  const times = new Map();
  const folded = (name) => name.toLowerCase();
  for (const name of names.values()) times.set(folded(name), (times.get(folded(name)) ?? 0) + 1);
  const words = (iri, name) => {
    const isOne = !name || times.get(folded(name)) === 1 || siteOf(iri) === iri;
    const site = isOne ? undefined : names.get(siteOf(iri));
    return site ? `${name} (${site})` : name;
  };
  return new Map([...names].map(([iri, name]) => [iri, words(iri, name)]));
}

/** Return a text that leads to the page of an IRI that the graph describes, else to the web page at the IRI. */
function linked(shown, iri, names, { page }) {
  const isOurs = iri.startsWith(BASE) || names.has(iri);
  const href = isOurs ? addressOf(iri, new URL(page, location.href)) : /^https?:/.test(iri) ? iri : undefined;
  return href ? element("a", { href, ...(shown === names.get(iri) ? { title: iri } : {}) }, shown) : shown;
}

/** Return the name of an IRI, or the IRI in short; terms have no other name in the answer to somebody's own query. */
function called(iri, names, settings, isOwnQuery) {
  const isTerm = isOwnQuery && TERMS.some((prefix) => iri.startsWith(settings.prefixes[prefix]));
  return (!isTerm && names.get(iri)) || short(iri, settings, isOwnQuery);
}

/** Return an IRI in short; in the answer to somebody's own query it is code. */
function short(iri, { prefixes }, isOwnQuery) {
  const text = iri.startsWith(BASE) ? iri.slice(BASE.length) : shortened(iri, prefixes);
  if (isOwnQuery) return element("code", {}, text);
  const [, host, path] = text.replace(/^<|>$/g, "").match(/^((?:https?:\/\/[^/]*)?)(.*)$/s);
  return host.replace(/^https?:\/\//, "") + decoded(path);
}

/** Return the parts of the cell of a row in a column. */
function parts(row, column, names, settings) {
  const term = row[column.name];
  if (column.each && row[column.each]) {
    const shown = members(row, column).map((iri) => linked(called(iri, names, settings), iri, names, settings));
    return [element("span", {}, ...shown.flatMap((member, place) => (place ? ["; ", member] : [member])))];
  }
  const iri = column.of ? row[column.of]?.value : term?.type === "uri" ? term.value : undefined;
  if (iri) return [linked(column.of && term ? term.value : called(iri, names, settings, column.isOwn), iri, names, settings)];
  return term ? [linked(term.value, term.value, names, settings)] : [];
}

/** Return an element with what shows a result in SPARQL 1.1 Query Results JSON; `answer` asks the engine. */
export async function tableOf(result, query, answer, settings) {
  return element("div", {}, await shown(result, query, answer, settings));
}

async function shown(result, query, answer, settings) {
  if ("boolean" in result) return element("pre", { tabindex: "0" }, result.boolean ? "yes" : "no");
  const all = result.results.bindings;
  const rows = all.slice(0, ROWS);
  if (!rows.length) return element("p", {}, "Nothing was found.");
  const declared = columnsOf(query).filter(({ name }) => result.head.vars.includes(name));
  const wanted = declared.length ? declared : result.head.vars.map((name) => ({ name, label: name, isOwn: true }));
  const columns = wanted.filter(({ name, of }) => rows.some((row) => row[name] ?? row[of]));
  const names = toldApart(await namesOf(rows, columns, answer));
  const isNumber = ({ name }) => rows.every((row) => !row[name] || NUMBERS.test(row[name].datatype ?? ""));
  const kinds = columns.map((column) => (isNumber(column) ? { class: "number" } : {}));
  const heads = columns.map(({ label }, place) => element("th", { scope: "col", "data-column": label, ...kinds[place] }, label));
  const cell = (row, column, place) => {
    const content = parts(row, column, names, settings);
    const about = { "data-column": column.label, "data-variable": column.name, ...kinds[place] };
    return element("td", content.length ? about : { ...about, class: "empty" }, ...content);
  };
  const body = rows.map((row) => element("tr", {}, ...columns.map((column, place) => cell(row, column, place))));
  const table = element(
    "table",
    {},
    element("caption", { class: "hidden" }, "Answer"),
    element("thead", {}, element("tr", {}, ...heads)),
    element("tbody", {}, ...body),
  );
  const scroll = element("div", { class: "scroll", tabindex: "0", role: "region", "aria-label": "Answer" }, table);
  const cut = all.length > ROWS ? [element("p", {}, `These are the first ${ROWS} of ${all.length} rows.`)] : [];
  return element("div", { class: "answer" }, ...cut, scroll);
}
