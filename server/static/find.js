// The search of a site without a server, over an index in files: of words by their first letters, and of things.

const place = document.getElementById("results");
const said = document.getElementById("said");
const more = document.getElementById("more");
const WORD = /[\p{L}\p{N}]+/gu;
const MARKS = /\p{M}/gu;
const ENDING =
  /(?<=\w{4})(?:i[sz](?:ations?|ing|e[drs]?)|i?ty|ities|ie[sd]|i?ers?|ings?|ions?|i[cv]e?s?|e[sdn]?|s|y)$/; // as kg/search_index/words.py
const STEP = 50; // number of results that are shown at once
const CORRECTIONS = 4; // largest number of words that a misspelt one may be
const [WHOLE, BEGINNING, MISSPELT] = [1, 0.6, 0.3]; // how much a word counts that is equal, begins so, or is similar
const SYNONYM = 0.5; // how much what a word stands for counts

const loaded = new Map();

/** Return a file of the index. */
function part(name) {
  if (!loaded.has(name)) loaded.set(name, fetch(`${place.dataset.words}${name}.json`).then((response) => response.json()));
  return loaded.get(name);
}

/** Return the folded words of a text. */
function words(text) {
  return [...new Set(text.toLowerCase().normalize("NFKD").replace(MARKS, "").match(WORD) ?? [])];
}

/** Return the edit distance of two words; swapping adjacent letters counts as one edit, as in kg/search_index/words.py. */
function distance(one, other) {
  let before = [];
  let last = Array.from({ length: other.length + 1 }, (_, at) => at);
  for (let row = 1; row <= one.length; row += 1) {
    const now = [row];
    for (let at = 1; at <= other.length; at += 1) {
      const changed = last[at - 1] + (one[row - 1] === other[at - 1] ? 0 : 1);
      const isSwapped = row > 1 && at > 1 && one[row - 1] === other[at - 2] && one[row - 2] === other[at - 1];
      now.push(Math.min(last[at] + 1, now[at - 1] + 1, changed, isSwapped ? before[at - 2] + 1 : Infinity));
    }
    [before, last] = [last, now];
  }
  return last[other.length];
}

/** Return the largest edit distance of a correction of a word, as kg/search_index/query.py has it. */
function mostEdits(word) {
  return word.length < 6 ? 1 : word.length < 10 ? 2 : 3;
}

/** Return the known words that are most like a misspelt one, those of most things first. */
async function similar(word, about) {
  if (word.length < 3 || word.length > 24) return [];
  const [a, b, c] = word;
  const files = await Promise.all([...new Set([a + b, b + a, b + c, a + c])].map((each) => wordsLike(each, about)));
  const most = mostEdits(word);
  const near = files
    .flatMap((known) => Object.entries(known))
    .filter(([other]) => Math.abs(other.length - word.length) <= most)
    .map(([other, things]) => ({ other, things, edits: distance(word, other) }))
    .sort((one, other) => one.edits - other.edits || other.things.length - one.things.length);
  return near.filter(({ edits }) => edits <= most && edits === near[0].edits).slice(0, CORRECTIONS);
}

/** Return the words of the file that has those with these first letters: word → numbers and weights of things. */
function wordsLike(beginning, { parts, letters }) {
  const name = beginning.slice(0, letters);
  return part(parts.includes(name) ? name : "other");
}

/** Return the things that have a word, or all words of what it may stand for: number of the thing → weight. */
async function meaning(word, about, corrected) {
  const texts = about.synonyms[word.replace(ENDING, "")] ?? [];
  const [own, ...others] = await Promise.all([
    having(word, about, texts.length ? undefined : corrected),
    ...texts.map((text) => havingAll(words(text), about)),
  ]);
  for (const weights of others) {
    for (const [thing, weight] of weights) own.set(thing, Math.max(own.get(thing) ?? 0, weight * SYNONYM));
  }
  return own;
}

async function havingAll(each, about) {
  const [first, ...rest] = await Promise.all(each.map((word) => having(word, about)));
  return new Map([...first].filter(([thing]) => rest.every((weights) => weights.has(thing))));
}

/**
 * Return the things that have a word, or one that begins so: number of the thing → weight.
 *
 * A word that is not known is corrected if it may be, and noted: word → what it is taken for.
 */
