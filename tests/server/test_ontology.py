"""The ontology at the path of its IRI, for browsers and for programs."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from rdflib import OWL, RDF, Graph, URIRef

from kg.page_html.ontology import document_ontology, ontology_graph
from kg.release import new_release, publish
from kg.store import oxigraph
from kg.vocab import ROLE, SECTION
from tests.server.pages import Seen
from tests.server.serving import Server, run_server

BROWSER = {"Accept": "text/html,application/xhtml+xml,application/xml;q=0.9,*/*;q=0.8"}
HEADER = URIRef("https://w3id.org/rdm-kg/ont")
FORMATS = {
    "turtle": "text/turtle",
    "xml": "application/rdf+xml",
    "json-ld": "application/ld+json",
    "nt": "application/n-triples",
}
"""rdflib's name of each format → media type."""


@pytest.fixture(scope="module")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Server]:
    """Start a server over a release with only the ontology."""
    folder = tmp_path_factory.mktemp("ontology")
    with new_release(folder / "out") as draft:
        triples = ontology_graph().serialize(format="nt").splitlines()
        (draft / "graph.nq").write_text("".join(f"{line[:-1]}<{HEADER}> .\n" for line in triples if line))
        counts = oxigraph.create(draft / "store", draft / "graph.nq")
        document_ontology(draft / "ontology")
        facts = {"triples": counts.triples, "quads": counts.quads, "graphs": counts.graphs}
        publish(draft, {"created": "2025-01-01T00:00:00Z", "builder": "test", "sites": [], "counts": facts})
    served = run_server(folder, ["--release", str(folder / "out"), "--port", "0"])
    yield served
    assert served.end() == 0


def test_a_browser_gets_a_page_with_its_style(server: Server) -> None:
    reply = server.ask("/ont", headers=BROWSER)
    assert (reply.status, reply.media_type) == (200, "text/html")
    assert 'id="CheatSheet"' in reply.text
    assert '<link rel="stylesheet" href="/ont.css">' in reply.text
    assert server.ask("/ont.css").media_type == "text/css"
    assert "<style" not in reply.text, "the content security policy would block it"


def test_the_page_has_the_layout_of_every_page(server: Server) -> None:
    page = Seen(server.ask("/ont", headers=BROWSER).text)
    assert [page.tags.count(tag) for tag in ("h1", "main", "footer")] == [1, 1, 1]
    assert {"/", "/search", "/browse", "/ont", "/ont.ttl"} <= set(page.addresses)
    assert len(page.ids) == len(set(page.ids))
    assert server.ask("/ont.html").body == server.ask("/ont", headers=BROWSER).body


@pytest.mark.filterwarnings("ignore:ConjunctiveGraph is deprecated")  # rdflib's own reader of JSON-LD uses it
@pytest.mark.parametrize(
    ("accept", "media_type", "reader"),
    [
        ("*/*", "text/turtle", "turtle"),
        ("text/turtle", "text/turtle", "turtle"),
        ("application/rdf+xml", "application/rdf+xml", "xml"),
        ("application/ld+json", "application/ld+json", "json-ld"),
        ("application/n-triples", "application/n-triples", "nt"),
        ("application/rdf+xml, text/turtle;q=0.9, */*;q=0.1", "application/rdf+xml", "xml"),
    ],
)
def test_a_program_gets_the_ontology(server: Server, accept: str, media_type: str, reader: str) -> None:
    reply = server.ask("/ont", headers={"Accept": accept})
    assert (reply.status, reply.media_type) == (200, media_type)
    assert "Accept" in reply.headers["Vary"]
    graph = Graph().parse(data=reply.body, format=reader)
    assert (HEADER, RDF.type, OWL.Ontology) in graph
    again = server.ask(reply.headers["Content-Location"])
    assert (again.media_type, again.body) == (media_type, reply.body)


def test_a_format_can_be_named(server: Server) -> None:
    assert server.ask("/ont?format=turtle", headers=BROWSER).media_type == "text/turtle"
    assert server.ask("/ont?format=html").media_type == "text/html"


@pytest.mark.filterwarnings("ignore:ConjunctiveGraph is deprecated")  # rdflib's own reader of JSON-LD uses it
@pytest.mark.parametrize(("reader", "media_type"), FORMATS.items())
def test_the_iri_of_the_version_answers_as_the_ontology_does(server: Server, reader: str, media_type: str) -> None:
    accept = {"Accept": media_type}
    reply = server.ask("/ont", headers=accept)
    (version,) = Graph().parse(data=reply.body, format=reader).objects(HEADER, OWL.versionIRI)
    path = str(version).removeprefix("https://w3id.org/rdm-kg")
    versioned = server.ask(path, headers=accept)
    assert (versioned.status, versioned.media_type, versioned.body) == (200, media_type, reply.body)
    assert "Accept" in versioned.headers["Vary"]
    named = server.ask(f"{path}?format={reader}", headers=BROWSER)
    assert (named.media_type, named.body) == (media_type, reply.body)
    again = server.ask(path, headers={**accept, "If-None-Match": versioned.headers["ETag"]})
    assert (again.status, again.body) == (304, b"")


def test_people_are_led_from_the_version_to_the_page_which_names_it(server: Server) -> None:
    reply = server.ask("/ont/0.1.0", headers=BROWSER)
    assert (reply.status, reply.headers["Location"]) == (303, "/ont")
    assert "https://w3id.org/rdm-kg/ont/0.1.0" in server.ask("/ont", headers=BROWSER).text
    assert server.ask("/ont/0.1.0", headers={"Accept": "image/png"}).status == 406


def test_of_other_versions_the_one_that_is_there_is_told(server: Server) -> None:
    for accept in ("text/turtle", "text/html"):
        reply = server.ask("/ont/0.0.9", headers={"Accept": accept})
        assert reply.status == 404
        assert "there is 0.1.0" in reply.text


def test_what_there_is_not_is_told(server: Server) -> None:
    refused = server.ask("/ont", headers={"Accept": "image/png"})
    assert refused.status == 406
    assert "text/turtle" in refused.text
    absent = server.ask("/ont.owl")
    assert absent.status == 404
    assert "there are ont.ttl" in absent.text


@pytest.mark.parametrize(("kind", "names"), [("role", ROLE.terms), ("section", SECTION.terms)])
def test_roles_and_sections_lead_to_their_place_on_the_page(server: Server, kind: str, names: dict[str, str]) -> None:
    page = server.ask("/ont", headers=BROWSER).text
    for name in ("", *names):
        reply = server.ask(f"/{kind}/{name}")
        path, _, anchor = reply.headers["Location"].partition("#")
        assert (reply.status, path) == (303, "/ont")
        assert f'id="{anchor}"' in page
    unknown = server.ask(f"/{kind}/nonsense")
    assert unknown.status == 404
    assert next(iter(names)) in unknown.text


def test_an_unchanged_page_is_not_sent_again(server: Server) -> None:
    first = server.ask("/ont", headers=BROWSER)
    again = server.ask("/ont", headers={**BROWSER, "If-None-Match": first.headers["ETag"]})
    assert (again.status, again.body) == (304, b"")


@pytest.mark.slow
def test_a_release_without_ontology_says_what_to_do(releases: Path, tmp_path: Path) -> None:
    served = run_server(tmp_path, ["--release", str(releases), "--port", "0"])
    try:
        reply = served.ask("/ont")
        assert reply.status == 404
        assert "build it again" in reply.text
    finally:
        served.end()
