// A node-link diagram of statements, with kinds by colour and shape, and a list with the same content.

import { areStatements, graphOf, MOST, statementsOf } from "./ask_statements.js";
import { count, cut } from "./ask_terms.js";
import { colours, element, KINDS, pictureView } from "./ask_view.js";

const SHAPES = ["ellipse", "rectangle", "diamond", "triangle", "hexagon", "pentagon", "star", "octagon"];
const NAMED = 60; // largest number of things that are all labelled
const MARGIN = 24; // pixels
const HINT = "Point at a thing to see its facts; a click opens its page.";
const STYLE_ID = "__________cytoscape_stylesheet"; // cytoscape adds no inline style sheet if an element has this id

/** Return the graph plugin for YASR; the URL of a thing's page is `page` with its IRI as a parameter. */
export function graphView({ library, page, prefixes }) {
  const draw = (yasr, place) => drawGraph(statementsOf(yasr.results), place, { page, prefixes });
  const path =
    "M4 2a2 2 0 1 1-1 3.7V10a2 2 0 1 1-1 0V5.7A2 2 0 0 1 4 2Zm8 2a2 2 0 1 1-3.4 1.5L4.8 10l-.7-.7 4-4A2 2 0 0 1 12 4Zm1 6a2 2 0 1 1-3.7 1H5v-1h4.3A2 2 0 0 1 13 10Z";
  return pictureView({ name: "graph", label: "Graph", path, fits: areStatements, draw }, library);
}

function drawGraph(statements, place, { page, prefixes }) {
  const graph = graphOf(statements.slice(0, MOST), prefixes);
  const address = (thing) => thing.iri && `${page}?iri=${encodeURIComponent(thing.iri)}`;
  const styleOf = new Map(graph.kinds.slice(0, KINDS).map(([kind], number) => [kind, number]));
  const paper = element("div", {
    class: "paper",
    role: "img",
    "aria-label": `${contents(graph)}; the list has the same content`,
  });
  const hint = element("p", { class: "hint muted", "aria-hidden": "true" }, HINT);
  const buttons = element("p", { class: "buttons" });
  place.append(
    element("p", {}, summary(graph, statements.length)),
    legend(graph, styleOf),
    paper,
    hint,
    buttons,
    list(graph, address),
  );
  const cy = draw(graph, paper, styleOf);
  const arranging = arrange(cy, () => place.removeAttribute("aria-busy"));
  addInteraction(cy, paper, hint, address);
  buttons.append(...zooming(cy));
  return {
    image: () => cy.png({ full: true, scale: 2, bg: colours(paper).paper }),
    destroy: () => {
      arranging.stop();
      requestAnimationFrame(() => cy.destroy()); // after the frame in which the arranging ends
    },
  };
}

function contents({ things, links }) {
  return `Graph of ${count(things.length, "thing", "things")} and ${count(links.length, "link", "links")}`;
}

/** Return a sentence on what is drawn and what is omitted. */
function summary(graph, all) {
  const facts = graph.things.reduce((sum, thing) => sum + thing.facts.length, 0);
  const of =
    all > MOST
      ? `the first ${count(MOST)} of ${count(all)} statements; the table has all`
      : count(all, "statement", "statements");
  return `${contents(graph)}, with ${count(facts, "fact", "facts")} in its list: ${of}.`;
}

/** Return the legend of colours and shapes. */
function legend({ things, kinds }, styleOf) {
  const rest = kinds.slice(KINDS).reduce((sum, [, many]) => sum + many, 0);
  const untyped = things.filter((thing) => !thing.kind).length;
  const entry = (number, name, many) =>
    element(
      "li",
      {},
      element("span", { class: `kind kind-${number}`, "aria-hidden": "true" }),
      name,
      ` (${count(many)})`,
    );
  const entries = kinds.slice(0, KINDS).map(([name, many]) => entry(styleOf.get(name), code(name), many));
  if (rest) entries.push(entry("other", "other types", rest));
  if (untyped) entries.push(entry("other", "no type in this answer", untyped));
  return element("ul", { class: "legend", "aria-label": "Types" }, ...entries);
}

/** Draw the graph in a circle, an initial layout that makes the final one deterministic. */
function draw({ things, links }, paper, styleOf) {
  if (!document.getElementById(STYLE_ID)) document.head.append(element("meta", { id: STYLE_ID }));
  const nodes = things.map((thing) => ({
    data: { id: thing.id, label: cut(thing.label, 28), thing },
    classes: `kind-${styleOf.get(thing.kind) ?? "other"}`,
  }));
  const edges = arrows(links).map((data) => ({ data }));
  return window.cytoscape({
    container: paper,
    elements: { nodes, edges },
    style: styles(colours(paper)),
    layout: { name: "circle", fit: false },
    userZoomingEnabled: false, // the wheel scrolls the page
    boxSelectionEnabled: false,
    autounselectify: true,
    minZoom: 0.05,
    maxZoom: 4,
  });
}

/** Merge all links from one thing to another into one edge. */
function arrows(links) {
  const bundles = new Map();
  for (const { source, target, label } of links) {
    const ends = `${source} ${target}`;
    if (!bundles.has(ends)) bundles.set(ends, { source, target, names: [] });
    bundles.get(ends).names.push(label);
  }
  const label = ([first, ...more]) => (more.length ? `${first} +${more.length}` : first);
  return [...bundles.values()].map((bundle) => ({ ...bundle, label: label(bundle.names) }));
}

