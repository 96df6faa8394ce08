"""``kg.open``: the same values from a folder and from an endpoint, as Python values, tables and graphs."""

from __future__ import annotations

import contextlib
import socket
import sys
import threading
import time
from collections.abc import Callable
from datetime import UTC, date, datetime
from http.client import parse_headers
from pathlib import Path

import pandas as pd
import pytest
import rdflib

import kg
from kg.client import IRI, BlankNode, KnowledgeGraph
from kg.client.endpoint import Endpoint
from kg.client.result import value
from kg.errors import (
    Busy,
    KgError,
    MissingExtra,
    ParameterError,
    QueryError,
    QueryRefused,
    QuerySyntaxError,
    QueryTimeout,
    QueryTooLarge,
    ReleaseError,
    ServiceFailed,
    UnknownName,
    UnknownValue,
)
from kg.query import canned
from tests.server.serving import Server

pytestmark = pytest.mark.slow

PIC = "https://w3id.org/rdm-kg/id/lookup/page/pic"
ENDLESS = "SELECT (COUNT(*) AS ?n) { ?a ?b ?c . ?d ?e ?f . ?g ?h ?i FILTER(?c < ?f && ?f < ?i) }"
DICOM = "https://doi.org/10.25504/FAIRsharing.b7z8by"


@pytest.mark.parametrize("name", canned.names())
def test_a_question_has_the_same_rows_from_both(name: str, content_release: Path, served: Server) -> None:
    values = {each.name: each.example for each in canned.load(name).parameters if each.default is None}
    with kg.open(str(content_release)) as folder, kg.open(f"{served.url}/sparql") as endpoint:
        here, there = folder.ask(name, **values), endpoint.ask(name, **values)
    assert here.columns == there.columns
    assert sorted(map(repr, here)) == sorted(map(repr, there))
    assert {type(cell) for row in here for cell in row.values()} == {
        type(cell) for row in there for cell in row.values()
    }


def test_rows_are_python_values(graph: KnowledgeGraph) -> None:
    found = graph.ask("where-to-deposit", page="Preclinical imaging")
    gap, archive = found.rows()
    assert (found.columns[:2], len(found)) == (("name", "repository"), 2)
    assert (archive["name"], archive["line"], archive["pages"]) == ("NIRD RESEARCH DATA ARCHIVE", 42, 1)
    assert (gap["repository"], gap["line"]) == (None, None)
    assert type(archive["repository"]) is IRI
    assert type(archive["name"]) is str
    gap["line"] = 7  # a caller's copy
    assert found.rows()[0]["line"] is None
    assert [row["line"] for row in found] == [None, 42]


def test_a_table_keeps_whole_numbers_whole(graph: KnowledgeGraph) -> None:
    table = graph.ask("where-to-deposit", page="pic").df()
    assert list(table.columns)[:2] == ["name", "repository"]
    assert (str(table["line"].dtype), table["line"][1], table["line"][0] is pd.NA) == ("Int64", 42, True)
    assert table["repository"][1] == "https://w3id.org/rdm-kg/id/lookup/thing/nird-research-data-archive"
    empty = graph.query("SELECT ?a ?b { ?a <urn:none> ?b }").df()
    assert (list(empty.columns), len(empty)) == (["a", "b"], 0)


def test_without_pandas_the_message_names_the_extra(graph: KnowledgeGraph, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "pandas", None)
    with pytest.raises(MissingExtra, match=r"df\(\) needs pandas: pip install 'rdm-kg\[pandas\]'"):
        graph.query("SELECT ?s { ?s a <urn:none> }").df()


XSD = "http://www.w3.org/2001/XMLSchema#"


@pytest.mark.parametrize(
    ("written", "expected"),
    [
        (f'"7"^^<{XSD}integer>', 7),
        ("1.50", 1.5),
        ("1e3", 1000.0),
        ("true", True),
        (f'"0"^^<{XSD}boolean>', False),
        (f'"2026-01-31"^^<{XSD}date>', date(2026, 1, 31)),
        (f'"2026-01-31T12:00:00Z"^^<{XSD}dateTime>', datetime(2026, 1, 31, 12, tzinfo=UTC)),
        (f'"seven"^^<{XSD}integer>', "seven"),
        (f'"maybe"^^<{XSD}boolean>', "maybe"),
        ('"skog"@nb', "skog"),
        (f'"P1Y"^^<{XSD}duration>', "P1Y"),
        ("<urn:a>", IRI("urn:a")),
    ],
)
def test_a_term_is_a_value_of_its_datatype(graph: KnowledgeGraph, written: str, expected: object) -> None:
    (row,) = graph.query(f"SELECT ?x {{ VALUES ?x {{ {written} }} }}").rows()
    assert (row["x"], type(row["x"])) == (expected, type(expected))


def test_blank_nodes_and_triple_terms() -> None:
    node = value({"type": "bnode", "value": "b0"})
    assert (node, type(node)) == ("b0", BlankNode)
    iri = {"type": "uri", "value": "urn:a"}
    one = {"type": "literal", "value": "1", "datatype": f"{XSD}integer"}
    triple = {"type": "triple", "value": {"subject": iri, "predicate": iri, "object": one}}
    assert value(triple) == (IRI("urn:a"), IRI("urn:a"), 1)


