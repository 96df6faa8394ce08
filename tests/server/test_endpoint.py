"""The SPARQL endpoint over HTTP: every format, every error."""

from __future__ import annotations

import csv
import http.client
import io
import json
import re
import socket
import xml.etree.ElementTree as ET
from pathlib import Path
from urllib.parse import quote, urlencode, urlsplit

import pyoxigraph as ox
import pytest

from tests.server.serving import RDM, SHEET, Server, Start, until

SELECT = f"SELECT ?sheet {{ ?sheet a <{RDM}CheatSheet> }}"
CONSTRUCT = f"CONSTRUCT {{ ?s ?p ?o }} WHERE {{ ?s ?p ?o FILTER(?s = <{SHEET}>) }}"
RESULTS = "{http://www.w3.org/2005/sparql-results#}"
RDF = "http://www.w3.org/1999/02/22-rdf-syntax-ns#"
FORM = {"Content-Type": "application/x-www-form-urlencoded"}
EVERYTHING = "?a ?b ?c . ?d ?e ?f . ?g ?h ?i"
ENDLESS = f"SELECT (COUNT(*) AS ?n) {{ {EVERYTHING} }}"
"""Years of work, without a first byte before its end."""


def test_select_in_every_format(server: Server) -> None:
    as_json = server.query(SELECT, "application/sparql-results+json")
    assert json.loads(as_json.body)["results"]["bindings"] == [{"sheet": {"type": "uri", "value": SHEET}}]
    as_xml = server.query(SELECT, "application/sparql-results+xml")
    assert [node.text for node in ET.fromstring(as_xml.body).iter(f"{RESULTS}uri")] == [SHEET]
    assert list(csv.reader(io.StringIO(server.query(SELECT, "text/csv").text))) == [["sheet"], [SHEET]]
    assert server.query(SELECT, "text/tab-separated-values").text == f"?sheet\n<{SHEET}>\n"


@pytest.mark.parametrize(
    ("written", "read"),
    [
        ("a\\u0001b", "a\ufffdb"),
        ("a\\u0000\\u001f\\uFFFE\\uFFFFb", "a\ufffd\ufffd\ufffd\ufffdb"),
        ("a\\r\\nb\\rc\\td", "a\r\nb\rc\td"),
        ("&#1; <b> ]]>", "&#1; <b> ]]>"),
    ],
)
def test_an_answer_in_xml_is_well_formed_whatever_its_texts_are(server: Server, written: str, read: str) -> None:
    answer = server.query(f'SELECT ("{written}" AS ?x) {{}}', "application/sparql-results+xml")
    assert [node.text for node in ET.fromstring(answer.body).iter(f"{RESULTS}literal")] == [read]
    graph = server.query(f'CONSTRUCT {{ <urn:s> <urn:p> "{written}" }} WHERE {{}}', "application/rdf+xml")
    assert (graph.status, [node.text for node in ET.fromstring(graph.body).iter("{urn:}p")]) == (200, [read])


@pytest.mark.parametrize(
    "name", ["http://a.example/1", "http://a.example/p/", "urn:1", f"{RDF}li", "http://a.example/x\u0346"]
)
def test_a_graph_that_rdf_xml_cannot_name_is_not_acceptable_in_it(server: Server, name: str) -> None:
    query = f"CONSTRUCT {{ <urn:s> <urn:p> 1 ; <{name}> 2 }} WHERE {{}}"
    refused = server.query(query, "application/rdf+xml")
    assert (refused.status, refused.media_type) == (406, "application/problem+json")
    assert "RDF/XML has no name for" in json.loads(refused.body)["detail"]
    assert server.query(query, "text/turtle").status == 200


def test_a_name_at_the_end_of_a_large_graph_is_seen_before_the_first_byte_is_sent(server: Server) -> None:
    digits = " ".join(f"VALUES ?{name} {{ 0 1 2 3 4 5 6 7 8 9 }}" for name in "abcd")
    names = f'{{ {digits} BIND(IRI(CONCAT("urn:p", STR(?a), STR(?b), STR(?c), STR(?d))) AS ?p) }}'
    query = f"CONSTRUCT {{ <urn:s> ?p 1 }} WHERE {{ {names} UNION {{ BIND(<urn:9> AS ?p) }} }}"
    assert len(server.query(query, "text/turtle").body) > 100_000
    assert server.query(query, "application/rdf+xml").status == 406