/** Compute the layout asynchronously, so that the page stays responsive; call `done` at the end. */
function arrange(cy, done) {
  const named = cy.nodes().length <= NAMED;
  const layout = { name: "cose", animate: true, randomize: false, padding: MARGIN, nodeDimensionsIncludeLabels: named };
  const spread = {
    idealEdgeLength: () => (named ? 110 : 60),
    nodeRepulsion: () => (named ? 12000 : 60000),
    componentSpacing: 30,
  };
  const run = cy.layout({ ...layout, ...spread });
  run.one("layoutstop", () => {
    scale(cy);
    cy.on("resize", () => all(cy)); // such as when a phone is rotated
    done();
  });
  return run.run();
}

/**
 * Adapt sizes to the zoom level. A small graph is not enlarged. In a large one nodes and edges are enlarged, and the
 * labels of links and of things with one neighbour are shown only when zoomed in.
 */
function scale(cy) {
  if (cy.zoom() > 1.2) cy.zoom(1.2).center();
  const grown = Math.min(Math.max(0.7 / cy.zoom(), 1), 2.5);
  const named = cy.nodes().length <= NAMED;
  const first = named ? cy.nodes() : cy.nodes().filter((node) => node.neighborhood("node").length > 1);
  const later = { "min-zoomed-font-size": named ? 7 : 16 * cy.zoom() };
  cy.nodes().style({ width: 20 * grown, height: 20 * grown, ...later });
  cy.edges().style({ width: 1.2 * grown, ...later });
  first.style({ "font-size": 12 * grown, "text-max-width": 130 * grown, "min-zoomed-font-size": 7 });
}

function styles({ ink, paper, muted, kinds, other }) {
  const text = { label: "data(label)", color: ink, "font-family": "system-ui, sans-serif", "min-zoomed-font-size": 7 };
  const behind = { "text-background-color": paper, "text-background-opacity": 0.8, "text-background-padding": 1 };
  const below = { "text-valign": "bottom", "text-margin-y": 3, "text-wrap": "wrap", "text-max-width": 130 };
  const edge = { width: 1.2, "curve-style": "bezier", "line-color": muted, "line-opacity": 0.6 };
  const arrow = { "target-arrow-shape": "triangle", "target-arrow-color": muted, "arrow-scale": 0.8 };
  const shaped = kinds.map((colour, number) => ({
    selector: `.kind-${number}`,
    style: { "background-color": colour, shape: SHAPES[number] },
  }));
  return [
    { selector: "node", style: { ...text, ...behind, ...below, "font-size": 12, "background-color": other } },
    {
      selector: "edge",
      style: { ...text, ...behind, ...edge, ...arrow, "font-size": 10, "text-rotation": "autorotate" },
    },
    ...shaped,
    { selector: ".near", style: { "line-color": ink, "line-opacity": 1, "target-arrow-color": ink, "z-index": 9 } },
  ];
}

/** Open a thing's page on click; on hover show its facts and highlight its links. */
function addInteraction(cy, paper, hint, address) {
  cy.on("tap", "node", ({ target }) => {
    const page = address(target.data("thing"));
    if (page) window.open(page, "_blank", "noopener");
  });
  const show = (...parts) => hint.replaceChildren(...parts.flatMap((part, place) => (place ? [" · ", part] : [part])));
  cy.on("mouseover", "edge", ({ target }) => show(...target.data("names").map(code)));
  cy.on("mouseover", "node", ({ target }) => {
    const { kind, iri, facts } = target.data("thing");
    const shown = facts.slice(0, 4).map(([name, text]) => element("span", {}, code(name), `: ${cut(text, 80)}`));
    show(called(target.data("thing")), ...[kind, iri].filter(Boolean).map(code), ...shown);
    target.connectedEdges().addClass("near");
    paper.classList.toggle("leads", Boolean(iri));
  });
  cy.on("mouseout", () => {
    show(HINT);
    cy.edges().removeClass("near");
    paper.classList.remove("leads");
  });
}

/** Return a name in the form of queries, which is no words for people. */
function code(name) {
  return element("code", {}, name);
}

/** Return the name of a thing, as code where it has none in words. */
function called({ label, isNamed }) {
  return isNamed ? label : code(label);
}

function zooming(cy) {
  const centre = () => ({ x: cy.width() / 2, y: cy.height() / 2 });
  const zoom = (factor) => cy.zoom({ level: cy.zoom() * factor, renderedPosition: centre() });
  const button = (words, act) => {
    const made = element("button", { type: "button" }, words);
    made.addEventListener("click", act);
    return made;
  };
  return [
    button("Larger", () => zoom(1.4)),
    button("Smaller", () => zoom(1 / 1.4)),
    button("Fit", () => all(cy)),
  ];
}

function all(cy) {
  cy.fit(undefined, MARGIN);
}

/** Return the accessible alternative of the diagram: a list of things with kind, facts and links. */
function list({ things, links }, address) {
  const known = new Map(things.map((thing) => [thing.id, thing]));
  const leading = (thing) => {
    const page = address(thing);
    return page ? element("a", { href: page, target: "_blank", rel: "noopener" }, called(thing)) : called(thing);
  };
  const of = (thing) => [
    ...thing.facts.map(([name, text]) => element("li", {}, code(name), `: ${text}`)),
    ...links
      .filter(({ source }) => source === thing.id)
      .map((link) => element("li", {}, code(link.label), " → ", leading(known.get(link.target)))),
  ];
  const items = things.map((thing) => {
    const details = of(thing);
    const parts = [
      leading(thing),
      ...(thing.kind ? [" (", code(thing.kind), ")"] : []),
      ...(details.length ? [element("ul", {}, ...details)] : []),
    ];
    return element("li", {}, ...parts);
  });
  return element(
    "details",
    { class: "same" },
    element("summary", {}, "The same as a list"),
    element("ul", {}, ...items),
  );
}