@pytest.mark.parametrize("iri", [DICOM, "fairsharing:b7z8by"])
def test_a_description_is_a_graph_of_rdflib(graph: KnowledgeGraph, iri: str) -> None:
    described = graph.describe(iri)
    assert isinstance(described, rdflib.Graph)
    assert {str(subject) for subject in described.subjects()} == {DICOM}
    assert (rdflib.URIRef(DICOM), rdflib.SKOS.altLabel, rdflib.Literal("DICOM", lang="en")) in described
    assert "fairsharing:b7z8by " in described.serialize()


def test_a_graph_is_constructed(graph: KnowledgeGraph) -> None:
    made = graph.construct(f"CONSTRUCT {{ ?s a ?type }} {{ VALUES ?s {{ <{PIC}> }} ?s a ?type }}")
    assert (rdflib.URIRef(PIC), rdflib.RDF.type, rdflib.DCAT.Dataset) in made
    assert len(graph.construct("DESCRIBE <urn:none>")) == 0


@pytest.mark.parametrize(
    ("work", "error", "words"),
    [
        (lambda graph: graph.query("ASK {}"), QueryRefused, "takes a SELECT query"),
        (lambda graph: graph.query("DESCRIBE <urn:a>"), QueryRefused, "takes a SELECT query"),
        (lambda graph: graph.construct("SELECT ?s {}"), QueryRefused, "takes a CONSTRUCT or DESCRIBE query"),
        (lambda graph: graph.construct("ASK {}"), QueryRefused, "takes a CONSTRUCT or DESCRIBE query"),
        (lambda graph: graph.query("SELECT ?s {"), QueryError, "syntax error at 1:"),
        (lambda graph: graph.query("DELETE WHERE { ?s ?p ?o }"), QueryError, "is refused"),
        (lambda graph: graph.query("SELECT * { SERVICE <https://a.example/> {} }"), QueryError, "SERVICE"),
        (lambda graph: graph.describe("no iri"), QueryError, "not an absolute IRI"),
        (lambda graph: graph.ask("where-to-put"), UnknownName, "no canned query 'where-to-put'"),
        (lambda graph: graph.ask("where-to-deposit"), ParameterError, "'page' is missing"),
        (lambda graph: graph.ask("where-to-deposit", pag="pic"), ParameterError, "no parameter 'pag'"),
        (lambda graph: graph.ask("shared-recommendations", minimum="two"), ParameterError, "must be of type integer"),
        (lambda graph: graph.ask("where-to-deposit", page="picc"), UnknownValue, "the nearest is pic"),
    ],
)
def test_a_mistake_is_an_error_that_says_what_is_wrong(
    graph: KnowledgeGraph, work: Callable[[KnowledgeGraph], object], error: type[KgError], words: str
) -> None:
    with pytest.raises(error, match=words):
        work(graph)


def test_a_page_that_is_kept_out_is_named_with_its_reason_from_a_folder(content_release: Path) -> None:
    with kg.open(content_release) as graph, pytest.raises(UnknownValue, match="kept out"):
        graph.ask("where-to-deposit", page="biobanks")


def test_numbers_are_parameters(graph: KnowledgeGraph) -> None:
    found = graph.ask("shared-recommendations", minimum=1)
    assert len(found) > len(graph.ask("shared-recommendations"))


def test_a_closed_graph_answers_nothing(content_release: Path) -> None:
    with kg.open(content_release) as graph:
        pass
    with pytest.raises(QueryError, match="the graph is closed"):
        graph.query("SELECT ?s { ?s ?p ?o }")


def test_a_folder_without_a_release_is_an_error(tmp_path: Path) -> None:
    with pytest.raises(ReleaseError, match="kg build --out"):
        kg.open(tmp_path)


def test_a_query_of_a_folder_has_a_deadline(content_release: Path) -> None:
    with kg.open(content_release, timeout=0.2) as graph, pytest.raises(QueryTimeout, match=r"longer than 0\.2 s"):
        graph.query("SELECT (COUNT(*) AS ?n) { ?a ?b ?c . ?d ?e ?f FILTER(?c < ?f) }")  # for seconds


def test_a_query_of_an_endpoint_has_that_of_the_server(served: Server) -> None:
    with kg.open(f"{served.url}/sparql") as graph, pytest.raises(QueryTimeout, match="504"):
        graph.query(ENDLESS)


def test_a_deep_query_does_not_end_the_process(content_release: Path) -> None:
    deep = f"SELECT * {{ {'{' * 5000} ?s a <urn:none> {'}' * 5000} }}"
    with kg.open(content_release) as graph:
        assert graph.query(deep).rows() == []


