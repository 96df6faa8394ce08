"""Whole graphs over HTTP, beyond the W3C suite."""

from __future__ import annotations

import json

import pyoxigraph as ox
import pytest

from tests.writing.clients import PROLOGUE, Client, store

G = "http://example.org/g"
TRIPLE = "<http://example.org/s> <http://example.org/p> <http://example.org/o> ."
JSONLD = '{"@id": "http://example.org/s", "http://example.org/p": {"@id": "http://example.org/o"}}'
RDFXML = """<rdf:RDF xmlns:rdf="http://www.w3.org/1999/02/22-rdf-syntax-ns#" xmlns:e="http://example.org/">
<rdf:Description rdf:about="http://example.org/s"><e:p rdf:resource="http://example.org/o"/></rdf:Description>
</rdf:RDF>"""


@pytest.fixture(autouse=True)
def _nothing_written(over_release: Client) -> None:
    assert over_release.update("DROP ALL").status == 204


@pytest.mark.parametrize(
    ("media_type", "document"),
    [
        ("text/turtle", TRIPLE),
        ("text/turtle; charset=UTF-8", TRIPLE),
        ("application/x-turtle", TRIPLE),
        ("application/n-triples", TRIPLE),
        ("application/n-quads", TRIPLE),
        ("application/trig", TRIPLE),
        ("application/ld+json", JSONLD),
        ("application/ld+json; profile=http://www.w3.org/ns/json-ld#expanded", JSONLD),
        ("application/rdf+xml", RDFXML),
    ],
)
def test_every_format_is_read(over_release: Client, media_type: str, document: str) -> None:
    assert over_release.put(G, document, media_type).status == 201
    assert over_release.get(G).text.splitlines() == [TRIPLE]
    assert over_release.put(G, document, media_type).status == 204


@pytest.mark.parametrize("fmt", ["TURTLE", "N_TRIPLES", "RDF_XML", "JSON_LD", "N_QUADS", "TRIG"])
def test_every_format_is_written(over_release: Client, fmt: str) -> None:
    over_release.put(G, TRIPLE)
    syntax = getattr(ox.RdfFormat, fmt)
    reply = over_release.get(G, syntax.media_type)
    assert (reply.status, reply.media_type) == (200, syntax.media_type)
    assert [str(quad.triple) + " ." for quad in ox.parse(reply.body, format=syntax)] == [TRIPLE]
    head = over_release.ask(store(G), "HEAD", Accept=syntax.media_type)
    assert (head.status, head.media_type, head.body) == (200, syntax.media_type, b"")


@pytest.mark.parametrize(
    ("media_type", "document", "line", "column"),
    [
        ("text/turtle", f"{TRIPLE}\n{TRIPLE}\n<x> ", 3, 5),
        ("text/turtle", f"{TRIPLE}\n<a:b> <a:c> .", 2, 13),
        ("application/n-triples", f"{TRIPLE}\n<a:b> <a:c> 1 .", 2, 13),
        ("application/n-quads", f"{TRIPLE}\n\n<a:b> <a:c> <a:d> <a:g> .\n{TRIPLE}", 3, None),
        ("application/trig", f"<a:g> {{ {TRIPLE} }}", 1, None),
        ("application/rdf+xml", RDFXML.replace("/>", ' rdf:bagID="1"/>'), 2, None),
        ("application/rdf+xml", RDFXML.replace("</rdf:RDF>", "</rdf:rdf>"), 3, None),
        ("application/ld+json", '{"@id": "a:b",\n "@type": ]', 2, 11),
    ],
)
def test_a_document_that_is_wrong_is_refused_with_its_place(
    over_release: Client, media_type: str, document: str, line: int, column: int | None
) -> None:
    assert over_release.put(G, TRIPLE).status == 201
    for method in ("PUT", "POST"):
        reply = over_release.put(G, document, media_type, method)
        assert reply.status == 400, reply.text
        problem = json.loads(reply.body)
        assert problem["line"] == line
        assert problem["column"] == column if column else problem["column"] >= 1
        assert over_release.get(G).text.splitlines() == [TRIPLE]


@pytest.mark.parametrize("media_type", ["", "text/csv", "application/octet-stream", "text/turtle; charset=latin-1"])
def test_other_types_are_not_taken(over_release: Client, media_type: str) -> None:
    reply = over_release.put(G, TRIPLE, media_type)
    assert (reply.status, over_release.get(G).status) == (415, 404)


