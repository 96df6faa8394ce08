"""What is sent to the engines of the table."""

from __future__ import annotations

import pytest

from kg.errors import QueryRefused
from kg.query import DEFAULT_GRAPH, Query
from kg.store.engine.quirks import STANDARD, quirks_of
from kg.vocab import DESCRIPTION_GRAPH, UNION_GRAPH
from tests.growth import LINEAR, growth

VIRTUOSO, OXIGRAPH = quirks_of("Virtuoso/07.20.3229 (Linux)"), quirks_of("Oxigraph/0.5.13")
ALL = "SELECT * { ?s ?p ?o }"
WHOLE = Query(ALL, (DEFAULT_GRAPH, DESCRIPTION_GRAPH))


def test_an_engine_without_a_row_is_sent_the_query_as_it_is() -> None:
    assert STANDARD.ask(Query(ALL), 1) == [("query", ALL)]
    assert STANDARD.ask(WHOLE, 1) == [
        ("query", ALL),
        ("default-graph-uri", DEFAULT_GRAPH),
        ("default-graph-uri", DESCRIPTION_GRAPH),
    ]


def test_the_default_graph_of_virtuoso_is_a_graph() -> None:
    limit = ("timeout", "1500")
    assert VIRTUOSO.ask(Query(ALL), 1.5) == [("query", ALL), ("default-graph-uri", UNION_GRAPH), limit]
    assert VIRTUOSO.ask(WHOLE, 1.5)[1:3] == [
        ("default-graph-uri", UNION_GRAPH),
        ("default-graph-uri", DESCRIPTION_GRAPH),
    ]
    chosen = "SELECT * FROM <urn:g> { ?s ?p ?o }"
    assert VIRTUOSO.ask(Query(chosen), 1.5) == [("query", chosen), limit]


def test_named_graphs_of_virtuoso_are_found_beside_the_chosen_one_and_do_not_include_it() -> None:
    text = "ASK { GRAPH ?g { ?s ?p 'GRAPH ?g' } graph <urn:g> {} GRAPH a:graph {} } # GRAPH ?g"
    union = f"<{UNION_GRAPH}>"
    assert VIRTUOSO.ask(Query(text), 1)[0][1] == (
        f"ASK {{ FILTER(?g != {union}) GRAPH ?g {{ ?s ?p 'GRAPH ?g' }} graph `iri(<urn:g>)` {{}}"
        " GRAPH `iri(a:graph)` {} } # GRAPH ?g"
    )


def test_the_default_graph_of_oxigraph_has_no_name() -> None:
    assert OXIGRAPH.ask(WHOLE, 1) == [("query", ALL), ("union-default-graph", "")]
    assert OXIGRAPH.ask(Query(ALL, (DEFAULT_GRAPH,)), 1) == [("query", ALL)]
    with pytest.raises(QueryRefused):
        OXIGRAPH.ask(Query(ALL, (DEFAULT_GRAPH,), ("urn:g",)), 1)


@pytest.mark.slow
def test_any_text_is_read_in_linear_time() -> None:
    def work(size: int) -> None:
        VIRTUOSO.ask(Query("GRAPH ?g " * size + "GRAPH <" * size), 1)

    assert growth(work, 2000) < LINEAR
