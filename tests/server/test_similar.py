"""Requests that differ only in their query: each is answered as it would be if none had come before."""

from __future__ import annotations

import http.client
import io
import itertools
import json
import os
import signal
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing
from itertools import pairwise
from pathlib import Path
from urllib.parse import quote, quote_plus, urlsplit

import pytest

from kg.query import JSON, Form
from server.front.parsing import parse
from server.front.request_log import FLUSH_SECONDS, Logged, RequestLog
from server.front.requests import ReceivedRequest, environment
from server.front.responses import whole
from server.front.similar import SimilarRequest, SimilarRequests
from server.http.cache import Cache, depends_on
from server.http.counts import RequestKind
from server.settings import Settings
from server.views.sparql import question
from server.workers import Reply
from server.workers.replies import Whole
from tests.growth import LINEAR, growth
from tests.server.serving import Server, Start, stop_process, until
from tests.server.test_front import queries_answered, switches

FRESH = itertools.count()

FIRST = "SELECT ?o { <http://example.org/1> <http://example.org/p> ?o }"
OTHERS = [
    "SELECT ?o { <http://example.org/2> <http://example.org/p> ?o }",
    "SELECT ?o { <http://example.org/none> <http://example.org/p> ?o }",
    "SELECT * { ?s <http://example.org/p> ?o } ORDER BY ?s LIMIT 60",
    "SELECT * { ?s <http://example.org/p> ?o } ORDER BY ?s",
    "SELECT (1 + 1 AS ?x) ('ø & = ?' AS ?y) {}",
    "SELECT (RAND() > 2 AS ?x) {}",
    "SELECT ?s (COUNT(?o) AS ?c) { ?s ?p ?o } GROUP BY ?s HAVING (?c > 1)",
    "SELECT * { SERVICE <http://example.org/> { ?s ?p ?o } }",
    "ASK { ?s ?p ?o }",
    "CONSTRUCT WHERE { ?s <http://example.org/none> ?o }",
    "DESCRIBE <http://example.org/1>",
    "SELECT",
    "INSERT DATA { <a:> <b:> 1 }",
    "",
]
SENT = ["SELECT%20%FF", "ASK%7B%7D&query=ASK%7B%7D", "ASK+%7B%7D#x", "ASK%7B%7D&format=csv", "ASK%7B%7D&format=none"]
SHAPES = [
    ("/sparql?query={}", {}),
    ("/sparql?query={}", {"Accept": "text/csv", "Accept-Encoding": "gzip"}),
    ("/sparql?query={}&format=xml", {"Accept": "text/turtle"}),
    ("/sparql?default-graph-uri=http://example.org/g&query={}", {"Accept": "application/json, text/turtle;q=0.5"}),
    ("/sparql/?query={}&default-graph-uri=", {"Accept-Encoding": "br;q=0.5, identity;q=0.1"}),
    ("/sparql/described?query={}", {"User-Agent": "%(etag)b %s"}),
    ("/sparql?query={}", {"Accept": "image/png"}),
    ("/sparql?query={}", {"Accept": "text/html"}),
    ("/sparql?query={}", {"If-None-Match": "*"}),
    ("/sparql?query={}", {"Authorization": "Bearer none"}),
]


def answer(connection: http.client.HTTPConnection, target: str, headers: dict[str, str]) -> tuple[object, ...]:
    """Return all of a response but its date."""
    connection.request("GET", target, headers=headers)
    response = connection.getresponse()
    lines = [(name, value) for name, value in response.getheaders() if name != "Date"]
    return response.status, lines, response.read()


@pytest.mark.slow
@pytest.mark.parametrize(("path", "headers"), SHAPES)
def test_it_has_the_response_that_it_would_have_alone(server: Server, path: str, headers: dict[str, str]) -> None:
    where = urlsplit(server.url)
    with closing(http.client.HTTPConnection(where.hostname or "", where.port, timeout=60)) as connection:
        first = answer(connection, path.format(quote(FIRST)), headers)
        for sent in [*map(quote, OTHERS), *map(quote_plus, OTHERS), *SENT]:
            similar = answer(connection, path.format(sent), headers)
            alone = answer(connection, path.format(sent), {**headers, "X-Fresh": str(next(FRESH))})
            assert similar == alone, sent
        assert answer(connection, path.format(quote(FIRST)), headers) == first