def test_a_coded_body_is_not_taken(over_release: Client) -> None:
    reply = over_release.ask(store(G), "PUT", b"\x1f\x8b", Content_Type="text/turtle", Content_Encoding="gzip")
    assert (reply.status, reply.headers["Accept-Encoding"]) == (415, "identity")


@pytest.mark.parametrize(
    "query",
    [
        "",
        "?graph=",
        "?graph=relative",
        "?graph=a:b%3Cc",
        "?graph=a:b&default",
        "?graph=a:b&graph=a:c",
        "/x?default",
        "/%FF",
        "/a%25b",
    ],
)
def test_a_graph_is_named_once_and_well(over_release: Client, query: str) -> None:
    assert over_release.ask(f"/store{query}").status == 400
    assert over_release.ask(f"/store{query}", "DELETE").status == 400


def test_what_can_be_done_is_said(over_release: Client) -> None:
    for path in ("/store", "/store/a/b"):
        reply = over_release.server.ask(path, "OPTIONS")
        allowed = {"GET", "HEAD", "PUT", "POST", "DELETE", "PATCH", "OPTIONS"}
        assert (reply.status, set(reply.headers["Allow"].split(", "))) == (200, allowed)
        assert "Authorization" in reply.headers["Access-Control-Allow-Headers"]
    assert over_release.ask("/store/a", "TRACE").status in (400, 405, 501)


def test_a_script_of_another_origin_sees_what_would_have_been_taken(over_release: Client) -> None:
    for method, path, header in (
        ("PUT", "/store/a", "Accept-Post"),
        ("PATCH", "/store/a", "Accept-Patch"),
        ("POST", "/update", "Accept-Post"),
    ):
        reply = over_release.ask(path, method, b"x", Content_Type="image/png", Origin="http://example.org")
        assert reply.status == 415
        assert "/" in reply.headers[header]
        assert header in reply.headers["Access-Control-Expose-Headers"].split(", ")


def test_no_format_that_is_taken_is_a_406(over_release: Client) -> None:
    over_release.put(G, TRIPLE)
    assert over_release.get(G, "text/csv").status == 406
    assert over_release.ask(f"{store(G)}&format=ntriples").text.splitlines() == [TRIPLE]


def test_an_address_below_the_store_is_a_graph(over_release: Client) -> None:
    path = "/store/a%20b/%C3%B8.ttl"
    reply = over_release.ask(path, "PUT", b"<> <#p> <rel> .", Content_Type="text/turtle")
    assert reply.status == 201
    name = over_release.server.url + path
    triple = f"<{name}> <{name}#p> <{over_release.server.url}/store/a%20b/rel> ."
    assert over_release.ask(path, Accept="application/n-triples").text.splitlines() == [triple]
    assert over_release.get(name).text.splitlines() == [triple]


def test_an_empty_document_makes_an_empty_graph(over_release: Client) -> None:
    assert over_release.put(G, "").status == 201
    assert (over_release.get(G).status, over_release.get(G).body) == (200, b"")
    assert over_release.put(G, "", method="POST").status == 204
    assert over_release.ask(store(G), "DELETE").status == 204
    assert over_release.ask(store(G), "DELETE").status == over_release.get(G).status == 404


@pytest.mark.parametrize(
    ("condition", "where_it_is", "where_it_is_not"),
    [
        ({"If_Match": "*"}, 204, 412),
        ({"If_None_Match": "*"}, 412, 201),
        ({"If_Match": 'W/"x"'}, 412, 412),
        ({"If_None_Match": '"x"'}, 412, 412),
        ({"If_Match": "*", "If_None_Match": "*"}, 412, 412),
    ],
)
def test_a_graph_is_written_only_if_it_is_there_or_only_if_it_is_not(
    over_release: Client, condition: dict[str, str], where_it_is: int, where_it_is_not: int
) -> None:
    def put(graph: str, method: str) -> int:
        return over_release.ask(store(graph), method, TRIPLE.encode(), Content_Type="text/turtle", **condition).status

    assert over_release.put(G, "").status == 201
    for method in ("PUT", "POST"):
        assert put(f"{G}/{method}", method) == where_it_is_not
        assert over_release.get(f"{G}/{method}").status == (200 if where_it_is_not == 201 else 404)
        assert put(G, method) == where_it_is
        assert bool(over_release.get(G).body) == (where_it_is == 204)


