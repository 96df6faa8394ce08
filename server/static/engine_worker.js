// The engine in its own thread: it loads the graph once, and answers one query after another.

import { problemIn } from "./mistake.js";
import load, { namedNode, Store } from "./vendor/oxigraph/web.js";

const PROLOGUE = /^(?:\s+|#[^\n]*(?:\n|$)|PREFIX\s+[^\s<]*\s*<[^<>]*>|BASE\s*<[^<>]*>)*/i;
const ROWS = ["application/sparql-results+json", "application/sparql-results+xml", "text/csv", "text/tab-separated-values"];
const GRAPHS = ["text/turtle", "application/n-triples", "application/n-quads", "application/trig"];

let opened;

async function fetched(address) {
  const response = await fetch(address);
  if (!response.ok) throw new Error(`${address} could not be loaded (${response.status})`);
  return new Uint8Array(await response.arrayBuffer());
}

/** Return a store with the named graphs, their union as default graph, and the description as a graph of its own. */
async function open({ dump, description, graph }) {
  const [quads, described] = await Promise.all([fetched(dump), fetched(description), load()]);
  const store = new Store();
  store.load(quads, { format: "application/n-quads", no_transaction: true });
  store.update("INSERT { ?s ?p ?o } WHERE { GRAPH ?g { ?s ?p ?o } }");
  const base = new URL(".", description).href;
  store.load(described, { format: "text/turtle", base_iri: base, to_graph_name: namedNode(graph) });
  return store;
}

/** Return the first of the media types that the Accept header names, else the first of all. */
function chosen(mediaTypes, accept) {
  return mediaTypes.find((mediaType) => accept.includes(mediaType)) ?? mediaTypes[0];
}

function answer(store, { sources: { base }, query, accept }) {
  const word = query.replace(PROLOGUE, "").match(/^\w*/)[0].toUpperCase();
  const type = chosen(word === "CONSTRUCT" || word === "DESCRIBE" ? GRAPHS : ROWS, accept);
  try {
    return { status: 200, type, body: store.query(query, { base_iri: base, results_format: type }) };
  } catch (error) {
    return { status: 400, type: "application/problem+json", body: JSON.stringify(problemIn(query, error.message)) };
  }
}

addEventListener("message", async ({ data }) => {
  const { id, sources } = data;
  try {
    opened ??= open(sources);
    postMessage({ id, ...answer(await opened, data) });
  } catch (error) {
    opened = undefined;
    postMessage({ id, status: 503, type: "application/problem+json", body: JSON.stringify({ detail: error.message }) });
  }
});
