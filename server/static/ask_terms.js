// How terms of answers and queries are written for people.

/** An IRI as people write it in a query, with a prefix of ours where one fits. */
export function shortened(iri, prefixes) {
  for (const [prefix, base] of Object.entries(prefixes)) {
    if (iri.startsWith(base) && /^[\w-]+$/.test(iri.slice(base.length))) return `${prefix}:${iri.slice(base.length)}`;
  }
  return `<${iri}>`;
}

/** A term of an answer in few words: an IRI without a prefix is known by the end of its path. */
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

/** No more than so many characters of it. */
export function cut(text, most) {
  const signs = [...text];
  return signs.length > most
    ? `${signs
        .slice(0, most - 1)
        .join("")
        .trimEnd()}…`
    : text;
}

/** A number as an English text has it: 1,234. */
export function count(number, one, many) {
  const figure = number.toLocaleString("en");
  return one ? `${figure} ${number === 1 ? one : many}` : figure;
}
