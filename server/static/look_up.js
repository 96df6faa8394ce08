// Leads from an IRI in the query string to its page.

import { addressOf } from "./addresses.js";

const said = document.getElementById("said");
const iri = new URLSearchParams(location.search).get("iri")?.trim();

async function lookUp() {
  document.getElementById("iri").value = iri;
  const address = addressOf(iri, new URL(".", location.href));
  const found = await fetch(address, { method: "HEAD" }).catch(() => null);
  if (found?.ok) location.replace(address);
  else said.textContent = "The graph has no page about it.";
}

if (iri) lookUp();
