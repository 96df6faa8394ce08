"""Requests of other sites' query editors in a browser: URLs, headers, CORS."""

from __future__ import annotations

from collections.abc import Mapping
from urllib.parse import quote, urlencode

import pytest

from tests.server.serving import RDM, SHEET, Server

ORIGIN = {"Origin": "https://editor.example"}
FORM = {"Content-Type": "application/x-www-form-urlencoded; charset=UTF-8"}
SELECT = f"SELECT ?sheet WHERE {{ ?sheet a <{RDM}CheatSheet> }}"
CONSTRUCT = f"CONSTRUCT WHERE {{ <{SHEET}> a ?type }}"
JSON, XML, TURTLE = "application/sparql-results+json", "application/sparql-results+xml", "text/turtle"


@pytest.mark.parametrize(
    ("accept", "query", "media_type"),
    [
        (f"{JSON},*/*;q=0.9", SELECT, JSON),
        (f"{JSON},*/*;q=0.9", CONSTRUCT, TURTLE),
        ("text/turtle,*/*;q=0.9", CONSTRUCT, TURTLE),
        ("text/turtle,*/*;q=0.9", SELECT, JSON),
        (f"application/x-turtle,text/turtle;q=0.9,{XML},*/*;q=0.8", SELECT, XML),
        ("application/json, text/plain, */*", SELECT, JSON),
        ("text/csv; charset=utf-8", SELECT, "text/csv"),
    ],
)
def test_yasgui(server: Server, accept: str, query: str, media_type: str) -> None:
    """A form by POST, the format that fits the query best before anything else."""
    form = urlencode([("query", query), ("infer", "true"), ("sameAs", "false")]).encode()
    reply = server.ask("/sparql", "POST", form, ORIGIN | FORM | {"Accept": accept})
    assert (reply.status, reply.media_type) == (200, media_type)
    assert SHEET in reply.text
    assert reply.headers["Access-Control-Allow-Origin"] == "*"


@pytest.mark.parametrize(
    ("parameters", "headers", "media_type"),
    [
        ("format=json&ac=1", {}, JSON),
        ("ac=1", {"Accept": JSON}, JSON),
        ("output=json", {"Accept": "*/*"}, JSON),
        ("output=xml&timeout=0&debug=on", {}, XML),
        ("format=application/sparql-results+json", {}, JSON),
        ("format=application%2Fsparql-results%2Bjson&should-sponge=", {}, JSON),
        ("format=text/csv", {"Accept": "text/html"}, "text/csv"),
        ("default-graph-uri=&format=tsv", {}, "text/tab-separated-values"),
        ("format=html", {"Accept": JSON}, "text/html"),
    ],
)
def test_addresses_with_a_query(server: Server, parameters: str, headers: Mapping[str, str], media_type: str) -> None:
    """Parameters of other servers are none of ours: they change nothing."""
    reply = server.ask(f"/sparql?query={quote(SELECT)}&{parameters}", headers=ORIGIN | dict(headers))
    assert (reply.status, reply.media_type) == (200, media_type)
    assert "mice" in reply.text


@pytest.mark.parametrize("path", ["/sparql", "/sparql/", "/.well-known/void", "/queries/", "/nothing"])
def test_browsers_may_ask_before_they_ask(server: Server, path: str) -> None:
    asked = {"Access-Control-Request-Method": "POST", "Access-Control-Request-Headers": "content-type,authorization"}
    reply = server.ask(path, "OPTIONS", headers=ORIGIN | asked)
    assert reply.headers["Access-Control-Allow-Origin"] == "*"
    allowed = {name.strip() for name in reply.headers["Access-Control-Allow-Headers"].split(",")}
    assert {"Content-Type", "Authorization", "*"} <= allowed
    assert int(reply.headers["Access-Control-Max-Age"]) > 0
    assert "GET" in reply.headers["Access-Control-Allow-Methods"]
    if path.startswith("/sparql"):
        assert reply.status == 200
        assert "POST" in reply.headers["Access-Control-Allow-Methods"]


@pytest.mark.parametrize(
    ("path", "status"), [("/sparql?query=ASK%20%7B%7D", 200), ("/sparql?query=ASK", 400), ("/nothing", 404)]
)
def test_a_script_sees_what_an_answer_says_whatever_its_status(server: Server, path: str, status: int) -> None:
    reply = server.ask(path, headers=ORIGIN)
    assert reply.status == status
    assert reply.headers["Access-Control-Allow-Origin"] == "*"
    exposed = {name.strip() for name in reply.headers["Access-Control-Expose-Headers"].split(",")}
    assert {"ETag", "Link", "Retry-After", "Location", "WWW-Authenticate"} <= exposed
    assert "Access-Control-Allow-Credentials" not in reply.headers


def test_an_answer_from_memory_may_be_read_too(server: Server) -> None:
    first = server.ask("/sparql?query=ASK%20%7B%7D", headers=ORIGIN)
    again = server.ask("/sparql?query=ASK%20%7B%7D", headers=ORIGIN | {"If-None-Match": first.headers["ETag"]})
    assert again.status == 304
    assert again.headers["Access-Control-Allow-Origin"] == "*"
    assert again.headers["Access-Control-Expose-Headers"] == first.headers["Access-Control-Expose-Headers"]
