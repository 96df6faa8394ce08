"""The names of the laws in use."""

from __future__ import annotations

from collections.abc import Iterable

from rdflib import Graph, Literal, URIRef

from kg.identifiers.legislation import names_of_laws
from kg.vocab import SKOS


def law_graph(iris: Iterable[str]) -> Graph:
    """Return the names of each used law that has any in the table, as alternative labels."""
    used, graph = set(iris), Graph()
    for law, name, language in names_of_laws():
        if law in used:
            graph.add((URIRef(law), URIRef(SKOS.altLabel), Literal(name, lang=language)))
    return graph
