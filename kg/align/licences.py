"""Facts of the EU's authority table about the Creative Commons licences in use."""

from __future__ import annotations

from collections.abc import Iterable

from rdflib import Graph, Literal, URIRef

from kg.identifiers.licences import eu_authority
from kg.vocab import DCT, RDF, SKOS


def licence_graph(iris: Iterable[str]) -> Graph:
    """Return the exact match and its code of each used licence that is in the EU's table."""
    graph = Graph()
    for iri in iris:
        if same := eu_authority(iri):
            graph.add((URIRef(iri), URIRef(RDF.type), URIRef(DCT.LicenseDocument)))
            graph.add((URIRef(iri), URIRef(SKOS.exactMatch), URIRef(same)))
            graph.add((URIRef(same), URIRef(RDF.type), URIRef(DCT.LicenseDocument)))
            graph.add((URIRef(same), URIRef(DCT.identifier), Literal(same.rpartition("/")[2])))
    return graph
