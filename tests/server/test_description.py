"""The service description at the endpoint without a query, and the dataset description at ``/.well-known/void``."""

from __future__ import annotations

from pathlib import Path
from urllib.parse import quote

import pyoxigraph as ox
import pytest

from kg.query import FORMATS, Form, Format
from kg.vocab import DESCRIPTION_GRAPH
from tests.server.browsing import content_server
from tests.server.serving import QUADS, RDM, Server, Start, make_release
from tests.writing.clients import run_writable

pytestmark = pytest.mark.slow

__all__ = ["content_server"]
SD = "http://www.w3.org/ns/sparql-service-description#"
VOID = "http://rdfs.org/ns/void#"
DESCRIPTION = f"""@prefix void: <{VOID}> .
<#dataset> a void:Dataset ; void:sparqlEndpoint <sparql> ; void:dataDump <dumps/graph.nq> .
"""


def statements(body: bytes, wanted: Format, base: str) -> set[str]:
    syntax = ox.RdfFormat.from_media_type(wanted.media_type)
    assert syntax
    return {str(quad.triple) for quad in ox.parse(body, syntax, base_iri=base)}


@pytest.fixture
def described(start: Start, tmp_path: Path) -> Server:
    make_release(tmp_path / "out", QUADS, DESCRIPTION)
    return start(tmp_path / "out")


@pytest.mark.parametrize("wanted", FORMATS[Form.GRAPH], ids=lambda wanted: wanted.name)
def test_the_service_is_described_in_every_format(server: Server, wanted: Format) -> None:
    reply = server.ask("/sparql", headers={"Accept": wanted.media_type})
    assert (reply.status, reply.media_type, reply.headers["Vary"].split(",")[0]) == (200, wanted.media_type, "Accept")
    found = statements(reply.body, wanted, server.url)
    service = f"<{server.url}/sparql#service>"
    assert f"{service} <{SD}endpoint> <{server.url}/sparql>" in found
    assert f"{service} <{SD}supportedLanguage> <{SD}SPARQL11Query>" in found
    assert f"{service} <{SD}feature> <{SD}UnionDefaultGraph>" in found
    size = len(QUADS) + 2000
    integer = "http://www.w3.org/2001/XMLSchema#integer"
    assert f'<{server.url}/sparql#default-graph> <{VOID}triples> "{size}"^^<{integer}>' in found
    assert not [line for line in found if "SPARQL11Update" in line or "BasicFederatedQuery" in line]
    assert server.ask(f"/sparql?format={wanted.name}").body == reply.body


def test_a_described_format_is_one_that_is_given(server: Server) -> None:
    found = statements(server.ask("/sparql").body, FORMATS[Form.GRAPH][0], server.url)
    said = {line.rpartition("/")[2].rstrip(">") for line in found if f"<{SD}resultFormat>" in line}
    assert len(said) == len({fmt for formats in FORMATS.values() for fmt in formats})


def test_the_default_graph_is_the_union_as_it_says(server: Server) -> None:
    assert server.query("ASK { ?s ?p ?o FILTER NOT EXISTS { GRAPH ?g { ?s ?p ?o } } }").text.endswith("false}")
    assert server.query("ASK { GRAPH ?g { ?s ?p ?o } FILTER NOT EXISTS { ?s ?p ?o } }").text.endswith("false}")


def test_the_graph_that_describes_the_release_is_named(content_server: Server, server: Server) -> None:
    turtle, named = FORMATS[Form.GRAPH][0], "sparql#description-graph"
    for path in ("/sparql", "/.well-known/void"):
        found = statements(content_server.ask(path).body, turtle, content_server.url)
        graph = f"<{content_server.url}/{named}>"
        assert f"<{content_server.url}/sparql#dataset> <{SD}namedGraph> {graph}" in found
        assert f"{graph} <{SD}name> <{DESCRIPTION_GRAPH}>" in found
    assert named not in server.ask("/sparql").text  # its release has none


def test_editors_that_can_be_given_an_address_only_find_the_description_there(content_server: Server) -> None:
    classes = f"ASK {{ ?part <{VOID}class> <{RDM}CheatSheet> }}"
    both = f"ASK {{ ?part <{VOID}class> ?class . ?sheet a ?class GRAPH ?g {{ ?sheet a <{RDM}CheatSheet> }} }}"
    paths = ("/sparql", "/sparql/described", f"/sparql?default-graph-uri={quote(DESCRIPTION_GRAPH)}")
    found = [[content_server.ask(f"{path}{'&' if '?' in path else '?'}query={quote(asked)}").text.endswith("true}")
              for path in paths] for asked in (classes, both)]  # fmt: skip
    assert found == [[False, True, True], [False, True, False]]
    form = {"Content-Type": "application/x-www-form-urlencoded"}
    posted = content_server.ask("/sparql/described", "POST", f"query={quote(both)}".encode(), form)
    assert posted.text.endswith("true}")
    named = f"/sparql/described?named-graph-uri={quote(DESCRIPTION_GRAPH)}&query={quote(classes)}"
    assert content_server.ask(named).text.endswith("false}")