def test_a_patch_or_a_deletion_may_ask_that_the_graph_be_there(over_release: Client) -> None:
    def patch() -> int:
        insert = f"INSERT DATA {{ {TRIPLE} }}".encode()
        kind = "application/sparql-update"
        return over_release.ask(store(G), "PATCH", insert, Content_Type=kind, If_Match="*").status

    assert patch() == 412
    assert over_release.ask(store(G), "DELETE", If_Match="*").status == 412
    assert over_release.get(G).status == 404
    assert over_release.put(G, "").status == 201
    assert patch() == 204
    assert over_release.ask(store(G), "DELETE", If_None_Match="*").status == 412
    assert over_release.get(G).text.splitlines() == [TRIPLE]
    assert over_release.ask(store(G), "DELETE", If_Match="*").status == 204


def test_an_answer_without_content_has_no_type(over_release: Client) -> None:
    for reply in (over_release.put(G, TRIPLE), over_release.update("CLEAR DEFAULT")):
        assert reply.status in (201, 204)
        assert "Content-Type" not in reply.headers
        assert "Content-Language" not in reply.headers


def test_an_update_may_begin_with_a_byte_order_mark(over_release: Client) -> None:
    assert over_release.update("\ufeffINSERT DATA { <a:b> <a:c> 1 }").status == 204
    assert over_release.holds("<a:b> <a:c> 1")


def test_blank_nodes_of_two_documents_are_different(over_release: Client) -> None:
    for _ in range(2):
        assert over_release.put(G, "_:a <http://example.org/p> 1 .", method="POST").status in (201, 204)
    assert over_release.count(f"GRAPH <{G}> {{ ?s ?p 1 }}") == 2


def test_a_patch_changes_its_graph_alone(over_release: Client) -> None:
    over_release.put(G, TRIPLE)

    def patch(text: str, kind: str = "application/sparql-update") -> int:
        return over_release.ask(store(G), "PATCH", (PROLOGUE + text).encode(), Content_Type=kind).status

    assert patch("DELETE { ?s ?p ?o } INSERT { ?s ?p 2 } WHERE { ?s ?p ?o } ; INSERT DATA { e:s e:p 3 }") == 204
    assert over_release.count(f"GRAPH <{G}> {{ e:s e:p ?o FILTER(?o IN (2, 3)) }}") == 2
    assert over_release.count("GRAPH ?g { e:s ?p ?o }") == 2
    for other in (
        "INSERT DATA { GRAPH e:other { e:s e:p 1 } }",
        "INSERT { GRAPH ?g { e:s e:p 1 } } WHERE { BIND(e:other AS ?g) }",
        "WITH e:other INSERT { e:s e:p 1 } WHERE {}",
        "CLEAR DEFAULT",
        "DROP ALL",
    ):
        assert patch(other) == 400
    assert patch("INSERT DATA { e:s e:p 1 }", "text/turtle") == 415
    assert over_release.count("GRAPH ?g { e:s ?p ?o }") == 2


def test_a_request_may_say_what_an_update_reads(over_release: Client) -> None:
    over_release.put(G, TRIPLE)
    insert = f"{PROLOGUE}INSERT {{ GRAPH e:found {{ ?s ?p 1 }} }} WHERE {{ ?s ?p e:o }}"
    assert over_release.update(insert).status == 204
    assert not over_release.holds("GRAPH e:found { ?s ?p ?o }")
    assert over_release.update(insert, f"?using-graph-uri={G}").status == 204
    assert over_release.holds("GRAPH e:found { e:s e:p 1 }")
    named = f"{PROLOGUE}INSERT {{ GRAPH e:named {{ ?s ?p 1 }} }} WHERE {{ GRAPH ?g {{ ?s ?p e:o }} }}"
    assert over_release.update(named, "?using-named-graph-uri=http://example.org/none").status == 204
    assert not over_release.holds("GRAPH e:named { ?s ?p ?o }")
    for other in (insert.replace("WHERE", "USING e:g WHERE"), insert.replace("INSERT", "WITH e:g INSERT", 1)):
        assert over_release.update(other, f"?using-graph-uri={G}").status == 400
    assert over_release.update(insert, "?using-graph-uri=relative").status == 400
