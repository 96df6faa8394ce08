"""Facts of the plain mapping tables about the things that pages use: EDAM's formats, Wikidata's items."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

from rdflib import Graph, Literal, URIRef

from kg.identifiers import sssom
from kg.identifiers.tables import CROSSWALKS
from kg.vocab import CROSSWALK_GRAPHS, SKOS

_READ_ELSEWHERE = ("fairsharing", "dicom")
"""Name prefixes of the tables that have a module of their own, since they are more than mappings."""


def mapping_graphs(iris: set[str], folder: Path = CROSSWALKS) -> Iterator[tuple[str, Graph]]:
    """Yield graph name and graph of every table ``<name>.sssom.tsv``: its mappings of the used IRIs, with labels.

    A new table in the folder needs no code.
    """
    for path in sorted(folder.glob("*.sssom.tsv")):
        if not path.name.startswith(_READ_ELSEWHERE):
            yield CROSSWALK_GRAPHS + path.name.partition(".")[0], _graph(path, iris)


def _graph(path: Path, iris: set[str]) -> Graph:
    graph = Graph()
    for row in sssom.mappings(path):
        if row["subject_id"] in iris and row["object_id"] != sssom.NO_TERM:
            found = URIRef(row["object_id"])
            graph.add((URIRef(row["subject_id"]), URIRef(row["predicate_id"]), found))
            if row.get("object_label"):
                graph.add((found, URIRef(SKOS.prefLabel), Literal(row["object_label"], lang="en")))
    return graph