@pytest.mark.parametrize(
    ("media_type", "rdf"),
    [
        ("text/turtle", ox.RdfFormat.TURTLE),
        ("application/n-triples", ox.RdfFormat.N_TRIPLES),
        ("application/ld+json", ox.RdfFormat.JSON_LD),
        ("application/rdf+xml", ox.RdfFormat.RDF_XML),
        ("application/n-quads", ox.RdfFormat.N_QUADS),
        ("application/trig", ox.RdfFormat.TRIG),
    ],
)
def test_a_graph_in_every_format(server: Server, media_type: str, rdf: ox.RdfFormat) -> None:
    reply = server.query(CONSTRUCT, media_type)
    assert reply.media_type == media_type
    assert reply.headers["Vary"].split(", ")[0] == "Accept"
    statements = {str(quad.triple) for quad in ox.parse(reply.body, rdf)}
    assert len(statements) == 8
    assert f'<{SHEET}> <http://purl.org/dc/terms/identifier> "mice"' in statements


def test_the_form_decides_where_no_format_is_asked_for(server: Server) -> None:
    assert server.query("ASK {}").media_type == "application/sparql-results+json"
    assert server.query("ASK {}").text == '{"head":{},"boolean":true}'
    assert server.query("DESCRIBE <http://example.org/1>").media_type == "text/turtle"


def test_a_format_in_the_url_goes_before_accept(server: Server) -> None:
    path = f"/sparql?format=csv&query={quote(SELECT)}"
    assert server.ask(path, headers={"Accept": "application/sparql-results+xml"}).media_type == "text/csv"


def test_not_acceptable_lists_what_there_is(server: Server) -> None:
    reply = server.query(SELECT, "text/turtle")
    assert reply.status == 406
    assert "text/csv" in json.loads(reply.body)["available"]
    assert server.query(CONSTRUCT, "text/csv").status == 406


@pytest.mark.parametrize(
    ("headers", "body"),
    [
        (FORM, urlencode({"query": SELECT}).encode()),
        ({"Content-Type": "application/sparql-query"}, SELECT.encode()),
    ],
)
def test_both_kinds_of_post(server: Server, headers: dict[str, str], body: bytes) -> None:
    assert SHEET in server.ask("/sparql", "POST", body, headers).text


def test_head_has_the_headers_of_get_and_no_body(server: Server) -> None:
    path = "/sparql?query=" + quote(SELECT)
    head, get = server.ask(path, "HEAD"), server.ask(path)
    assert head.body == b""
    assert head.headers["Content-Length"] == str(len(get.body))
    assert server.ask("/sparql?query=" + quote("SELECT * { ?s ?p ?o }"), "HEAD").status == 200


def test_other_origins_may_ask(server: Server) -> None:
    assert server.query("ASK {}").headers["Access-Control-Allow-Origin"] == "*"
    preflight = server.ask("/sparql", "OPTIONS", headers={"Origin": "http://example.org"})
    assert preflight.status == 200
    assert "POST" in preflight.headers["Access-Control-Allow-Methods"]
    assert "Content-Type" in preflight.headers["Access-Control-Allow-Headers"]


def test_a_dataset_in_the_request(server: Server) -> None:
    path = f"/sparql?query={quote('ASK { ?s ?p ?o }')}&default-graph-uri="
    assert server.ask(path + quote("https://w3id.org/rdm-kg/id/test/page/mice#graph")).text.endswith("true}")
    assert server.ask(path + "http://example.org/none").text.endswith("false}")
    assert server.ask(path + "http://[").status == 400


def test_a_syntax_error_says_where(server: Server) -> None:
    reply = server.query("SELECT *\nWHERE { ?s ?p }")
    assert reply.status == 400
    assert reply.media_type == "application/problem+json"
    problem = json.loads(reply.body)
    assert (problem["title"], problem["status"], problem["line"]) == ("Bad Request", 400, 2)
    assert problem["column"] > 10


