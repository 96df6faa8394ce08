"""What the endpoint says of itself (SPARQL 1.1 Service Description), and nothing that it does not do."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any

from kg.query import FORMATS, Form
from kg.vocab import SD, VOID

_FORMAT_NAMES = {
    "json": "SPARQL_Results_JSON",
    "xml": "SPARQL_Results_XML",
    "csv": "SPARQL_Results_CSV",
    "tsv": "SPARQL_Results_TSV",
    "turtle": "Turtle",
    "ntriples": "N-Triples",
    "jsonld": "JSON-LD",
    "rdfxml": "RDF_XML",
    "nquads": "N-Quads",
    "trig": "TriG",
}
"""Local names in https://www.w3.org/ns/formats/, which lists them."""


def turtle(endpoint: str, manifest: Mapping[str, Any]) -> str:
    """The description of the service at the URL ``endpoint`` as Turtle."""
    formats = dict.fromkeys(fmt.name for form in (Form.BINDINGS, Form.GRAPH) for fmt in FORMATS[form])
    result_formats = ", ".join(f"<http://www.w3.org/ns/formats/{_FORMAT_NAMES[name]}>" for name in formats)
    triples = manifest["counts"].get("triples")
    size = f" ; void:triples {int(triples)}" if triples is not None else ""
    return f"""@prefix sd: <{SD.base}> .
@prefix void: <{VOID.base}> .

[] a sd:Service ;
    sd:endpoint <{_iri(endpoint)}> ;
    sd:supportedLanguage sd:SPARQL11Query ;
    sd:resultFormat {result_formats} ;
    sd:defaultDataset [ a sd:Dataset ; sd:defaultGraph [ a sd:Graph{size} ] ] .
"""


def _iri(url: str) -> str:
    """The URL without the characters that would end it early: its host is what the client says it is."""
    return re.sub(r"[\x00-\x20<>\"{}|\\^`]", lambda found: f"%{ord(found[0]):02X}", url)
