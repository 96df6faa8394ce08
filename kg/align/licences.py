"""Which licence of the EU's authority table a Creative Commons licence in use is."""

from __future__ import annotations

from collections.abc import Iterable

from rdflib import Graph, Literal, URIRef

from kg.identifiers.licences import eu_authority
from kg.vocab import DCT, RDF, SKOS


def licence_graph(iris: Iterable[str]) -> Graph:
    """The licences among the used IRIs that the EU's table has: the same licence there, and its code."""
    graph = Graph()
    for iri in iris:
        if same := eu_authority(iri):
            graph.add((URIRef(iri), URIRef(RDF.type), URIRef(DCT.LicenseDocument)))
            graph.add((URIRef(iri), URIRef(SKOS.exactMatch), URIRef(same)))
            graph.add((URIRef(same), URIRef(RDF.type), URIRef(DCT.LicenseDocument)))
            graph.add((URIRef(same), URIRef(DCT.identifier), Literal(same.rpartition("/")[2])))
    return graph