@pytest.mark.parametrize(
    ("query", "status", "words"),
    [
        ("SELECT * { SERVICE <http://127.0.0.1:1/> { ?s ?p ?o } }", 403, "SERVICE"),
        ("SELECT * { SERVICE SILENT <http://127.0.0.1:1/> { ?s ?p ?o } }", 403, "SERVICE"),
        ("LOAD <http://127.0.0.1:1/>", 400, "read-only"),
        ("INSERT DATA { <a:b> <c:d> <e:f> }", 400, "read-only"),
        ("DROP ALL", 400, "read-only"),
        ("SELECT (<http://example.org/f>(1) AS ?x) {}", 400, "function"),
        ("not a query", 400, "1:1"),
        ("", 400, "1:1"),
    ],
)
def test_what_is_no_query_to_this_store_is_refused(server: Server, query: str, status: int, words: str) -> None:
    reply = server.query(query)
    assert reply.status == status
    assert words in json.loads(reply.body)["detail"]


@pytest.mark.parametrize(
    ("method", "headers", "body", "status"),
    [
        ("POST", FORM, b"update=DROP+ALL", 400),
        ("POST", {"Content-Type": "application/sparql-update"}, b"DROP ALL", 400),
        ("POST", FORM, b"query=ASK%20%FF", 400),
        ("POST", {"Content-Type": "application/json"}, b"{}", 415),
        ("POST", {}, b"ASK {}", 415),
        ("PUT", FORM, b"query=ASK+%7B%7D", 405),
        ("POST", {"Content-Type": "application/sparql-query"}, b"#" * 300_000, 413),
        ("POST", {"Content-Type": "application/sparql-query"}, b"#" * 3_000_000, 413),
    ],
)
def test_bad_requests_are_problems(
    server: Server, method: str, headers: dict[str, str], body: bytes, status: int
) -> None:
    reply = server.ask("/sparql", method, body, headers)
    assert (reply.status, reply.media_type) == (status, "application/problem+json")
    assert json.loads(reply.body)["status"] == status


def test_people_get_problems_as_pages(server: Server) -> None:
    reply = server.query("SELECT <b>", "text/html")
    assert (reply.status, reply.media_type) == (400, "text/html")
    assert "syntax error at 1:11" in reply.text


def test_a_page_shows_no_more_cells_than_people_read(server: Server) -> None:
    names = " ".join(f"?nothing{number}" for number in range(5000))
    body = urlencode({"query": f"SELECT {names} {{ ?s ?p ?o }} LIMIT 50"}).encode()
    page = server.ask("/sparql", "POST", body, {**FORM, "Accept": "text/html"})
    assert page.status == 200
    assert "too large for a page" in page.text
    assert "<td" not in page.text


@pytest.mark.slow
def test_an_endless_query_is_ended_while_others_are_answered(server: Server) -> None:
    where = server.url.removeprefix("http://")
    endless = http.client.HTTPConnection(where, timeout=60)
    endless.request("GET", "/sparql?query=" + quote(ENDLESS))
    assert server.query("ASK {}").status == 200
    with endless.getresponse() as response:
        assert response.status == 504
        assert int(response.headers["Retry-After"]) > 0
        assert "3 s" in json.loads(response.read())["detail"]
    endless.close()
    until(lambda: len(server.workers()) == 4)
    assert server.query("ASK {}").status == 200


@pytest.mark.slow
def test_a_client_that_shuts_its_side_is_told_why_its_query_was_ended(server: Server) -> None:
    where = urlsplit(server.url)
    with socket.create_connection((where.hostname, where.port), timeout=60) as client:
        client.sendall(f"GET /sparql?query={quote(ENDLESS)} HTTP/1.1\r\nHost: {where.netloc}\r\n\r\n".encode())
        client.shutdown(socket.SHUT_WR)
        reply = b"".join(iter(lambda: client.recv(65536), b""))
    assert reply.startswith(b"HTTP/1.1 503 ")
    assert b"has shut its side of the connection" in reply


def test_a_query_that_eats_memory_is_ended(start: Start, releases: Path) -> None:
    server = start(releases, KG_QUERY_MEMORY="256", KG_QUERY_TIMEOUT="600", KG_QUERY_WORKERS="1")
    reply = server.query(f"SELECT * {{ {EVERYTHING} }} ORDER BY ?c ?f ?i")
    assert (reply.status, reply.media_type) == (503, "application/problem+json")
    assert "memory" in json.loads(reply.body)["detail"]
    assert server.query("ASK {}").status == 200


