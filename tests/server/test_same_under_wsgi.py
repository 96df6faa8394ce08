"""The application under another WSGI server, gunicorn: its responses are those of the front, headers included."""

from __future__ import annotations

import os
import re
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from urllib.parse import quote, urlencode

import pytest

from server.http.protocol import FORM_TYPE, QUERY_TYPE, UPDATE_TYPE
from tests.server.serving import ROOT, Reply, Server, until
from tests.w3c.exchanges import exchanges
from tests.w3c.manifest import Case, cases

pytestmark = pytest.mark.slow

MODULE = """
from pathlib import Path

from server.app import create_app
from server.current import Current
from server.settings import Settings
from server.workers.caching import CachingPool
from server.workers.pool import ProcessPool

current, settings = Current(Path({release!r})), Settings(query_timeout=3, query_workers=4)
pool = ProcessPool(current, settings)
app = create_app(current, settings, CachingPool(pool, lambda: "1", settings.cache // 2))
"""
OWN = {"date", "server", "connection", "transfer-encoding", "keep-alive"}
"""Headers of the HTTP server."""

SELECT = "SELECT ?s ?o { ?s <http://example.org/p> ?o } ORDER BY ?s LIMIT 3"
QUERIES = [
    "ASK { ?s ?p ?o }",
    SELECT,
    "SELECT * { ?s <http://example.org/p> ?o } ORDER BY ?s",
    "SELECT (1 AS ?x) (?x/0 AS ?y) {}",
    "SELECT ?x { VALUES ?x { 'ø' '\\n' } }",
    "CONSTRUCT { ?s ?p 7 } { ?s ?p 7 }",
    "CONSTRUCT WHERE { ?s <http://example.org/none> ?o }",
    "DESCRIBE <http://example.org/1>",
    "SELECT (RAND() > 2 AS ?x) {}",
    "SELECT * { SERVICE <http://example.org/> { ?s ?p ?o } }",
    "SELECT",
    "SELECT <b>",
    "INSERT DATA { <a:> <b:> 1 }",
]
ACCEPTS = [
    {},
    {"Accept": "text/csv"},
    {"Accept": "application/sparql-results+xml, text/turtle;q=0.5"},
    {"Accept": "application/n-triples"},
    {"Accept": "text/html"},
    {"Accept": "image/png"},
    {"Accept": "*/*;q=0.1", "Accept-Encoding": "gzip"},
    {"Accept-Encoding": "br, zstd;q=0.5"},
    {"If-None-Match": "*"},
    {"Origin": "http://example.org"},
]
ENDLESS = "SELECT (COUNT(*) AS ?n) { ?a ?b ?c . ?d ?e ?f . ?g ?h ?i }"
ODD = [
    ("GET", f"/sparql?query={quote(ENDLESS)}", {}, b""),
    ("GET", "/sparql", {}, b""),
    ("GET", "/sparql/?query=ASK%7B%7D", {}, b""),
    ("GET", "/sparql?prefixes=known&query=SELECT(rdm%3Aa%20AS%20%3Fx)%7B%7D", {}, b""),
    ("GET", "/sparql?prefixes=known&query=SELECT(rdm%3Ab%20AS%20%3Fx)%7B%7D", {}, b""),
    ("GET", "/sparql?query=SELECT(rdm%3Ab%20AS%20%3Fx)%7B%7D", {}, b""),
    ("GET", "/sparql?query=ASK%7B%7D&format=csv", {}, b""),
    ("GET", "/sparql?query=ASK%7B%7D&format=html", {}, b""),
    ("GET", "/sparql?query=ASK%7B%7D&format=none", {}, b""),
    ("GET", "/sparql?query=ASK%7B%7D&query=ASK%7B%7D", {}, b""),
    ("GET", "/sparql?query=%FF", {}, b""),
    ("GET", "/sparql?query=ASK%7B%7D&default-graph-uri=x", {}, b""),
    ("GET", "/sparql?query=ASK%7B%7D&default-graph-uri=http://example.org/g", {}, b""),
    ("GET", "/sparql?update=CLEAR%20ALL", {}, b""),
    ("PUT", "/sparql?query=ASK%7B%7D", {}, b""),
    ("OPTIONS", "/sparql", {"Origin": "http://example.org"}, b""),
    ("POST", "/sparql", {"Content-Type": UPDATE_TYPE}, b"CLEAR ALL"),
    ("POST", "/sparql", {"Content-Type": "text/plain"}, b"ASK {}"),
    ("POST", "/sparql", {"Content-Type": QUERY_TYPE, "Content-Encoding": "gzip"}, b"ASK {}"),
    ("POST", "/sparql", {"Content-Type": QUERY_TYPE + "; charset=latin-1"}, b"ASK {}"),
    ("POST", "/sparql?format=xml", {"Content-Type": QUERY_TYPE}, "ASK { ?ø ?p ?o }".encode()),
    ("POST", "/sparql", {"Content-Type": FORM_TYPE}, urlencode({"query": SELECT, "format": "tsv"}).encode()),
    ("GET", "/", {"Accept": "text/html"}, b""),
    ("GET", "/queries/", {}, b""),
    ("GET", "/nothing", {}, b""),
    ("GET", "/dumps/graph.nq", {"Range": "bytes=3-9"}, b""),
    ("HEAD", "/dumps/graph.nq", {}, b""),
]
Sent = tuple[str, str, dict[str, str], bytes]


