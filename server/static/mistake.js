// Why an engine in the browser cannot read a query, in the words of a server (kg/store/oxigraph.py, kg/query/text.py).

const TOKEN = /#[^\n]*|<[^<>\s]*>|"""[^]*?"""|'''[^]*?'''|"(?:[^"\\\n]|\\.)*"|'(?:[^'\\\n]|\\.)*'|[?$@][\p{L}\p{N}_-]+|([\p{L}\p{N}_.-]*):/gu;
const DECLARED = /\bPREFIX\s+([^\s<:]*):\s*</giu;
const [BEFORE, AROUND] = [16, 15]; // how much of a line is shown before and after the parser's position

/** Return a prefix that a query uses without declaring it, if there is one. */
function undeclared(query) {
  const declared = new Set(Array.from(query.matchAll(DECLARED), ([, prefix]) => prefix));
  const used = Array.from(query.matchAll(TOKEN), ([, prefix]) => prefix).filter((prefix) => prefix !== undefined);
  return used.find((prefix) => prefix !== "_" && !declared.has(prefix));
}

/** Return the expectations of the parser in words, empty if there are none: most are names of grammar rules. */
function reason(expected) {
  const items = expected.replace(/\[[^\]]*\]|"[^"]*"/g, "").replace(/^(?:expected )?(?:one of )?/, "").split(", ");
  const inWords = items.filter((item) => /\w \w+ \w/.test(item));
  return inWords.map((item) => item.trim().replace(/\s+/g, " ")).join("; ");
}

/** Return a message with the text around the parser's position, which is slightly after the mistake. */
function near(query, line, column) {
  const where = query.split("\n")[line - 1];
  const around = where.slice(Math.max(0, column - BEFORE), column + AROUND).trim();
  return where.slice(column - 1).trim() ? `cannot be read near '${around}'` : "something is missing";
}

/** Return the problem that an engine's message is about: its detail, and its line and column if it has a place. */
export function problemIn(query, message) {
  const [, at, from, expected] = /^error at (\d+):(\d+): ([^]*)/.exec(message) ?? [];
  if (!at) return { detail: `the query cannot be evaluated: ${message}` };
  const [line, column] = [Number(at), Number(from)];
  const prefix = undeclared(query);
  const why = prefix === undefined ? reason(expected) || near(query, line, column) : `prefix ${prefix}: is not declared`;
  return { detail: `syntax error at ${line}:${column}: ${why}`, line, column };
}
