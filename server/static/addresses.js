// The address of the file about an IRI, in a site without a server; server/site/places.py names the files.

const BASE = "https://w3id.org/rdm-kg/";
const FIRST = 0xcbf29ce484222325n; // FNV-1a, 64 bits
const PRIME = 0x100000001b3n;

/** Return the hash of a text, as the names of files have it. */
function digest(text) {
  let hash = FIRST;
  for (const byte of new TextEncoder().encode(text)) hash = BigInt.asUintN(64, (hash ^ BigInt(byte)) * PRIME);
  return hash.toString(16).padStart(16, "0");
}

/** Return the address of the page about an IRI; `things` is the address of the folder of things. */
export function addressOf(iri, things) {
  const [, path, hash] = /^([^#]*)(.*)$/s.exec(iri);
  const own = path.startsWith(BASE) ? path.slice(BASE.length) : "";
  return /^(?:id\/.|ont$|role\/.|section\/.|question\/.)/.test(own)
    ? new URL(`../${own}.html${hash}`, things).href
    : new URL(`of/${digest(iri)}.html`, things).href;
}
