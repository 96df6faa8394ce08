// The search of a site without a server, over an index in files: of words by their first letters, and of things.

const place = document.getElementById("results");
const said = document.getElementById("said");
const WORD = /[\p{L}\p{N}]+/gu;
const MARKS = /\p{M}/gu;
const ENDING =
  /(?<=\w{4})(?:i[sz](?:ations?|ing|e[drs]?)|i?ty|ities|ie[sd]|i?ers?|ings?|ions?|i[cv]e?s?|e[sdn]?|s|y)$/; // as kg/search_index/words.py
const MOST = 50; // largest number of results
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

/** Return whether two words differ by one letter, or by two letters that are swapped. */
function isSimilar(one, other) {
  if (Math.abs(one.length - other.length) > 1 || one.length < 4) return false;
  let at = 0;
  while (at < one.length && one[at] === other[at]) at += 1;
  const [a, b] = [one.slice(at), other.slice(at)];
  const isSwapped = a[0] === b[1] && a[1] === b[0] && a.slice(2) === b.slice(2);
  return a.slice(1) === b.slice(1) || a.slice(1) === b || a === b.slice(1) || isSwapped;
}

/** Return the things that have a word, or all words of what it may stand for: number of the thing → weight. */
async function meaning(word, about) {
  const texts = about.synonyms[word.replace(ENDING, "")] ?? [];
  const [own, ...others] = await Promise.all([[word], ...texts.map(words)].map((each) => havingAll(each, about)));
  for (const weights of others) {
    for (const [thing, weight] of weights) own.set(thing, Math.max(own.get(thing) ?? 0, weight * SYNONYM));
  }
  return own;
}

async function havingAll(each, about) {
  const [first, ...rest] = await Promise.all(each.map((word) => having(word, about)));
  return new Map([...first].filter(([thing]) => rest.every((weights) => weights.has(thing))));
}

/** Return the things that have a word, or one that begins so, else a similar one: number of the thing → weight. */
async function having(word, { parts, letters }) {
  const beginning = word.slice(0, letters);
  const name = parts.includes(beginning) ? beginning : "other";
  const known = Object.entries(await part(name));
  const stem = word.replace(ENDING, "");
  const begin = known.filter(([other]) => other.startsWith(stem));
  const found = begin.length ? begin : known.filter(([other]) => isSimilar(word, other));
  const weights = new Map();
  for (const [other, things] of found) {
    const share = other === word ? WHOLE : begin.length ? BEGINNING : MISSPELT;
    for (let at = 0; at < things.length; at += 2) {
      weights.set(things[at], Math.max(weights.get(things[at]) ?? 0, things[at + 1] * share));
    }
  }
  return weights;
}

/** Return the numbers of the things that have all words, else of those that have the most, the best first. */
async function find(text) {
  const about = await part("index");
  const each = await Promise.all(words(text).map((word) => meaning(word, about)));
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
  return best.sort(([one, [, a]], [other, [, b]]) => b - a || one - other).map(([thing]) => thing);
}

async function show(number, size) {
  const [href, name, kind, identifiers, sheets] = (await part(`things-${Math.floor(number / size)}`))[number % size];
  const item = document.createElement("li");
  const title = document.createElement("h2");
  const link = document.createElement("a");
  const line = document.createElement("p");
  link.href = href;
  link.textContent = name;
  title.append(link);
  line.className = "about";
  const kindOf = document.createElement("span");
  kindOf.className = "kind";
  kindOf.textContent = kind;
  line.append(kindOf);
  for (const identifier of identifiers) {
    const code = document.createElement("code");
    code.textContent = identifier;
    line.append(" ", code);
  }
  if (sheets) line.append(` recommended by ${sheets} page${sheets === 1 ? "" : "s"}`);
  item.append(title, line);
  return item;
}

async function begin() {
  const text = new URLSearchParams(location.search).get("q")?.trim();
  if (!text) return;
  document.getElementById("q").value = text;
  const found = await find(text);
  const { size } = await part("index");
  place.replaceChildren(...(await Promise.all(found.slice(0, MOST).map((number) => show(number, size)))));
  const first = found.length > MOST ? `; these are the first ${MOST}` : "";
  said.textContent = `${found.length} thing${found.length === 1 ? "" : "s"} found for “${text}”${first}.`;
}

begin();