def test_the_address_for_editors_has_a_service_of_its_own(content_server: Server, server: Server) -> None:
    url = content_server.url
    text = content_server.ask("/sparql", headers={"Accept": "application/n-triples"}).text
    assert f"<{url}/sparql/described#service> <{SD}endpoint> <{url}/sparql/described>" in text
    assert f"<{url}/sparql/described#service> <{SD}feature> <{SD}UnionDefaultGraph>" not in text
    assert f"<{url}/sparql/described#dataset> <{SD}namedGraph> <{url}/sparql#description-graph>" in text
    assert "described" not in server.ask("/sparql", headers={"Accept": "application/n-triples"}).text


def test_the_description_is_read_as_a_graph_and_is_not_in_the_default_graph(content_server: Server) -> None:
    described = content_server.ask(f"/graph/{DESCRIPTION_GRAPH.rpartition('/')[2]}")
    assert described.status == 303
    own = content_server.ask(described.headers["Location"])
    assert (own.status, "propertyPartition" in own.text) == (200, True)
    assert "propertyPartition" not in content_server.ask("/store?default").text


@pytest.mark.parametrize("wanted", FORMATS[Form.GRAPH], ids=lambda wanted: wanted.name)
def test_what_the_release_says_of_itself_stands_beside_it(described: Server, wanted: Format) -> None:
    reply = described.ask("/.well-known/void", headers={"Accept": wanted.media_type})
    assert (reply.status, reply.media_type) == (200, wanted.media_type)
    found = statements(reply.body, wanted, "http://example.org/not-this")
    url = described.url
    assert f"<{url}/#dataset> <{VOID}sparqlEndpoint> <{url}/sparql>" in found
    assert f"<{url}/#dataset> <{VOID}dataDump> <{url}/dumps/graph.nq>" in found
    assert f"<{url}/sparql#service> <{SD}endpoint> <{url}/sparql>" in found


def test_without_a_description_the_service_is_described_all_the_same(server: Server) -> None:
    turtle = FORMATS[Form.GRAPH][0]
    void = statements(server.ask("/.well-known/void").body, turtle, server.url)
    assert void == statements(server.ask("/sparql").body, turtle, server.url)


def test_there_is_no_description_as_a_table(server: Server) -> None:
    assert server.ask("/.well-known/void", headers={"Accept": "text/csv"}).status == 406
    assert server.ask("/.well-known/void?format=csv").status == 406
    assert server.ask("/sparql", headers={"Accept": "text/csv"}).status == 400
    assert server.ask("/.well-known/void", "HEAD").headers["Content-Length"]
    assert server.ask("/.well-known/void", "PUT").status == 405


@pytest.mark.parametrize("path", ["/sparql", "/.well-known/void"])
@pytest.mark.parametrize("accept", ["text/turtle", "application/n-triples", "application/rdf+xml"])
@pytest.mark.parametrize("host", ["x> , <http://evil.example/", "[half", "x%zz"])
def test_a_forged_host_cannot_break_out(server: Server, path: str, accept: str, host: str) -> None:
    reply = server.ask(path, headers={"Host": host, "Accept": accept})
    assert reply.status in (200, 400)
    assert "<http://evil" not in reply.text
    assert '"http://evil' not in reply.text


def test_a_damaged_description_is_not_taken_for_one(start: Start, tmp_path: Path) -> None:
    make_release(tmp_path / "out", QUADS, "<#dataset> a")
    reply = start(tmp_path / "out").ask("/.well-known/void", headers={"Accept": "application/n-triples"})
    assert (reply.status, reply.media_type) == (503, "application/problem+json")


def test_a_server_that_writes_says_so_and_no_more_than_is_true(tmp_path: Path) -> None:
    server = run_writable(tmp_path, "--no-release").server
    found = statements(server.ask("/sparql").body, FORMATS[Form.GRAPH][0], server.url)
    server.end()
    assert f"<{server.url}/update#service> <{SD}endpoint> <{server.url}/update>" in found
    assert f"<{server.url}/update#service> <{SD}supportedLanguage> <{SD}SPARQL11Update>" in found
    said = {
        name: {line.split()[1] for line in found if line.startswith(f"<{server.url}/{name}#service>")}
        for name in ("sparql", "update")
    }
    assert said["sparql"] <= said["update"]
    assert f"<{SD}inputFormat>" in said["update"]
    assert not [line for line in found if "UnionDefaultGraph" in line or VOID in line]
