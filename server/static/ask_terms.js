// Display forms of RDF terms and numbers.

const UNSAFE = /[\p{C}\p{Zl}\p{Zp}%"'<>\\^`{|}[\]]|(?! )\p{Zs}| {2}/u; // in a decoded address

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
  try {
    return decodeURIComponent(end);
  } catch {
    return end;
  }
}

/** Return an address with percent-encoded characters as themselves, if all of them are seen and mean nothing else. */
export function decoded(address) {
  try {
    const signs = decodeURI(address);
    return UNSAFE.test(signs) ? address : signs;
  } catch {
    return address;
  }
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
