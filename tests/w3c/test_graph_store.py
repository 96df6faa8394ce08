"""The W3C tests of the Graph Store HTTP Protocol, through the running server."""

from __future__ import annotations

import http
from collections.abc import Iterator
from urllib.parse import quote

import pyoxigraph as ox
import pytest

from tests.server.serving import Reply
from tests.w3c.exchanges import Expected, exchanges
from tests.w3c.manifest import Case, cases
from tests.writing.clients import Client, run_writable

PERSON = "@prefix foaf: <http://xmlns.com/foaf/0.1/> . <#me> a foaf:Person ; foaf:name "
TURTLE = "text/turtle; charset=utf-8"


@pytest.fixture(scope="module")
def client(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Client]:
    folder = tmp_path_factory.mktemp("graphs")
    client = run_writable(folder, "--no-release")
    yield client
    assert client.server.end() == 0
    assert "Traceback" not in client.server.log.read_text()


@pytest.mark.parametrize("case", cases("GraphStoreProtocolTest", folders="sparql11/graph-store-protocol"))
def test_the_graph_store_keeps_to_its_protocol(client: Client, case: Case) -> None:
    assert client.update("DROP ALL").status == 204
    values: dict[str, str] = {}
    for exchange in exchanges(case):
        path = _filled(exchange.path.replace("/gsp", "/store", 1), {name: quote(v) for name, v in values.items()})
        body = None if exchange.body is None else _filled(exchange.body.decode(), values).encode()
        headers = {name.replace("-", "_"): value for name, value in exchange.headers.items()}
        reply = client.ask(path, exchange.method, body, **headers)
        _check(reply, exchange.expected, exchange.method)
        if "$" in exchange.expected.headers.get("location", "$LOCATION$") and reply.headers["Location"]:
            values["$LOCATION$"] = reply.headers["Location"]


def test_a_graph_through_its_life(client: Client) -> None:
    """The steps of the older suite (http-rdf-update), in one life: made, read, replaced, added to, removed."""
    assert client.update("DROP ALL").status == 204
    one, two = "/store/person/1.ttl", "/store/person/2.ttl"

    def send(method: str, path: str, text: str) -> int:
        return client.ask(path, method, text.encode(), Content_Type=TURTLE).status

    def names(path: str) -> list[str]:
        reply = client.ask(path, Accept="text/turtle")
        assert (reply.status, reply.media_type) == (200, "text/turtle")
        quads = ox.parse(reply.body, format=ox.RdfFormat.TURTLE)
        return sorted(quad.object.value for quad in quads if isinstance(quad.object, ox.Literal))

    assert send("PUT", one, PERSON + '"A" .') == 201
    assert names(one) == ["A"]
    assert send("PUT", one, PERSON + '"B" .') in (200, 204)
    assert names(one) == ["B"]
    assert send("PUT", "/store?default", PERSON + '"C" .') in (200, 201, 204)
    assert names("/store?default") == ["C"]
    assert send("PUT", two, PERSON + '"D" .') == 201
    assert client.ask(two, "DELETE").status in (200, 204)
    assert client.ask(two).status == 404
    assert client.ask(two, "DELETE").status == 404
    assert send("POST", one, PERSON + '"E" .') in (200, 204)
    assert names(one) == ["B", "E"]
    made = client.ask("/store", "POST", (PERSON + '"F" .').encode(), Content_Type=TURTLE)
    assert made.status == 201
    new = made.headers["Location"].removeprefix(client.server.url)
    assert names(new) == ["F"]
    assert send("POST", new, "") in (200, 204)
    assert names(new) == ["F"]
    assert client.ask(new, "HEAD").status == 200
    assert client.ask(two, "HEAD").status == 404


def _filled(text: str, values: dict[str, str]) -> str:
    for name, value in values.items():
        text = text.replace(name, value)
    return text


def _check(reply: Reply, expected: Expected, method: str) -> None:
    wanted = {int(http.HTTPStatus[_constant(name)]) for name in expected.statuses}
    assert reply.status in wanted, reply.text
    if "content-type" in expected.headers:
        assert reply.media_type == expected.headers["content-type"].partition(";")[0]
    if expected.body is not None and method != "HEAD":
        base = "http://www.example/gsp/"
        assert _graph(reply.body, base) == _graph(expected.body.encode(), base)


def _constant(name: str) -> str:
    """Return the name of a status: ``NoContent`` → ``NO_CONTENT``."""
    return "OK" if name == "OK" else "".join(f"_{c}" if c.isupper() else c for c in name).upper().lstrip("_")


def _graph(turtle: bytes, base: str) -> set[str]:
    dataset = ox.Dataset(ox.parse(turtle, format=ox.RdfFormat.TURTLE, base_iri=base))
    dataset.canonicalize(ox.CanonicalizationAlgorithm.UNSTABLE)
    return {str(quad) for quad in dataset}
