// Display forms of RDF terms and numbers.

const ENCODED = /(?:%[0-9A-Fa-f]{2})+/g;
const SAFE = /^(?!.* {2})[\p{Lu}\p{Ll}\p{Nd} ()!*,_~-]+$/u; // letters of scripts with capitals, and signs without a meaning

/** Return an IRI in SPARQL syntax, as a prefixed name if one of the prefixes fits. */
export function shortened(iri, prefixes) {
  for (const [prefix, base] of Object.entries(prefixes)) {
    if (iri.startsWith(base) && /^[\w-]+$/.test(iri.slice(base.length))) return `${prefix}:${iri.slice(base.length)}`;
  }
  return `<${iri}>`;
}

/** Return the short form of a term; of an IRI without a prefix, the last segment of its path. */
export function inShort(term, prefixes) {
  if (term.type === "bnode") return `_:${term.value}`;
  if (term.type !== "uri") return term.value;
  const short = shortened(term.value, prefixes);
  if (!short.startsWith("<")) return short;
  const end = term.value.match(/[^/#]+[/#]?$/)?.[0] ?? term.value;
  return decoded(end);
}

/** Return a text with percent-encoded characters as themselves, as server/pages/words.py does. */
export function decoded(text) {
  return text.replace(ENCODED, (run) => {
    try {
      const signs = decodeURIComponent(run);
      return SAFE.test(signs) ? signs : run;
    } catch {
      return run;
    }
  });
}

/** Return the text truncated to `most` characters. */
export function cut(text, most) {
  const signs = [...text];
  return signs.length > most
    ? `${signs
        .slice(0, most - 1)
        .join("")
        .trimEnd()}…`
    : text;
}

/** Return a number in English notation (1,234), followed by the singular or plural noun if given. */
export function count(number, one, many) {
  const figure = number.toLocaleString("en");
  return one ? `${figure} ${number === 1 ? one : many}` : figure;
}
