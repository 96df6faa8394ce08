"""The graphs and the lines that a build makes of statements are those that rdflib makes, without its detours."""

from itertools import product

import pytest
from rdflib import RDF, XSD, BNode, Graph, Literal, URIRef
from rdflib.term import Node

from kg.build.sorted_runs import quads
from kg.page_to_rdf.statements import QuickGraph

A, B, C = (URIRef(f"https://example.org/{name}") for name in "abc")
TEXTS = (
    Literal("plain"),
    Literal('a "quote", a \\ and a\ttab\r\nin two lines'),
    Literal("blå", "nb-NO"),
    Literal("7", datatype=XSD.integer),
    Literal("\u2028"),
)
TRIPLES = [(A, RDF.type, B), (A, RDF.type, C), (B, RDF.type, C), (A, C, B), *((B, C, text) for text in TEXTS)]


def test_the_lines_of_a_graph_are_those_of_rdflib() -> None:
    graph = Graph()
    for triple in TRIPLES:
        graph.add(triple)
    theirs = {f"{line.removesuffix(' .')} <{A}> .\n" for line in graph.serialize(format="nt").split("\n") if line}
    assert set(quads(str(A), TRIPLES)) == theirs


def test_what_no_line_can_have_is_refused() -> None:
    with pytest.raises(Exception, match="does not look like a valid URI"):
        list(quads(str(A), [(URIRef("https://example.org/a b"), RDF.type, B)]))


def test_a_quick_graph_finds_what_another_finds() -> None:
    quick, other = QuickGraph(str(A)), Graph()
    for graph in (quick, other):
        graph += TRIPLES
        graph += TRIPLES  # again: a statement is in a graph once
    terms: list[Node | None] = [None, A, B, C, RDF.type, TEXTS[0], BNode()]
    for pattern in product(terms, repeat=3):
        assert sorted(quick.triples(pattern)) == sorted(other.triples(pattern)), pattern
    for subject, predicate in product(terms, repeat=2):
        assert sorted(quick.objects(subject, predicate)) == sorted(other.objects(subject, predicate))
    assert len(quick) == len(other) == len(TRIPLES)
    assert str(quick.identifier) == str(A)