@pytest.mark.slow
def test_a_worker_is_freed_if_meanwhile_the_answer_to_the_same_request_was_cached(start: Start, releases: Path) -> None:
    """One worker is slow with a similar request, while another one answers the same to a client that sends more."""
    server = start(releases, KG_QUERY_WORKERS="3")
    queries_answered(server)  # those in advance
    server.query(FIRST)
    assert any(abandoned(server, *pair) for pair in pairwise(f"{FIRST} # {number}" for number in range(20)))
    until(lambda: json.loads(server.ask("/health").body)["workers"] == {"busy": 0, "idle": 3})


def abandoned(server: Server, before: str, query: str) -> bool:
    """Have a stopped worker asked a query that is answered meanwhile; return false if another was asked."""
    next_worker = waits(server)
    server.query(before)
    slow, *others = (pid for pid, count in waits(server).items() if count != next_worker[pid])
    if others:
        return False
    stop_process(slow)
    try:
        with ThreadPoolExecutor() as threads:
            similar = threads.submit(server.query, query)
            until(lambda: similar.done() or json.loads(server.ask("/health").body)["workers"]["busy"] == 1)
            if similar.done():
                return False
            fresh = server.ask("/sparql?query=" + quote(query), headers={"X-Fresh": "1"})
            assert similar.result().body == fresh.body
            return True
    finally:
        os.kill(slow, signal.SIGCONT)


def waits(server: Server) -> dict[int, int]:
    """Return worker → number of its threads' waits, once all are idle."""
    queries_answered(server)
    return {pid: sum(map(switches, Path(f"/proc/{pid}/task").iterdir())) for pid in server.workers()}


def app(environ, start_response):  # type: ignore[no-untyped-def]
    body = environ["QUERY_STRING"].encode() * 2
    depends_on(environ, "1", cacheable=True)
    headers = [("Content-Type", "text/plain; %s"), ("Content-Length", str(len(body))), ("Vary", "Accept")]
    start_response("200 OK", headers)
    return [body]


def request(raw: bytes, peer: str = "192.0.2.1") -> ReceivedRequest:
    environ = environment(parse(raw), b"", (peer, 1), ("127.0.0.1", 80))
    found = ReceivedRequest(lambda: environ, lambda: False, "1.1", 0.0, raw, keeps_alive=True)
    found.question = question(environ)
    return found


GET = b"GET /sparql?query=%b&format=json HTTP/1.1\r\nHost: x\r\n\r\n"


def test_only_requests_of_the_same_peer_version_and_form_are_similar() -> None:
    cache = Cache(app, lambda: "1", 1 << 20)
    requests, first = SimilarRequests(cache), request(GET % b"ASK%7B%7D")
    head, _ = whole(cache, first)
    requests.learn("192.0.2.1", first, "1", head)
    similar = requests.find("1", "192.0.2.1", GET % b"ASK+%7B%3Fs+%3Fp+1%7D")
    assert similar is not None
    assert (similar.query.text, similar.query_string) == ("ASK {?s ?p 1}", "query=ASK+%7B%3Fs+%3Fp+1%7D&format=json")
    for version, peer, raw in [
        ("2", "192.0.2.1", GET % b"ASK%7B%7D"),
        ("1", "192.0.2.2", GET % b"ASK%7B%7D"),
        ("1", "192.0.2.1", GET % b"SELECT"),
        ("1", "192.0.2.1", GET % b"ASK%FF"),
        ("1", "192.0.2.1", GET % b"ASK\xc3\xb8"),
        ("1", "192.0.2.1", GET % b"ASK&query=ASK"),
        ("1", "192.0.2.1", GET % b"ASK#"),
        ("1", "192.0.2.1", (GET % b"ASK").replace(b"Host: x", b"Host: y")),
        ("1", "192.0.2.1", (GET % b"ASK").replace(b"GET", b"HEAD")),
        ("1", "192.0.2.1", (GET % b"ASK").replace(b"HTTP/1.1", b"HTTP/1.0")),
    ]:
        assert requests.find(version, peer, raw) is None, raw


