// The index of the search of a site without a server, in files: words by their first letters, things, and sections.

const folder = document.getElementById("results").dataset.words;
const WORD = /[\p{L}\p{N}]+/gu;
const MARKS = /\p{M}/gu;
const ENDING =
  /(?<=\w{4})(?:i[sz](?:ations?|ing|e[drs]?)|i?ty|ities|ie[sd]|i?ers?|ings?|ions?|i[cv]e?s?|e[sdn]?|s|y)$/; // as kg/search_index/words.py
const CORRECTIONS = 4; // largest number of words that a misspelt one may be
const [WHOLE, BEGINNING, MISSPELT] = [1, 0.6, 0.3]; // how much a word counts that is equal, begins so, or is similar
const SYNONYM = 0.5; // how much what a word stands for counts
const DESCRIBED = 2; // least weight of a word in a name or a description
const PHRASE = 4; // largest number of words that stand for a kind
const SHORT = 5; // letters; what a word stands for has no other forms than with an s if its stem is shorter

const loaded = new Map();

/** Return a file of the index. */
export function part(name) {
  if (!loaded.has(name)) loaded.set(name, fetch(`${folder}${name}.json`).then((response) => response.json()));
  return loaded.get(name);
}

/** Return the thing with a number. */
export async function thingOf(number, { size }) {
  return (await part(`things-${Math.floor(number / size)}`))[number % size];
}

/** Return a text in lower case, without accents. */
export function fold(text) {
  return text.toLowerCase().normalize("NFKD").replace(MARKS, "");
}

/** Return the folded words of a text, in order. */
export function words(text) {
  return fold(text).match(WORD) ?? [];
}

/** Return the beginning that the forms of a folded word have in common. */
function stem(word) {
  return word.replace(ENDING, "");
}

/** Return what the forms of a word begin with, as kg/search_index/query.py has them; a whole word ends with a space. */
function beginningsOf(word, isSynonym) {
  return isSynonym && stem(word).length < SHORT ? [`${word} `, `${word}s `] : [stem(word)];
}

