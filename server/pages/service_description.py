"""The description of the endpoint (SPARQL 1.1 Service Description)."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from kg.query import FORMATS, FORMATS_BY_NAME, FORMATS_NAMESPACE, TURTLE, Form, Format
from kg.release import PARTITIONS
from kg.vocab import DCT, DESCRIPTION_GRAPH, SD, VOID

_UNION = "\n    sd:feature sd:UnionDefaultGraph ;"
_FEDERATION = "\n    sd:feature sd:BasicFederatedQuery ;"


def turtle(
    service: str, self_described: str, update: str | None, manifest: Mapping[str, Any], *, is_federated: bool = False
) -> str:
    """Return the description as Turtle with absolute IRIs and no blank nodes; the text is deterministic.

    ``service`` is the IRI of the query operation, ``self_described`` that of the same whose default graph has the
    description of the dataset as well, and ``update`` that of the update operation if the dataset is writable;
    ``is_federated`` is true if SERVICE is allowed. The counts of the release, and that the default graph is the union
    of the named graphs, are described only if the dataset is not writable.
    """
    return f"""@prefix dct: <{DCT.base}> .
@prefix ent: <http://www.w3.org/ns/entailment/> .
@prefix format: <{FORMATS_NAMESPACE}> .
@prefix sd: <{SD.base}> .
@prefix void: <{VOID.base}> .

{_query_service(service, "" if update else _UNION, is_federated)}

<{service}#dataset> a sd:Dataset ;{"" if update else _extent(manifest)}
    sd:defaultGraph <{service}#default-graph> .

<{service}#default-graph> a sd:Graph{"" if update else _size(manifest)} .
{_described(service, self_described, manifest, is_federated)}{_update_service(service, update) if update else ""}"""


def write(document: str, base: str, wanted: Format) -> bytes:
    """Return a document in TriG, such as Turtle, in another format, relative IRIs resolved against the IRI ``base``.

    If the format is Turtle, only a line with the base is added.

    Raises:
        ReleaseError: when the document is not TriG.
    """
    if wanted == TURTLE:
        return f"@base <{base}> .\n{document}".encode()
    from kg.writers import rewrite  # imported here, since it loads the engine

    return rewrite(document, base, wanted)


def _query_service(service: str, union: str, is_federated: bool) -> str:
    return f"""<{service}#service> a sd:Service ;
    sd:endpoint <{service}> ;
    sd:supportedLanguage sd:SPARQL11Query ;{union}{_FEDERATION if is_federated else ""}
    sd:defaultEntailmentRegime ent:Simple ;
    sd:resultFormat {", ".join(map(_term, FORMATS_BY_NAME.values()))} ;
    sd:defaultDataset <{service}#dataset> .
"""


def _update_service(service: str, update: str) -> str:
    """Return the description of the update operation: a service of its own, since a service has one endpoint."""
    return f"""
<{update}#service> a sd:Service ;
    sd:endpoint <{update}> ;
    sd:supportedLanguage sd:SPARQL11Update ;
    sd:defaultEntailmentRegime ent:Simple ;
    sd:inputFormat {", ".join(_term(fmt) for fmt in FORMATS[Form.GRAPH] if fmt.is_readable)} ;
    sd:resultFormat {", ".join(map(_term, FORMATS_BY_NAME.values()))} ;
    sd:defaultDataset <{service}#dataset> .
"""


def _term(fmt: Format) -> str:
    name = fmt.iri.removeprefix(FORMATS_NAMESPACE)
    return f"<{fmt.iri}>" if name == fmt.iri else f"format:{name}"


def _extent(manifest: Mapping[str, Any]) -> str:
    counts = manifest["counts"]
    size = f"{counts['graphs']} named graphs with {counts['quads']} statements"
    extent = f"{size}; the default graph is their union, without the graph that describes the dataset"
    return f'\n    dct:description "{extent}"@en ;'


def _described(service: str, self_described: str, manifest: Mapping[str, Any], is_federated: bool) -> str:
    """Return the graph in which the release describes itself, and the service that has it in the default graph.

    Nothing for a release without such a graph.
    """
    if PARTITIONS not in manifest["files"]:
        return ""
    graph = f"<{service}#description-graph>"
    return f"""<{service}#dataset> sd:namedGraph {graph} .
{graph} a sd:NamedGraph ; sd:name <{DESCRIPTION_GRAPH}> .

{_query_service(self_described, "", is_federated)}
<{self_described}#dataset> a sd:Dataset ;
    dct:description "the same dataset; its default graph has the graph that describes it as well"@en ;
    sd:namedGraph {graph} ;
    sd:defaultGraph <{self_described}#default-graph> .

<{self_described}#default-graph> a sd:Graph .
"""


def _size(manifest: Mapping[str, Any]) -> str:
    return f" ; void:triples {manifest['counts']['triples']}"