def test_deep_nesting_harms_nobody(server: Server) -> None:
    query = "SELECT * {" + "{" * 10_000 + "}" * 10_000 + "}"
    reply = server.ask("/sparql", "POST", query.encode(), {"Content-Type": "application/sparql-query"})
    assert reply.status in {200, 400, 503, 504}
    assert server.query("ASK {}").status == 200


@pytest.mark.slow
def test_an_answer_that_cannot_be_finished_is_broken_off(server: Server) -> None:
    with pytest.raises(http.client.IncompleteRead) as raised:
        server.query(f"SELECT * {{ {EVERYTHING} }}")
    assert len(raised.value.partial) > 32 * 1024
    assert server.query("ASK {}").status == 200


@pytest.mark.slow
def test_a_broken_answer_shows_without_chunks_too(server: Server) -> None:
    where = urlsplit(server.url)
    with socket.create_connection((where.hostname, where.port), timeout=60) as connection:
        query = quote(f"SELECT * {{ {EVERYTHING} }}")
        connection.sendall(f"GET /sparql?query={query} HTTP/1.0\r\n\r\n".encode())
        with connection.makefile("rb") as answer, pytest.raises(ConnectionResetError):
            answer.read()


def test_a_large_answer_arrives_whole(server: Server) -> None:
    lines = server.query("SELECT * { ?a <http://example.org/p> ?b }", "text/csv").text.splitlines()
    assert len(lines) == 2001


def test_a_variable_of_select_in_having_has_a_hint_in_a_header_and_on_the_page(server: Server) -> None:
    query = "SELECT ?s (COUNT(*) AS ?ø) { ?s ?p ?o } GROUP BY ?s HAVING (?ø > 1)"
    for _ in range(2):
        reply = server.query(query, "text/csv")
        assert (reply.status, reply.headers["Query-Hint"]) == (200, "?? is not bound in HAVING; write COUNT(*) there")
        assert "Query-Hint" in reply.headers["Access-Control-Expose-Headers"]
    assert "?ø is not bound in HAVING; write COUNT(*) there" in server.query(query, "text/html").text
    assert "Query-Hint" not in server.query(query.replace("?ø >", "COUNT(*) >"), "text/csv").headers


def test_prefixes_are_declared_for_people_and_not_for_programs(server: Server) -> None:
    query = "SELECT ?s { ?s a rdm:CheatSheet }"
    assert server.query(query, "text/csv").status == 400
    page = server.query(query, "text/html")
    assert (page.status, "/id/test/page/mice" in page.text) == (200, True)
    assert "PREFIX" not in page.text.partition("<textarea")[2].partition("</textarea>")[0]


@pytest.mark.parametrize("asked", ["html", "csv", "json", "xml", "tsv"])
def test_the_form_asks_the_same_query_whatever_format_is_chosen(server: Server, asked: str) -> None:
    form = server.ask("/sparql", headers={"Accept": "text/html"}).text
    (name, value) = re.findall(r'<input type="hidden" name="([^"]*)" value="([^"]*)">', form)[0]
    sent = {"query": "SELECT ?sheet { ?sheet a rdm:CheatSheet }", "format": asked, name: value}
    for _ in range(2):
        answer = server.ask("/sparql", "POST", urlencode(sent).encode(), headers=FORM)
        assert answer.status == 200
        assert SHEET.rpartition("/")[2] in answer.text


def test_queries_that_differ_only_in_names_are_declared_each(server: Server) -> None:
    for prefix, name in [("rdm", f"{RDM}a"), ("rdm", f"{RDM}a"), ("dct", "http://purl.org/dc/terms/a")] * 2:
        sent = urlencode({"prefixes": "known", "query": f"SELECT ({prefix}:a AS ?x) {{}}"})
        assert server.ask(f"/sparql?{sent}", headers={"Accept": "text/csv"}).text.split() == ["x", name]


def test_a_query_of_a_program_declares_its_own_prefixes_and_is_told_how(server: Server) -> None:
    refused = server.query("SELECT ?sheet { ?sheet a rdm:CheatSheet }", "text/csv")
    assert refused.status == 400
    assert f"prefix rdm: is not declared; add the line PREFIX rdm: <{RDM}>" in json.loads(refused.body)["detail"]
    assert json.loads(server.query("ASK { nope:a ?p ?o }").body)["detail"].endswith("prefix nope: is not declared")
