// The triple patterns of a query that is being written: no grammar, since an unfinished query has none.

const TOKEN =
  /<[^<>\s]*>|"(?:[^"\\\n]|\\.)*"|'(?:[^'\\\n]|\\.)*'|#[^\n]*|[?$]\w+|[\w-]*:(?:[\w.%:-]*[\w%:-])?|[{}()[\].;,]|[^\s{}()[\].;,<"'#]+|\S/g;
const WORD =
  /^(?:ask|base|bind|by|construct|describe|distinct|exists|filter|from|graph|group|having|in|limit|minus|not|offset|optional|order|prefix|select|service|union|values|where)$/i;
const TYPES = ["a", "rdf:type", "<http://www.w3.org/1999/02/22-rdf-syntax-ns#type>"];

/** Return the classes that the text gives to each subject, and the subject whose property would come at its end. */
export function patterns(text) {
  const types = new Map();
  let [subject, predicate] = [null, null];
  let depth = 0;
  for (const [token] of text.matchAll(TOKEN)) {
    if (token.startsWith("#")) continue;
    if (token === "(") depth += 1;
    if (token === ")") depth -= 1;
    if (depth || token === ")" || /^[{}.[\]]$/.test(token) || WORD.test(token)) [subject, predicate] = [null, null];
    else if (token === ";") predicate = null;
    else if (token === ",") continue;
    else if (subject === null) subject = token;
    else if (predicate === null) predicate = token;
    else if (TYPES.includes(predicate)) types.set(subject, [...(types.get(subject) ?? []), token]);
  }
  return { types, subject: predicate === null ? subject : null };
}

/** Return the IRI that a term of a query means. */
export function expanded(term, prefixes) {
  if (term.startsWith("<")) return term.slice(1, -1);
  const [prefix] = term.split(":", 1);
  return (prefixes[prefix] ?? `${prefix}:`) + term.slice(prefix.length + 1);
}