def answering(head: str, body: bytes = b"", more: bytes = b"") -> str:
    """Answer one connection on the loopback with these bytes, and return the address; nothing for an empty head.

    ``more`` is sent again and again until the client has gone, in place of the end.
    """
    listener = socket.create_server(("127.0.0.1", 0))

    def run() -> None:
        with listener, listener.accept()[0] as connection:
            connection.settimeout(5)
            with connection.makefile("rb") as sent:
                sent.readline()
                sent.read(int(parse_headers(sent)["Content-Length"]))
                if not head:
                    sent.read(1)  # until the client has gone
                    return
            length = "" if more else f"\r\nContent-Length: {len(body)}"
            connection.sendall(f"HTTP/1.1 {head}{length}\r\nConnection: close\r\n\r\n".encode() + body)
            with contextlib.suppress(OSError):
                while more:
                    connection.sendall(more)
                    time.sleep(0.05)

    threading.Thread(target=run, daemon=True).start()
    return f"http://127.0.0.1:{listener.getsockname()[1]}/sparql"


@pytest.mark.parametrize(
    ("head", "body", "error", "words"),
    [
        ("429 Too Many Requests", b'{"detail": "slow down"}', Busy, "429 slow down"),
        ("503 Service Unavailable", b"", Busy, "503 Service Unavailable"),
        ("503 Service Unavailable\r\nRetry-After: 7", b"", Busy, "503 Service Unavailable; try again in 7 s"),
        (
            "301 Moved\r\nLocation: /other/sparql",
            b"",
            ServiceFailed,
            "has moved: open http://127.0.0.1:.*/other/sparql",
        ),
        ("307 Moved\r\nLocation: file:///etc/passwd", b"", ServiceFailed, "has moved: open file:///etc/passwd"),
        ("500 Error", b"Virtuoso 37000", QueryError, "500 Virtuoso 37000"),
        ("500 Error", b"[1]", QueryError, r"500 \[1\]"),
        ("200 OK\r\nContent-Type: text/html", b"<p>", ServiceFailed, "answered as text/html"),
        ("nonsense", b"", ServiceFailed, "cannot be reached"),
        ("", b"", QueryTimeout, "took longer than 0.5 s"),
    ],
)
def test_what_an_endpoint_answers_in_place_of_rows(head: str, body: bytes, error: type[KgError], words: str) -> None:
    with pytest.raises(error, match=words):
        Endpoint(answering(head, body), 0.5).answer("SELECT ?s {}")


ROWS = "200 OK\r\nContent-Type: application/sparql-results+json"


@pytest.mark.parametrize("head", [ROWS, "500 Error", "200 OK\r\nContent-Type: text/plain"])
def test_an_answer_that_never_ends_is_given_up(head: str) -> None:
    with pytest.raises((QueryTimeout, QueryError), match=r"took longer than 0\.5 s|500 "):
        Endpoint(answering(head, b"x", more=b"x"), 0.5).answer("SELECT ?s {}")


def test_an_answer_that_is_too_large_is_given_up(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("kg.client.endpoint._LARGEST", 2**20)
    with pytest.raises(QueryTooLarge, match="larger than 1 MB"):
        Endpoint(answering(ROWS, more=b"x" * 2**20), 60).answer("SELECT ?s {}")


@pytest.mark.parametrize(
    "body", [b"<html>", b"[]", b'{"results": {}}', b'{"results": [], "head": {"vars": ["a"]}}', b"[" * 100_000, b"\xff"]
)
def test_rows_that_cannot_be_read_are_an_error(body: bytes) -> None:
    with kg.open(answering(ROWS, body)) as graph, pytest.raises(QueryError, match=r"cannot be read|takes a SELECT"):
        graph.query("SELECT ?s {}")
    with kg.open(answering(ROWS, body)) as graph, pytest.raises(ServiceFailed, match="cannot be read"):
        graph.ask("where-to-deposit", page="pic")


@pytest.mark.parametrize("body", [b"<html>", b"<urn:a> <urn:b>", b"\xff"])
def test_a_graph_that_cannot_be_read_is_an_error(body: bytes) -> None:
    address = answering("200 OK\r\nContent-Type: text/plain", body)
    with kg.open(address) as graph, pytest.raises(ServiceFailed, match="cannot be read"):
        graph.construct("DESCRIBE <urn:a>")


def test_an_answer_that_ends_too_early_is_an_error() -> None:
    address = answering(f"{ROWS}\r\nContent-Length: 100", b"{}")
    with pytest.raises(ServiceFailed, match="ended its answer too early"):
        Endpoint(address, 5).answer("SELECT ?s {}")


def test_an_endpoint_that_is_not_there_is_an_error() -> None:
    with socket.create_server(("127.0.0.1", 0)) as listener:
        address = f"http://127.0.0.1:{listener.getsockname()[1]}/sparql"
    with kg.open(address) as graph, pytest.raises(ServiceFailed, match=r"cannot be reached: connection refused$"):
        graph.query("SELECT ?s {}")


def test_a_syntax_error_of_a_folder_has_its_place(content_release: Path) -> None:
    with kg.open(content_release) as graph, pytest.raises(QuerySyntaxError) as caught:
        graph.query("SELECT ?s {\n ?s ?p }")
    assert caught.value.line == 2
