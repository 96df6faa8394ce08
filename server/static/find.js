// The search of a site without a server, over an index in files.

import { bestSection, excerptOf, marked } from "./find_excerpt.js";
import { chosenIn, narrow, searchFor } from "./find_facets.js";
import { find, part, thingOf } from "./find_index.js";
import { filled } from "./find_template.js";

const place = document.getElementById("results");
const said = document.getElementById("said");
const more = document.getElementById("more");
const STEP = 20; // number of results that are shown at once

/** Return an element with texts and elements. */
function made(tag, parts, className = "") {
  const element = document.createElement(tag);
  element.append(...parts);
  if (className) element.className = className;
  return element;
}

/** Return a link. */
function link(address, parts) {
  const element = made("a", parts);
  element.href = address;
  return element;
}

/** Return a text as texts and marked words. */
function pieces(text, beginnings) {
  return marked(text, beginnings).map(([piece, isWanted]) => (isWanted ? made("mark", [piece]) : piece));
}

/** Return the line about a thing: its kind, where it stands, identifiers, and the sites that mention it. */
function about({ kind, of, identifiers, sheets }, sites) {
  const pages = `recommended by ${sheets} page${sheets === 1 ? "" : "s"}`;
  return made("p", [
    made("span", [kind], "kind"),
    ...(of ? [made("span", [`on the page ${of}`])] : []),
    ...identifiers.map((identifier) => made("code", [identifier])),
    ...(sheets ? [made("span", [pages])] : []),
    ...sites.map(({ label }) => made("span", [label], "site")),
  ].flatMap((element) => [element, " "]), "about");
}

/** Return the line with a section of a page, here and on its own site. */
function sectionLine({ address, published }, [anchor, heading], beginnings) {
  const to = (page) => (anchor ? `${page}#${anchor}` : page);
  const outside = published ? [", ", link(to(published), ["on the site"])] : [];
  return made("p", [link(to(address), pieces(heading, beginnings)), ...outside], "section");
}

/** Return a thing as an entry of the list. */
async function item(number, found) {
  const thing = await thingOf(number, found.about);
  const beginnings = [...found.beginnings.keys()];
  const sections = found.about.pages.includes(number) ? await part(`sections-${number}`) : [];
  const section = bestSection(sections, found.beginnings, found.about.sectionLength);
  const [, heading] = section;
  const excerpt = excerptOf(thing.name, thing.texts, section, beginnings);
  return made("li", [
    made("h2", [link(thing.address, pieces(thing.name, beginnings))]),
    about(thing, found.facets.site.filter(({ things }) => things.includes(number))),
    ...(heading ? [sectionLine(thing, section, beginnings)] : []),
    ...(excerpt ? [made("p", pieces(excerpt, beginnings))] : []),
  ]);
}

/** Show the next of the things that were found, and a button for more. */
async function showMore(things, found) {
  const shown = place.childElementCount;
  const added = await Promise.all(things.slice(shown, shown + STEP).map((number) => item(number, found)));
  place.append(...added);
  more.hidden = place.childElementCount === things.length;
  document.getElementById("shown").textContent = `${place.childElementCount} of ${things.length} are shown.`;
  if (shown) added[0].querySelector("a").focus();
}

/** Return a remark of the server's page. */
function remark(id, texts = {}) {
  return filled(document.getElementById(id), texts);
}

/** Show above the results what was searched for in place of the words. */
function showRemarks(text, { corrected, isAnyWord, things, kinds }) {
  const chips = document.getElementById("chosen");
  if (kinds.length) {
    const told = remark("kinds", { kinds: kinds.join(" or ") });
    told.querySelector("a").href = searchFor(`"${text}"`, new Map());
    chips.after(told);
  }
  for (const [word, meant] of corrected) chips.after(remark("corrected", { word, meant: meant.join("” or “") }));
  if (isAnyWord && things.length) chips.after(remark("any-word"));
}

/** Show what to do if nothing was found. */
function showNothing(text, chosen) {
  const advice = remark(chosen.size ? "nothing-chosen" : "nothing");
  if (chosen.size) advice.querySelector("a").href = searchFor(text, new Map());
  place.replaceWith(advice);
}

/** Keep the filters when other words are searched for. */
function keepFilters(chosen) {
  const box = document.getElementById("q");
  for (const [name, values] of chosen) {
    const fields = values.map((value) => Object.assign(document.createElement("input"), { type: "hidden", name, value }));
    box.after(...fields);
  }
}

async function begin() {
  const query = new URLSearchParams(location.search);
  const text = query.get("q")?.trim() ?? "";
  const chosen = chosenIn(query);
  document.getElementById("q").value = text;
  if (text) document.title = `${text} – ${document.title}`;
  keepFilters(chosen);
  const [about, facets] = await Promise.all([part("index"), part("facets")]);
  const found = { about, facets, ...(await find(text, about, facets)) };
  const things = narrow(text, found.things, facets, chosen);
  showRemarks(text, found);
  said.textContent = `${things.length} thing${things.length === 1 ? "" : "s"} found${text ? ` for “${text}”` : ""}.`;
  if (!things.length) return showNothing(text, chosen);
  document.querySelector(".narrow").hidden = false;
  more.querySelector("button").addEventListener("click", () => showMore(things, found));
  await showMore(things, found);
}

begin();
