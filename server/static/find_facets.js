// The facets of what was found, as the page of a server shows them: each value is a link to the same search with it or without.

import { filled } from "./find_template.js";

const FIRST = 8; // values that are shown at once, as in server/templates/_finding.html
const templates = [...document.querySelectorAll("template.facet")];

/** Return the values of facets in a query string: facet → values. */
export function chosenIn(query) {
  const all = templates.map(({ dataset: { facet } }) => [facet, [...new Set(query.getAll(facet).filter(Boolean))]]);
  return new Map(all.filter(([, values]) => values.length));
}

/** Return the address of a search for a text with filters. */
export function searchFor(text, chosen) {
  const fields = [...chosen].flatMap(([facet, values]) => values.map((value) => [facet, value]));
  return `?${new URLSearchParams([...(text ? [["q", text]] : []), ...fields])}`;
}

/** Return the filters with a value of a facet added, or removed if it is among them. */
function toggled(chosen, facet, value) {
  const before = chosen.get(facet) ?? [];
  const after = before.includes(value) ? before.filter((each) => each !== value) : [...before, value];
  return new Map([...chosen, [facet, after]]);
}

/** Return the things that have one of the chosen values of each facet, other than of one facet. */
function narrowed(things, facets, chosen, except) {
  const all = [...chosen].filter(([facet]) => facet !== except).map(([facet, values]) => {
    const having = (facets[facet] ?? []).filter(({ name }) => values.includes(name));
    return new Set(having.flatMap((value) => value.things));
  });
  return things.filter((thing) => all.every((having) => having.has(thing)));
}

/** Return the values of a facet, chosen or with results, each with their number if it were the only chosen one. */
function valuesOf(facet, things, facets, chosen) {
  const others = new Set(narrowed(things, facets, chosen, facet));
  const picked = chosen.get(facet) ?? [];
  const known = facets[facet] ?? [];
  const unknown = picked.filter((name) => known.every((value) => value.name !== name));
  return [...known, ...unknown.map((name) => ({ name, label: name, rank: Infinity, things: [] }))]
    .map((value) => ({
      ...value,
      count: value.things.filter((thing) => others.has(thing)).length,
      isChosen: picked.includes(value.name),
    }))
    .filter(({ count, isChosen }) => count || isChosen)
    .sort((one, other) => one.rank - other.rank || other.count - one.count);
}

/** Return copies of a template, each in a fragment, with a link to an address. */
function linked(name, address, texts) {
  const copy = filled(document.getElementById(name), texts);
  copy.querySelector("a").setAttribute("href", address);
  return copy;
}

function fragment(parts) {
  const made = new DocumentFragment();
  made.append(...parts);
  return made;
}

/** Return a facet as a section, whose later values are folded. */
function section(template, values, link) {
  const items = values.map(({ name, label, count, isChosen }) =>
    linked(isChosen ? "chosen-value" : "value", link(name), { label, count }),
  );
  const [first, others] = [items.slice(0, FIRST), items.slice(FIRST)].map(fragment);
  const copy = filled(template, { first, others, number: values.length - FIRST });
  const more = copy.querySelector("details");
  more.open = values.slice(FIRST).some(({ isChosen }) => isChosen);
  if (values.length <= FIRST) more.remove();
  return copy;
}

/** Show the facets of the things that were found, and the chosen values above; return the things that have these. */
export function narrow(text, things, facets, chosen) {
  const aside = document.getElementById("facets");
  const chips = document.getElementById("chosen");
  if (chosen.size) aside.append(linked("no-filters", searchFor(text, new Map()), {}));
  for (const template of templates) {
    const { facet, label } = template.dataset;
    const link = (value) => searchFor(text, toggled(chosen, facet, value));
    const values = valuesOf(facet, things, facets, chosen);
    if (values.length) aside.append(section(template, values, link));
    for (const { name, label: value } of values.filter(({ isChosen }) => isChosen)) {
      chips.append(linked("chip", link(name), { facet: label, value }));
    }
  }
  chips.hidden = !chosen.size;
  aside.hidden = !aside.querySelector("a");
  return narrowed(things, facets, chosen);
}
