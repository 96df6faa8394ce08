// Excerpts of what was found, with the words that were looked for, as kg/search_index/words.py makes them.

import { beginsWith, fold, words } from "./find_index.js";

const WORD = /[\p{L}\p{N}]+/gu;
const DOUBLED = /(?<![\p{L}\p{N}_])(\p{L}[\p{L}\p{N}_-]*)(?: \1(?![\p{L}\p{N}_-]))+/giu;
const LENGTH = 220; // of an excerpt, about
const BEFORE = 73; // characters before the first word, at most about
const [SATURATION, BY_LENGTH, IN_HEADING] = [1.2, 0.75, 4]; // of BM25, as SQLite and kg/search_index/search.py have them

/** Return the words of a text that begin as wanted. */
function places(text, beginnings) {
  return [...text.matchAll(WORD)].filter(([word]) => beginsWith(fold(word), beginnings));
}

/** Return pieces of a text, and for each whether it is a word that begins as wanted. */
export function marked(text, beginnings) {
  const pieces = [];
  let end = 0;
  for (const { 0: word, index } of places(text, beginnings)) {
    if (index > end) pieces.push([text.slice(end, index), false]);
    pieces.push([word, true]);
    end = index + word.length;
  }
  return end < text.length ? [...pieces, [text.slice(end), false]] : pieces;
}

/** Return the characters around the first wanted word, cut between words; empty if there is none. */
function around(text, beginnings) {
  const [first] = places(text, beginnings);
  if (!first) return "";
  const begin = first.index > BEFORE ? text.lastIndexOf(" ", first.index - BEFORE) + 1 : 0;
  const end = begin + LENGTH;
  const stop = end < text.length ? Math.max(text.lastIndexOf(" ", end - 1), first.index + first[0].length) : text.length;
  return (begin ? "… " : "") + text.slice(begin, stop).replace(DOUBLED, "$1") + (stop < text.length ? " …" : "");
}

/** Return a text without the last part of its heading at the beginning, unless a sentence goes on after it. */
function withoutHeading(text, heading) {
  const last = heading.split(" / ").at(-1);
  const rest = (text.startsWith(last) ? text.slice(last.length) : text).trimStart();
  return /^\p{Lu}/u.test(rest) ? rest : text;
}

/** Return the excerpt about a thing: from its best section, its description, or other texts, if they say more than is above. */
export function excerptOf(name, texts, [, heading, text], beginnings) {
  const above = new Set(words(`${name} ${heading}`));
  const saysMore = (each) => words(each).some((word) => !above.has(word));
  const telling = [withoutHeading(text, heading), ...texts].filter(saysMore);
  for (const each of telling) {
    const shown = around(each, beginnings);
    if (shown) return shown;
  }
  return saysMore(texts[0]) ? around(texts[0], [""]) : "";
}

/**
 * Return the section that has most of the words with these beginnings → rarities, as BM25 ranks it; an empty one if none has any.
 *
 * `mean` is the number of words of a section.
 */
export function bestSection(sections, rarities, mean) {
  const said = sections.map(([, heading, text]) => [words(heading), words(text)]);
  const lengths = said.map(([heading, text]) => heading.length + text.length);
  const scores = said.map(([heading, text], at) => {
    const number = (of, beginning) => of.filter((word) => beginsWith(word, [beginning])).length;
    const least = SATURATION * (1 - BY_LENGTH + (BY_LENGTH * lengths[at]) / mean);
    return [...rarities].reduce((sum, [beginning, rare]) => {
      const count = IN_HEADING * number(heading, beginning) + number(text, beginning);
      return sum + (rare * count) / (count + least);
    }, 0);
  });
  const most = Math.max(0, ...scores);
  return most > 0 ? sections[scores.indexOf(most)] : ["", "", ""];
}