def every() -> Iterator[Sent]:
    for query in QUERIES:
        for headers in ACCEPTS:
            yield "GET", f"/sparql?query={quote(query)}", headers, b""
        yield "HEAD", f"/sparql?query={quote(query)}", {}, b""
        yield "POST", "/sparql", {"Content-Type": QUERY_TYPE}, query.encode()
    yield from ODD


@pytest.fixture(scope="module")
def wsgi(releases: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Server]:
    """Start the application under gunicorn."""
    folder = tmp_path_factory.mktemp("wsgi")
    (folder / "served.py").write_text(MODULE.format(release=str(releases)), encoding="utf-8")
    command = [sys.executable, "-m", "gunicorn", "served:app", "--bind", "127.0.0.1:0", "--threads", "8"]
    log = folder / "log"
    with log.open("wb") as out:
        env = {**os.environ, "PYTHONPATH": str(ROOT)}
        process = subprocess.Popen([*command, "--limit-request-line", "0"], stderr=out, env=env, cwd=folder)
    until(lambda: "Listening at: " in log.read_text() or process.poll() is not None)
    yield Server(process, log, re.findall(r"Listening at: (\S+)", log.read_text())[0])
    process.terminate()
    process.wait(60)


def told(server: Server, reply: Reply) -> tuple[int, list[tuple[str, str]], bytes]:
    """Return status, headers and body of a response, without what the HTTP server adds and what differs each time."""
    url = server.url.rstrip("/")
    said = ((name.lower(), value.replace(url, "")) for name, value in reply.headers.items())
    headers = sorted((name, _sorted(value)) for name, value in said if name not in OWN)
    lengthless = [(name, value) for name, value in headers if name not in ("content-length", "etag")]
    body = re.sub(rb'"request_id": ?"[^"]+"', b"", reply.body)
    return reply.status, lengthless, body.replace(b"\r\n", b"\n").replace(url.encode(), b"")


def _sorted(value: str) -> str:
    """Return a list with its elements in order: methods are a set."""
    return ", ".join(sorted(value.split(", ")))


def same(one: Server, two: Server, sent: Sent) -> None:
    method, path, headers, body = sent
    for _ in range(2):  # the second one from memory
        first, second = (each.ask(path, method, body or None, headers) for each in (one, two))
        if first.status == 406 or "encod" in str(headers).lower():
            assert told(one, first)[:2] == told(two, second)[:2]
            continue
        assert len(first.body) == len(second.body) or b"127.0.0.1" in first.body
        if headers.get("If-None-Match") != "*":  # where any copy will do, only a response that is kept has its tag
            assert ("etag" in first.headers) == ("etag" in second.headers)
        assert ("content-length" in first.headers) == ("content-length" in second.headers)
        assert told(one, first) == told(two, second)


@pytest.mark.parametrize("sent", list(every()), ids=lambda sent: f"{sent[0]} {sent[1][:70]} {list(sent[2].values())}")
def test_the_front_responds_as_the_application_does(server: Server, wsgi: Server, sent: Sent) -> None:
    same(server, wsgi, sent)


@pytest.mark.parametrize("case", list(cases("ProtocolTest")))
def test_so_it_is_with_the_protocol_suite(server: Server, wsgi: Server, case: Case) -> None:
    for exchange in exchanges(case):
        same(server, wsgi, (exchange.method, exchange.path, dict(exchange.headers), exchange.body or b""))
