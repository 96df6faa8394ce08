"""The names of the laws in use, and which of them are not in force."""

from __future__ import annotations

from collections.abc import Iterable

from rdflib import Graph, Literal, URIRef

from kg.identifiers.legislation import Law, name_of_law, names_of_laws, replacement_of
from kg.vocab import DCT, ELI, RDF, SKOS

_NOT_IN_FORCE = URIRef(ELI["InForce-notInForce"])


def law_graph(iris: Iterable[str]) -> Graph:
    """Return the names of each used law that has any in the table, as alternative labels.

    A law that is not in force is said to be so, with the law that replaced it, which is described as well.
    """
    used, graph = set(iris), Graph()
    for law in sorted(used):
        while newer := replacement_of(law):
            _add_replacement(graph, URIRef(law), newer)
            law = newer.iri
            used.add(law)
    for law, name, language in names_of_laws():
        if law in used:
            graph.add((URIRef(law), URIRef(SKOS.altLabel), Literal(name, lang=language)))
    return graph


def _add_replacement(graph: Graph, law: URIRef, newer: Law) -> None:
    thing, title = URIRef(newer.iri), name_of_law(newer.iri)
    graph.add((law, URIRef(ELI.in_force), _NOT_IN_FORCE))
    graph.add((_NOT_IN_FORCE, URIRef(SKOS.prefLabel), Literal("not in force", lang="en")))
    graph.add((law, URIRef(ELI.repealed_by), thing))
    named = f"the {title[0]} ({newer.identifier})" if title else newer.identifier
    graph.add((law, URIRef(DCT.description), Literal(f"Not in force, replaced by {named}.", lang="en")))
    graph.add((thing, URIRef(RDF.type), URIRef(ELI.LegalResource)))
    graph.add((thing, URIRef(DCT.identifier), Literal(newer.identifier)))
    if title:
        graph.add((thing, URIRef(DCT.title), Literal(title[0], lang=title[1])))
    if newer.type_iri:
        graph.add((thing, URIRef(DCT.type), URIRef(newer.type_iri)))
