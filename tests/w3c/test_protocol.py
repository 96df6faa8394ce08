"""SPARQL 1.1 Protocol: the suite's requests, queries to ``/sparql``, updates to ``/update``."""

from __future__ import annotations

import json
from collections.abc import Iterator

import pytest

from kg.query import BINDINGS_FORMATS, GRAPH_FORMATS
from tests.server.serving import Reply
from tests.w3c.exchanges import Exchange, Expected, exchanges
from tests.w3c.manifest import RDFS, UT, Case, cases
from tests.writing.clients import Client, run_writable

BOOLEANS = {"application/sparql-results+json", "application/sparql-results+xml"}
FORMATS = {
    "boolean": BOOLEANS,
    "tabular": {fmt.media_type for fmt in BINDINGS_FORMATS},
    "RDF": {fmt.media_type for fmt in GRAPH_FORMATS},
}
"""What the suite calls a form of answer → the media types that it may have."""


@pytest.fixture(scope="module")
def client(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Client]:
    client = run_writable(tmp_path_factory.mktemp("protocol"), "--no-release")
    yield client
    assert client.server.end() == 0
    assert "Traceback" not in client.server.log.read_text()


@pytest.mark.parametrize("case", cases("ProtocolTest"))
def test_the_endpoint_keeps_to_its_protocol(client: Client, case: Case) -> None:
    for graph in case.node.every(UT + "graphData"):
        document = graph.one(UT + "graph").path.read_text(encoding="utf-8")
        stored = client.put(graph.one(RDFS + "label").text, document, "application/n-triples")
        assert stored.status in (201, 204)
    for exchange in exchanges(case):
        headers = {name.replace("-", "_"): value for name, value in exchange.headers.items()}
        reply = client.ask(_path(exchange), exchange.method, exchange.body, **headers)
        _check(reply, exchange.expected)


def _path(exchange: Exchange) -> str:
    """Return the path for a request: the suite uses one address for queries and updates."""
    said = f"{exchange.headers.get('content-type', '')} {exchange.path} {(exchange.body or b'').decode('latin-1')}"
    is_update = "sparql-update" in said or "update=" in said or "CLEAR" in said
    return exchange.path.replace("/sparql/", "/update", 1) if is_update else exchange.path


def _check(reply: Reply, expected: Expected) -> None:
    classes = {int(status.removeprefix("StatusCode")[0]) for status in expected.statuses}
    assert reply.status // 100 in classes, reply.text
    if expected.format:
        assert reply.media_type in FORMATS[expected.format]
    if expected.boolean is not None:
        assert json.loads(reply.body)["boolean"] is expected.boolean
