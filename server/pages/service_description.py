"""What the endpoint says of itself (SPARQL 1.1 Service Description), and nothing that it does not do."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from kg.query import FORMATS, Form, Format
from kg.vocab import DCT, SD, VOID

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

_UNION = "\n    sd:feature sd:UnionDefaultGraph ;"
_FEDERATION = "\n    sd:feature sd:BasicFederatedQuery ;"


def turtle(service: str, update: str | None, manifest: Mapping[str, Any], *, is_federated: bool = False) -> str:
    """Return the description as Turtle, every IRI absolute; its things are named, so that it is the same each time.

    ``service`` is the IRI of the query operation; ``update`` that of the update operation, where the dataset can be
    written to; ``is_federated`` where SERVICE is taken. What a release fixes is said only where nothing is written: its
    counts, and that the default graph is the union.
    """
    return f"""@prefix dct: <{DCT.base}> .
@prefix ent: <http://www.w3.org/ns/entailment/> .
@prefix format: <http://www.w3.org/ns/formats/> .
@prefix sd: <{SD.base}> .
@prefix void: <{VOID.base}> .

<{service}#service> a sd:Service ;
    sd:endpoint <{service}> ;
    sd:supportedLanguage sd:SPARQL11Query ;{"" if update else _UNION}{_FEDERATION if is_federated else ""}
    sd:defaultEntailmentRegime ent:Simple ;
    sd:resultFormat {", ".join(_formats())} ;
    sd:defaultDataset <{service}#dataset> .

<{service}#dataset> a sd:Dataset ;{"" if update else _extent(manifest)}
    sd:defaultGraph <{service}#default-graph> .

<{service}#default-graph> a sd:Graph{"" if update else _size(manifest)} .
{_update_service(service, update) if update else ""}"""


def write(document: str, base: str, wanted: Format) -> bytes:
    """Return a Turtle document in any format of a graph, its relative IRIs resolved against the IRI ``base``.

    Turtle stays as its author wrote it, with the base said.
    """
    if wanted.name == "turtle":
        return f"@base <{base}> .\n{document}".encode()
    from kg.writers._document import rewrite  # loads the engine, which nothing else here needs

    return rewrite(document, base, wanted)


def _update_service(service: str, update: str) -> str:
    """Update has a URL of its own, and an endpoint is what a service has one of."""
    return f"""
<{update}#service> a sd:Service ;
    sd:endpoint <{update}> ;
    sd:supportedLanguage sd:SPARQL11Update ;
    sd:defaultDataset <{service}#dataset> .
"""


def _formats() -> list[str]:
    names = dict.fromkeys(fmt.name for form in (Form.BINDINGS, Form.GRAPH) for fmt in FORMATS[form])
    return [f"format:{_FORMAT_NAMES[name]}" for name in names]


def _extent(manifest: Mapping[str, Any]) -> str:
    counts = manifest["counts"]
    if "graphs" not in counts or "quads" not in counts:
        return ""
    size = f"{int(counts['graphs'])} named graphs with {int(counts['quads'])} statements"
    extent = f"{size}; the default graph is their union"
    return f'\n    dct:description "{extent}"@en ;'


def _size(manifest: Mapping[str, Any]) -> str:
    triples = manifest["counts"].get("triples")
    return "" if triples is None else f" ; void:triples {int(triples)}"