def test_a_result_of_another_version_does_not_have_the_etag_of_the_one_before() -> None:
    cache = Cache(app, lambda: "1", 1 << 20)
    requests, first = SimilarRequests(cache), request(GET % b"ASK%7B%7D")
    head, _ = whole(cache, first)
    requests.learn("192.0.2.1", first, "1", head)
    similar = requests.find("1", "192.0.2.1", GET % b"ASK+%7B%3Fs+%3Fp+1%7D")
    assert similar is not None
    asked = SimilarRequest(similar, lambda: pytest.fail("it is parsed"), lambda: False, 0.0, b"")
    for release, version, is_composed in [("1", "1", True), ("1", "2", False), ("2", "2", False)]:
        reply = Reply(Form.BOOLEAN, JSON, release, cacheable=True, chunks=Whole(b"{}"), length=2)
        assert (asked.response(reply, version) is not None) is is_composed


@pytest.mark.parametrize("log_format", ["text", "json"])
def test_a_request_that_is_not_parsed_is_not_parsed_for_the_logs_either(log_format: str) -> None:
    cache = Cache(app, lambda: "1", 1 << 20)
    requests, first = SimilarRequests(cache), request(GET % b"ASK%7B%7D")
    head, _ = whole(cache, first)
    requests.learn("192.0.2.1", first, "1", head)
    similar = requests.find("1", "192.0.2.1", GET % b"ASK+%7B%3Fs+%3Fp+1%7D")
    assert similar is not None
    asked = SimilarRequest(similar, lambda: pytest.fail("it is parsed"), lambda: False, 0.0, b"")
    out = io.StringIO()
    log = RequestLog(Settings(log_format=log_format, query_log="text"), out, lambda seconds, flush: None)
    logged = log.describe(asked, RequestKind("/sparql", "boolean", "200"), 26, "1")
    log.write(logged, asked.client, asked.id, 0.001, asked.hit)
    log.flush()
    assert out.getvalue().count("\n") == 2
    assert "ASK {?s ?p 1}" in out.getvalue()


def test_lines_that_come_soon_after_each_other_are_written_together() -> None:
    out, later = io.StringIO(), list[tuple[float, Callable[[], None]]]()
    log = RequestLog(Settings(), out, lambda *call: later.append(call))
    for _ in range(3):
        log.write(Logged("GET /", ""), "192.0.2.1", "", 0.001, "")
    assert out.getvalue() == ""
    ((seconds, flush),) = later
    assert seconds == FLUSH_SECONDS
    flush()
    assert out.getvalue().count("GET /") == 3
    log.write(Logged("GET /", ""), "192.0.2.1", "", 0.001, "")
    assert len(later) == 2


@pytest.mark.parametrize(
    "raw",
    [
        lambda size: b"GET /sparql?" + b"&query=a" * size + b"# HTTP/1.1\r\nHost: x\r\n\r\n",
        lambda size: b"GET /sparql?" + b"query=&" * size + b"query=a HTTP/1.0\r\nHost: x\r\n\r\n",
        lambda size: b"GET /" + b"?&" * size + b"query HTTP/1.1\r\nHost: x\r\n\r\n",
        lambda size: b"GET /sparql?query=" + b"%3F" * size + b"\xff HTTP/1.1\r\n\r\n",
        lambda size: b"GET /sparql?query=a HTTP/1.1\r\n" + b"query=a&" * size + b"\r\n\r\n",
    ],
)
def test_it_is_found_out_in_linear_time_whether_requests_are_similar(raw: Callable[[int], bytes]) -> None:
    requests = SimilarRequests(Cache(app, lambda: "1", 1 << 20))
    assert growth(lambda size: requests.find("1", "192.0.2.1", raw(size)), 2_000) < LINEAR
