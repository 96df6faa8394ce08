"""The canned queries as statements of the graph, so that query editors find them at the endpoint.

They are described as ``sh:SPARQLExecutable`` of SHACL, with the question as ``rdfs:comment`` and the query as
``sh:select``. The published queries are valid, with the examples as values of their parameters.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from rdflib import Graph, Literal, URIRef
from rdflib.term import Node

from kg.query import canned
from kg.query.canned import CannedQuery
from kg.vocab import OWL, PREFIXES, QUESTIONS, QUESTIONS_GRAPH, RDF, RDFS, SH, XSD

Triple = tuple[Node, Node, Node]
_PREFIXES = URIRef(f"{QUESTIONS}prefixes")


def questions_graph() -> Graph:
    """Return the named graph of the canned queries and the prefix declarations, deterministic and without blank nodes.

    >>> graph = questions_graph()
    >>> str(graph.identifier)
    'https://w3id.org/rdm-kg/graph/questions'
    >>> (URIRef(QUESTIONS + "gaps"), URIRef(RDFS.label), Literal("Gaps", "en")) in graph
    True
    """
    graph = Graph("SimpleMemory", URIRef(QUESTIONS_GRAPH), bind_namespaces="none")
    for query in canned.load_all().values():
        graph += _question(query)
    graph += _declared(PREFIXES)
    return graph


def _question(query: CannedQuery) -> Iterator[Triple]:
    question = URIRef(QUESTIONS + query.name)
    for kind in (SH.SPARQLExecutable, SH.SPARQLSelectExecutable):
        yield question, URIRef(RDF.type), URIRef(kind)
    yield question, URIRef(RDFS.label), Literal(query.title, "en")
    yield question, URIRef(RDFS.comment), Literal(query.question, "en")
    yield question, URIRef(SH.select), Literal(query.text)
    yield question, URIRef(SH.prefixes), _PREFIXES


def _declared(prefixes: Mapping[str, str]) -> Iterator[Triple]:
    """Yield the prefix declarations (SHACL, section 5.2.1)."""
    yield _PREFIXES, URIRef(RDF.type), URIRef(OWL.Ontology)
    for prefix, namespace in prefixes.items():
        declaration = URIRef(f"{_PREFIXES}/{prefix}")
        yield _PREFIXES, URIRef(SH.declare), declaration
        yield declaration, URIRef(RDF.type), URIRef(SH.PrefixDeclaration)
        yield declaration, URIRef(SH.prefix), Literal(prefix)
        yield declaration, URIRef(SH.namespace), Literal(namespace, datatype=URIRef(XSD.anyURI))