async function having(word, about, corrected) {
  const stem = word.replace(ENDING, "");
  const begin = Object.entries(await wordsLike(word, about)).filter(([other]) => other.startsWith(stem));
  const found = begin.map(([other, things]) => ({ things, share: other === word ? WHOLE : BEGINNING }));
  if (!begin.length && corrected) {
    const near = await similar(word, about);
    if (near.length) corrected.set(word, near.map(({ other }) => other));
    found.push(...near.map(({ things }) => ({ things, share: MISSPELT })));
  }
  const weights = new Map();
  for (const { things, share } of found) {
    for (let at = 0; at < things.length; at += 2) {
      weights.set(things[at], Math.max(weights.get(things[at]) ?? 0, things[at + 1] * share));
    }
  }
  return weights;
}

/** Return the numbers of the things that have all words, else of those that have the most, the best first. */
async function find(text, about) {
  const written = words(text);
  const telling = written.filter((word) => !about.unsaid.includes(word));
  const wanted = telling.length ? telling : written;
  const corrected = new Map();
  const each = await Promise.all(wanted.map((word) => meaning(word, about, corrected)));
  const scores = new Map();
  for (const weights of each) {
    const rare = Math.log(1 + about.things / Math.max(weights.size, 1));
    for (const [thing, weight] of weights) {
      const [number, score] = scores.get(thing) ?? [0, 0];
      scores.set(thing, [number + 1, score + weight * rare]);
    }
  }
  const most = Math.max(0, ...[...scores.values()].map(([number]) => number));
  const best = [...scores].filter(([, [number]]) => number === most);
  const things = best.sort(([one, [, a]], [other, [, b]]) => b - a || one - other).map(([thing]) => thing);
  return { things, corrected, isAnyWord: most < wanted.length };
}

/** Return an element with a text. */
function texted(tag, text, className = "") {
  const made = document.createElement(tag);
  made.textContent = text;
  made.className = className;
  return made;
}

/** Return a thing as an entry of the list. */
async function item(number, { size, sites }) {
  const thing = (await part(`things-${Math.floor(number / size)}`))[number % size];
  const [hit, title, line] = ["li", "h2", "p"].map((tag) => document.createElement(tag));
  const link = texted("a", thing.name);
  link.href = thing.address;
  title.append(link);
  line.className = "about";
  line.append(texted("span", thing.kind, "kind"));
  const codes = thing.identifiers.map((identifier) => texted("code", identifier));
  const whole = thing.of ? [texted("span", `on the page ${thing.of}`)] : [];
  const pages = `recommended by ${thing.sheets} page${thing.sheets === 1 ? "" : "s"}`;
  const advice = thing.sheets ? [texted("span", pages)] : [];
  const places = thing.sites.map((site) => texted("span", sites[site], "site"));
  for (const element of [...whole, ...codes, ...advice, ...places]) line.append(" ", element);
  hit.append(title, line);
  return hit;
}

/** Return a remark of the server's page, with texts in its slots. */
function remark(id, texts = {}) {
  const copy = document.getElementById(id).content.cloneNode(true);
  for (const slot of copy.querySelectorAll("slot")) slot.replaceWith(texts[slot.name]);
  return copy;
}

/** Show the next of the things that were found, and a button for more. */
async function showMore(things, about) {
  const shown = place.childElementCount;
  const added = await Promise.all(things.slice(shown, shown + STEP).map((number) => item(number, about)));
  place.append(...added);
  more.hidden = place.childElementCount === things.length;
  document.getElementById("shown").textContent = `${place.childElementCount} of ${things.length} are shown.`;
  if (shown) added[0].querySelector("a").focus();
}

async function begin() {
  const text = new URLSearchParams(location.search).get("q")?.trim();
  if (!text) return;
  document.getElementById("q").value = text;
  document.title = `${text} – ${document.title}`;
  const about = await part("index");
  const { things, corrected, isAnyWord } = await find(text, about);
  const quoted = (words) => words.join("” or “");
  for (const [word, meant] of corrected) said.before(remark("corrected", { word, meant: quoted(meant) }));
  if (isAnyWord && things.length) said.before(remark("any-word"));
  said.textContent = `${things.length} thing${things.length === 1 ? "" : "s"} found for “${text}”.`;
  if (!things.length) return place.replaceWith(remark("nothing"));
  more.querySelector("button").addEventListener("click", () => showMore(things, about));
  await showMore(things, about);
}

begin();