/** Return whether a folded word begins as wanted. */
export function beginsWith(word, beginnings) {
  return beginnings.some((beginning) => `${word} `.startsWith(beginning));
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

/** Return how much it tells that a thing has a word, by the number of the things that have it. */
function rarity(number, about) {
  return Math.log(1 + about.things / Math.max(number, 1));
}

/** Return the value of a key in an object of JSON; each object has others, such as `constructor`. */
function valueOf(object, key) {
  return Object.hasOwn(object, key) ? object[key] : undefined;
}

/** Return the things that have a word, or all words of what it may stand for: number of the thing → weight. */
async function meaning(word, about, found) {
  const texts = valueOf(about.synonyms, stem(word)) ?? [];
  const [own, ...others] = await Promise.all([
    having(word, about, found, !texts.length, false),
    ...texts.map((text) => havingAll(words(text), about, found)),
  ]);
  for (const weights of others) {
    for (const [thing, weight] of weights) own.set(thing, Math.max(own.get(thing) ?? 0, weight * SYNONYM));
  }
  return own;
}

async function havingAll(each, about, found) {
  const [first, ...rest] = await Promise.all(each.map((word) => having(word, about, found, false, true)));
  return new Map([...first].filter(([thing]) => rest.every((weights) => weights.has(thing))));
}

/**
 * Return the things that have a word, or one that begins so: number of the thing → weight.
 *
 * A word that is not known is corrected if it may be. It is noted what it is taken for, and how rare its beginning is.
 */
async function having(word, about, { corrected, beginnings }, mayCorrect, isSynonym) {
  const forms = beginningsOf(word, isSynonym);
  const begin = Object.entries(await wordsLike(word, about)).filter(([other]) => beginsWith(other, forms));
  const having = begin.map(([other, things]) => ({ things, share: other === word ? WHOLE : BEGINNING }));
  const near = !begin.length && mayCorrect ? await similar(word, about) : [];
  having.push(...near.map(({ things }) => ({ things, share: MISSPELT })));
  const weights = new Map();
  for (const { things, share } of having) {
    for (let at = 0; at < things.length; at += 2) {
      weights.set(things[at], Math.max(weights.get(things[at]) ?? 0, things[at + 1] * share));
    }
  }
  const meant = near.map(({ other }) => other);
  if (meant.length) corrected.set(word, meant);
  const all = meant.length ? meant.map(stem) : forms;
  for (const beginning of all) beginnings.set(beginning, rarity(weights.size, about));
  return weights;
}

/**
 * Return the numbers of the things that have the most of some words, the best first, and whether none has all.
 *
 * Things that are called or described so come first, then pages, then what has the words elsewhere. `described` are the pages
 * that are called or described so.
 */
function ranked(weightsOfWords, about) {
  const scores = new Map();
  for (const weights of weightsOfWords) {
    const rare = rarity(weights.size, about);
    for (const [thing, weight] of weights) {
      const { number, least, score } = scores.get(thing) ?? { number: 0, least: Infinity, score: 0 };
      scores.set(thing, { number: number + 1, least: Math.min(least, weight), score: score + weight * rare });
    }
  }
  const most = [...scores.values()].reduce((most, { number }) => Math.max(most, number), 0);
  const isAnyWord = most < weightsOfWords.length;
  const pages = new Set(about.pages);
  const placeOf = (thing, least) => (least >= DESCRIBED && !isAnyWord ? 0 : pages.has(thing) ? 1 : 2);
  const things = [...scores]
    .filter(([, { number }]) => number === most)
    .map(([thing, { least, score }]) => ({ thing, score, place: placeOf(thing, least) }))
    .sort((one, other) => one.place - other.place || other.score - one.score || one.thing - other.thing)
    .map(({ thing }) => thing);
  return { things, isAnyWord, described: things.filter((thing) => pages.has(thing) && scores.get(thing).least >= DESCRIBED) };
}

/** Return the words that stand for kinds of things, the longest and last first, each as the kinds and the other words. */
function kindsIn(said, { kinds, activities }) {
  const stems = said.map(stem);
  const places = said.flatMap((_, end) => Array.from({ length: Math.min(PHRASE, end + 1) }, (_, more) => [more + 1, end + 1]));
  return places
    .sort(([one, end], [other, last]) => other - one || last - end)
    .flatMap(([length, end]) => {
      const phrase = stems.slice(end - length, end).join(" ");
      const meant = valueOf(kinds, phrase) ?? (said.length > length ? valueOf(activities, phrase) : undefined);
      return meant ? [{ meant, others: said.filter((_, at) => at < end - length || at >= end) }] : [];
    });
}

/** Return the things of kinds among those found, and those that the pages called or described so recommend or cite. */
function ofKinds({ things, isAnyWord, described }, meant, facets, { answers }) {
  const values = (facets.kind ?? []).filter(({ name }) => meant.includes(name));
  const having = new Set(values.flatMap((value) => value.things));
  const found = isAnyWord ? [] : [...things, ...described.flatMap((page) => answers[page] ?? [])];
  return [...new Set(found)].filter((thing) => having.has(thing));
}

/** Return the things that have the most of some words; see `ranked`. */
async function findWords(said, about) {
  const found = { corrected: new Map(), beginnings: new Map() };
  const weights = await Promise.all(said.map((word) => meaning(word, about, found)));
  return { ...found, ...ranked(weights, about) };
}

/**
 * Return the numbers of the things that have all words, else of those that have the most, the best first; all of an empty text.
 *
 * Words for a kind are read as such first, unless the text is in quotation marks; then `kinds` has the labels of the kinds.
 * `corrected` is misspelt word → words, `beginnings` is what the words looked for begin with → its rarity.
 */
export async function find(text, about, facets) {
  const said = [...new Set(words(text))];
  const telling = said.filter((word) => !about.unsaid.includes(word));
  const wanted = telling.length ? telling : said;
  const all = Array.from({ length: about.things }, (_, thing) => thing);
  const none = { corrected: new Map(), beginnings: new Map(), things: all, described: [], isAnyWord: false };
  if (!text) return { ...none, kinds: [] };
  const whole = await findWords(wanted, about);
  for (const { meant, others } of text.startsWith('"') ? [] : kindsIn(wanted, about)) {
    const found = others.length ? await findWords(others, about) : none;
    const things = ofKinds(found, meant, facets, about);
    const labels = meant.flatMap((kind) => facets.kind.filter(({ name }) => name === kind)).map(({ label }) => label);
    if (things.length) return { ...found, beginnings: whole.beginnings, things, kinds: labels };
  }
  return { ...whole, kinds: [] };
}
