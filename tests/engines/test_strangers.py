"""Answers of an engine that lies, of which the workers make errors."""

from __future__ import annotations

import io
from collections.abc import Iterator

import pytest

from kg.errors import KgError, QueryError, QueryRefused, QueryTimeout, QueryTooLarge, ServiceFailed, UpdateRefused
from kg.query import JSON, Query
from kg.store.engine.address import Engine, engine_from_environment
from kg.store.engine.store import EngineStore
from server.current import Current
from server.http.negotiation import choose
from server.settings import Settings
from server.workers import BrokenAnswerError
from server.workers.pool import ProcessPool
from tests.engines.liars import LIES, Liar, liar
from tests.server.endpoints import SECRET
from tests.server.serving import QUADS, make_release

pytestmark = pytest.mark.slow

TRUE = {"/good", "/literals", "/none", "/many", "/blank", "/half-pair", "/large-rows", "/both"}
"""What is no lie for rows, or may be read as none."""
GRAPH = "CONSTRUCT WHERE { ?s ?p ?o }"
FORMS = {"/no-triples": GRAPH, "/cut-triples": GRAPH, "/true": "ASK {}", "/long-truth": "ASK {}"}
"""Lie → the query that it is an answer to; else it is one to SELECT."""
SECONDS = 1.5
"""Seconds after which a lie is given up."""
PATIENCE = 60.0
"""Seconds that an honest answer may take on a busy machine."""


@pytest.fixture(scope="module")
def engine() -> Iterator[Liar]:
    with liar() as started:
        yield started


@pytest.fixture(scope="module")
def pool(engine: Liar, tmp_path_factory: pytest.TempPathFactory) -> Iterator[ProcessPool]:
    out = tmp_path_factory.mktemp("releases")
    make_release(out, QUADS)
    asked = Engine(engine.url, PATIENCE, token="the-token")
    started = ProcessPool(
        Current(out), Settings(query_workers=2, query_memory=256 << 20, query_result=4 << 20, engine=asked)
    )
    yield started
    started.close()


def answer(pool: ProcessPool, text: str, seconds: float = PATIENCE) -> bytes:
    return b"".join(pool.answer(Query(text), choose(None), seconds).chunks)


@pytest.mark.parametrize("lie", sorted(set(LIES) - TRUE))
def test_a_lie_is_an_error_and_harms_no_later_query(pool: ProcessPool, engine: Liar, lie: str) -> None:
    with pytest.raises((QueryError, BrokenAnswerError)) as raised:
        answer(pool, f"{FORMS.get(lie, 'SELECT ?s { ?s ?p ?o }')} # {lie}", SECONDS)
    assert SECRET not in str(raised.value)
    assert "the-token" not in str(raised.value)
    assert "\x1b" not in str(raised.value)
    assert answer(pool, "ASK {}") == b'{"head":{},"boolean":true}'
    assert "a redirect was followed" not in engine.texts


def test_the_words_of_an_engine_that_refuses_a_query_are_passed_on(pool: ProcessPool) -> None:
    with pytest.raises(QueryError, match=r"the engine refuses the query \(status 400\): no \[2J such function$"):
        answer(pool, "ASK {} # /words")


def test_credentials_are_sent_to_the_engine(pool: ProcessPool, engine: Liar) -> None:
    answer(pool, "ASK {}")
    assert set(engine.authorizations) == {"Bearer the-token"}
    with pytest.raises(ServiceFailed, match=r"the engine refuses us \(status 401\); see KG_ENGINE_USER"):
        answer(pool, "ASK {} # /forbidden")


@pytest.mark.parametrize(
    ("text", "error"),
    [
        ("SELECT * { SERVICE <http://127.0.0.1:9/> { ?s ?p ?o } }", QueryRefused),
        ("LOAD <http://127.0.0.1:9/>", UpdateRefused),
        ("DELETE WHERE { ?s ?p ?o }", UpdateRefused),
        ('DEFINE get:soft "soft" SELECT * FROM <http://127.0.0.1:9/> { ?s ?p ?o }', QueryError),
        ("SELECT (<b\\u0069f:http_get>('http://127.0.0.1:9/') AS ?x) {}", QueryRefused),
        ("PREFIX f: <sql:> SELECT * { FILTER(false && f:x(1)) }", QueryRefused),
        ("SELECT * {", QueryError),
    ],
)
def test_nothing_of_what_is_refused_is_sent(
    pool: ProcessPool, engine: Liar, text: str, error: type[QueryError]
) -> None:
    answer(pool, "ASK {}")
    before = len(engine.texts)
    with pytest.raises(error):
        answer(pool, text)
    assert set(engine.texts[before:]) <= {"ASK {}"}  # what another worker asks first


@pytest.mark.parametrize("lie", ["/drip", "/drip-headers", "/endless-continue"])
def test_an_engine_that_sends_bytes_or_heads_without_end_is_given_up_without_a_worker(engine: Liar, lie: str) -> None:
    store = EngineStore(Engine(engine.url, 0.5))
    with pytest.raises(QueryTimeout, match="the engine took too long"):
        store.ask(Query(f"SELECT ?s {{ ?s ?p ?o }} # {lie}")).write(io.BytesIO(), JSON)


@pytest.mark.parametrize("lie", ["/endless-rows", "/endless-name", "/endless"])
def test_an_answer_without_end_is_given_up_without_a_worker(engine: Liar, lie: str) -> None:
    store = EngineStore(Engine(engine.url))
    with pytest.raises(QueryTooLarge, match=r"the engine gave an answer that is (too large|larger than any)"):
        store.ask(Query(f"SELECT ?s {{ ?s ?p ?o }} # {lie}")).write(io.BytesIO(), JSON)


def test_an_engine_is_named_by_a_web_address_without_secrets() -> None:
    for url in ("file:///etc/passwd", "http://me:secret@127.0.0.1/", "http://127.0.0.1/#a", "query"):
        with pytest.raises(KgError) as refused:
            engine_from_environment(url, 1.0, {})
        assert "secret" not in str(refused.value)
    with pytest.raises(KgError, match="cannot be sent"):
        engine_from_environment("http://127.0.0.1/", 1.0, {"KG_ENGINE_TOKEN": "a\r\nHost: b"})
    named = engine_from_environment("http://127.0.0.1/", 1.0, {"KG_ENGINE_USER": "me", "KG_ENGINE_TOKEN": "ø"})
    assert named.authorization == "Basic bWU6w7g="
    assert "ø" not in repr(named)
