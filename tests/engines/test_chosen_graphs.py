"""No query reaches the network through an engine, which might fetch a graph that it has not."""

from __future__ import annotations

import io
from collections.abc import Iterator

import pytest

from kg.errors import QueryRefused
from kg.query import DEFAULT_GRAPH, JSON, Query
from kg.query.rows import read_boolean
from kg.store.engine.address import Engine
from kg.store.engine.store import EngineStore
from kg.vocab import DESCRIPTION_GRAPH
from tests.engines.forgers import Forger, forger
from tests.server.serving import QUADS, SHEET, make_release

GRAPH = f"{SHEET}#graph"
AWAY = "http://127.0.0.1:9/away"
ALL = "{ ?s ?p ?o }"


@pytest.fixture(scope="module")
def engine(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Forger]:
    with forger(make_release(tmp_path_factory.mktemp("held"), QUADS)) as started:
        yield started


@pytest.fixture
def store(engine: Forger) -> Iterator[EngineStore]:
    opened = EngineStore(Engine(engine.url))
    engine.asked.clear()
    yield opened
    opened.close()


@pytest.mark.parametrize(
    "query",
    [
        Query(f"ASK FROM <{AWAY}> {ALL}"),
        Query(f"ASKFROM<{AWAY}>{ALL}"),
        Query(f"ASK FROM NAMED <{AWAY}> {{ GRAPH ?g {ALL} }}"),
        Query(f"ASK from named # FROM\n<{AWAY}> {{ GRAPH ?g {ALL} }}"),
        Query(f"ASK FROM <{GRAPH}> FROM <{AWAY}> {ALL}"),
        Query(f"PREFIX a: <{AWAY}> SELECT * FROM a: {ALL}"),
        Query(f"PREFIX a: <{AWAY}/> CONSTRUCT {ALL}FROM a:b {ALL}"),
        Query(f"BASE <{AWAY}> SELECT*FROM<b>{ALL}"),
        Query(f"DESCRIBE <urn:a> FROM <http:\\u002F/127.0.0.1:9/away> WHERE {ALL}"),
        Query(f"ASK FROM <away> {ALL}"),
        Query(f"ASK {ALL}", (AWAY,)),
        Query(f"ASK {ALL}", (), (GRAPH, AWAY)),
        Query(f"ASK {{ SERVICE <{AWAY}> {ALL} }}"),
        Query(f"ASK {{ \\u0053ERVICE <{AWAY}> {ALL} }}"),
        Query("PREFIX f: <java:java.lang.> SELECT (f:Runtime(1) AS ?x) {}"),
    ],
)
def test_a_query_that_an_engine_might_fetch_something_for_is_not_sent(
    store: EngineStore, engine: Forger, query: Query
) -> None:
    with pytest.raises(QueryRefused):
        store.ask(query)
    sent = [form["query"][0] for form in engine.asked]
    assert all(text.endswith((" { ?s ?p ?o } }", "ASK {}")) and " FROM" not in text.upper() for text in sent), sent
    assert {name for form in engine.asked for name in form} <= {"query"}


@pytest.mark.parametrize(
    "query",
    [
        Query(f"ASK FROM <{GRAPH}> {ALL}"),
        Query(f"PREFIX mice: <{SHEET}#> ASK FROM NAMED mice:graph {{ GRAPH ?g {ALL} }}"),
        Query(f"BASE <{SHEET}> ASK FROM <#graph> {ALL}"),
        Query(f"ASK {ALL}", (GRAPH,)),
        Query(f"ASK {ALL}", (DEFAULT_GRAPH, DESCRIPTION_GRAPH)),
        Query(f"ASK {{ ?s ?p ?o FILTER(?o != 'FROM <{AWAY}>') }} # FROM <{AWAY}>"),
    ],
)
def test_a_graph_that_the_engine_has_is_asked(store: EngineStore, query: Query) -> None:
    out = io.BytesIO()
    store.ask(query).write(out, JSON)
    assert read_boolean(out.getvalue())
