// The answer to a question with the values in the query string, by the engine in the browser.

import { tableOf } from "./answer_table.js";
import { engineOf, sourcesOf } from "./engine.js";
import { addTools } from "./table.js";

const TERM = String.raw`"(?:[^"\\\n]|\\.)*"|<[^<>\s]*>|[+-]?\d+`;
const ESCAPES = { "\\": "\\\\", '"': '\\"', "\n": "\\n", "\r": "\\r", "\t": "\\t" };

const place = document.getElementById("answer");
const given = [...new URLSearchParams(location.search)].filter(([, value]) => value.trim());

/** Return a value as a term of a query; the type is that of the parameter. */
function term(type, value) {
  if (type === "integer" && /^[+-]?\d{1,18}$/.test(value)) return String(BigInt(value));
  if (type === "iri" && /^[a-z][a-z\d+.-]*:[^\s<>"{}|\\^`]*$/i.test(value)) return `<${value}>`;
  if (type === "integer" || type === "iri") throw new Error(`“${value}” is no ${type === "iri" ? "IRI" : "integer"}.`);
  return `"${value.replace(/[\\"\n\r\t]/g, (sign) => ESCAPES[sign])}"`;
}

/** Return the query with the values in place of the examples, and show them in the form. */
function filled(query) {
  for (const [name, value] of given) {
    const field = document.getElementById(`p-${name}`);
    if (!field) throw new Error(`The question has no parameter ${name}.`);
    if (field.tagName === "SELECT" && ![...field.options].some((option) => option.value === value)) field.add(new Option(value));
    field.value = value;
    const values = new RegExp(`(VALUES\\s+\\?${name}\\s*\\{\\s*)(?:${TERM})(?=\\s*\\})`, "i");
    query = query.replace(values, (_, before) => before + term(field.dataset.type, value.trim()));
  }
  return query;
}

async function ask() {
  document.getElementById("answered").textContent = "Answer";
  place.replaceChildren("The graph is being loaded …");
  try {
    const settings = await (await fetch(place.dataset.settings)).json();
    const query = filled(settings.questions.find(({ name }) => name === place.dataset.name).query);
    document.getElementById("text").textContent = query.replace(/^(?:#.*\n)*\n*/, "");
    const answer = engineOf(sourcesOf(settings.engine));
    const response = await answer(query, "application/sparql-results+json");
    const result = await response.json();
    if (!response.ok) throw new Error(result.detail);
    place.replaceChildren(...(await tableOf(result, query, answer, settings)).childNodes);
    addTools(place);
  } catch (error) {
    place.replaceChildren(`No answer: ${error.message}`);
  }
}

if (given.length) ask();
