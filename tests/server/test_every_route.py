"""Every route of the application with the Accept headers that clients send by default."""

from __future__ import annotations

import json
from collections.abc import Mapping
from urllib.parse import quote, urlsplit

import pytest
from pyoxigraph import DefaultGraph, RdfFormat, parse

from kg.query import FORMATS, Form
from tests.server.pages import BROWSER, DICOM, PIC
from tests.server.routes import CONSTRUCT, SELECT, readable
from tests.server.serving import Reply, Server

pytestmark = pytest.mark.slow

ACCEPTS = {
    "Comunica": (
        "application/n-quads,application/trig;q=0.95,application/ld+json;q=0.9,application/n-triples;q=0.8,"
        "text/turtle;q=0.6,application/rdf+xml;q=0.5,text/n3;q=0.35,application/xml;q=0.3,image/svg+xml;q=0.3,"
        "text/xml;q=0.3,text/html;q=0.2,application/xhtml+xml;q=0.18,application/json;q=0.135,text/shaclc;q=0.1"
    ),
    "Jena, graphs": (
        "text/turtle,application/n-triples;q=0.9,application/ld+json;q=0.8,application/rdf+xml;q=0.7,*/*;q=0.3"
    ),
    "Jena, any": (
        "text/turtle,application/n-triples;q=0.9,application/rdf+xml;q=0.7,application/trig,application/n-quads;q=0.9,"
        "application/ld+json;q=0.8,*/*;q=0.5"
    ),
    "Jena, datasets": (
        "application/trig,application/n-quads;q=0.9,application/ld+json;q=0.8,text/turtle;q=0.7,"
        "application/n-triples;q=0.7,application/rdf+xml;q=0.6,*/*;q=0.3"
    ),
    "Jena, rows": (
        "application/sparql-results+json,application/sparql-results+xml;q=0.9,text/tab-separated-values;q=0.7,"
        "text/csv;q=0.5,application/json;q=0.2,application/xml;q=0.2,*/*;q=0.1"
    ),
    "RDF4J": (
        "application/trig, application/x-trig, application/n-quads;q=0.9, text/x-nquads;q=0.9, text/turtle;q=0.5, "
        "application/x-turtle;q=0.5, application/rdf+xml;q=0.5, application/xml;q=0.5, text/xml;q=0.5, "
        "application/n-triples;q=0.4, text/plain;q=0.4, application/xhtml+xml;q=0.5, text/html;q=0.5"
    ),
    "RDF4J, graphs of an endpoint": (
        "text/turtle, application/x-turtle, application/rdf+xml;q=0.8, application/xml;q=0.8, text/xml;q=0.8, "
        "application/n-triples;q=0.7, text/plain;q=0.7, application/ld+json;q=0.8, application/trig;q=0.8, "
        "application/x-trig;q=0.8, application/n-quads;q=0.7, text/x-nquads;q=0.7, text/nquads;q=0.7"
    ),
    "rdflib": (
        "application/rdf+xml, text/n3, text/turtle, application/n-triples, application/ld+json, application/n-quads, "
        "application/trix, application/trig"
    ),
    "rdflib, JSON-LD": "application/ld+json, application/json;q=0.9, */*;q=0.1",
    "rdflib, store": "application/rdf+xml, application/sparql-results+xml",
    "SPARQLWrapper": "application/sparql-results+json,application/json,text/javascript,application/javascript",
    "Firefox": "text/html,application/xhtml+xml,application/xml;q=0.9,*/*;q=0.8",
    "Chromium": (
        "text/html,application/xhtml+xml,application/xml;q=0.9,image/jxl,image/avif,image/webp,image/apng,*/*;q=0.8,"
        "application/signed-exchange;v=b3;q=0.7"
    ),
    "curl": "*/*",
    "F-UJI, pages": "text/html, application/xhtml+xml",
    "F-UJI, pages and XML": (
        "text/html, application/xhtml+xml, application/xml;q=0.5, text/xml;q=0.5, application/rdf+xml;q=0.5"
    ),
    "F-UJI, JSON": "application/json, text/json;q=0.5",
    "F-UJI, JSON-LD": "application/ld+json",
    "F-UJI, XML": "application/xml, text/xml;q=0.5",
    "F-UJI, Turtle": (
        "text/ttl, text/turtle, application/turtle, application/x-turtle;q=0.6, text/n3;q=0.3, text/rdf+n3;q=0.3, "
        "application/rdf+n3;q=0.3"
    ),
    "F-UJI, RDF/XML": "application/rdf+xml, text/rdf;q=0.5, application/xml;q=0.1, text/xml;q=0.1",
    "F-UJI, anything": "text/html, */*",
    "F-UJI, RDF": (
        "text/turtle, application/turtle, application/x-turtle;q=0.8, application/rdf+xml, text/n3;q=0.9, "
        "text/rdf+n3;q=0.9, application/ld+json"
    ),
    "F-UJI, schema.org": "application/vnd.schemaorg.ld+json, application/ld+json",
    "F-UJI, link sets": "application/linkset+json, application/json;q=0.5",
    "Googlebot": "text/html,application/xhtml+xml,application/signed-exchange;v=b3,application/xml;q=0.9,*/*;q=0.8",
    "quads, or Turtle": "application/n-quads,text/turtle;q=0.6",
    "RDF/XML, or a page": "application/rdf+xml,text/html;q=0.9",
    "a page, or rows": "text/html;q=0.5, text/csv;q=0.4",
}
"""Client → the header that it sends by default, or that asks for two of the formats."""
NOTHING = {"Accept": "image/x-none"}


@pytest.fixture(scope="module")
def addresses(shipped: Server) -> dict[str, list[str]]:
    """Return Flask endpoint → addresses for every route of the application that can be read."""
    return readable(shipped, shipped.log.parent / "out")


def quality(accept: str, media_type: str) -> float:
    """Return the quality of a media type by the most specific range of a header (RFC 9110, section 12.5.1)."""
    found = {}
    for part in accept.split(","):
        media_range, *parameters = (text.strip() for text in part.split(";"))
        weights = [float(text[2:]) for text in parameters if text.startswith("q=")]
        found[media_range] = weights[0] if weights else 1.0
    ranges = (media_type, media_type.partition("/")[0] + "/*", "*/*")
    return next((found[media_range] for media_range in ranges if media_range in found), 0.0)


def followed(server: Server, address: str, headers: Mapping[str, str]) -> Reply:
    """Return the reply after redirections, each of which must vary as the last does."""
    for _ in range(5):
        reply = server.ask(address, headers=headers)
        lines = reply.headers.get_all("Vary", [])
        assert len(lines) <= 1, (address, lines)
        if reply.status not in (301, 303):
            return reply
        target = urlsplit(reply.headers["Location"])
        address = f"{target.path}?{target.query}" if target.query else target.path
    pytest.fail(f"too many redirections at {address}")


@pytest.mark.parametrize("client", ACCEPTS)
def test_a_client_gets_the_best_of_what_each_route_offers(
    shipped: Server, addresses: dict[str, list[str]], client: str
) -> None:
    accept = ACCEPTS[client]
    for address in (each for examples in addresses.values() for each in examples):
        refused = followed(shipped, address, NOTHING)
        reply = followed(shipped, address, {"Accept": accept})
        assert (reply.headers.get("Vary") or "").split(", ").count("Accept") <= 1
        if refused.status == 200:
            assert (reply.status, reply.media_type) == (200, refused.media_type), (address, reply.text[:300])
            continue
        assert (refused.status, refused.media_type) == (406, "application/problem+json"), (address, refused.text)
        offers = json.loads(refused.body)["available"]
        assert "Accept" in reply.headers["Vary"].split(", "), address
        wanted = max(quality(accept, offer) for offer in offers)
        if reply.status == 406:
            assert wanted == 0, (address, reply.text)
            assert [offer for offer in offers if offer not in reply.text] == []
        else:
            given = quality(accept, reply.media_type)
            assert (reply.status, given > 0, given >= wanted) == (200, True, True), (address, reply.media_type)


def test_every_page_says_what_it_is_about(shipped: Server, addresses: dict[str, list[str]]) -> None:
    pages = 0
    for address in (each for examples in addresses.values() for each in examples):
        reply = followed(shipped, address, BROWSER)
        if reply.media_type == "text/html" and reply.status == 200:
            pages += 1
            assert reply.text.count('<script type="application/ld+json">') == 1, address
            assert '<meta name="description"' in reply.text
            assert 'rel="type"' in reply.headers["Link"]
    assert pages > 20


@pytest.mark.parametrize("path", ["/id/lookup/page/pic", f"/id/?iri={quote(DICOM)}", "/ont", "/id/lookup"])
@pytest.mark.parametrize("name", ["trig", "nquads"])
def test_a_thing_with_its_named_graphs_has_the_statements_of_the_thing_without(
    shipped: Server, path: str, name: str
) -> None:
    wanted = next(fmt for fmt in FORMATS[Form.GRAPH] if fmt.name == name)
    reply = shipped.ask(path, headers={"Accept": wanted.media_type})
    assert (reply.status, reply.media_type) == (200, wanted.media_type)
    quads = list(parse(reply.body, RdfFormat.from_media_type(wanted.media_type)))
    assert not [quad for quad in quads if isinstance(quad.graph_name, DefaultGraph)]
    graphs = {quad.graph_name.value for quad in quads}
    assert graphs & {f"{PIC}#graph", "https://w3id.org/rdm-kg/graph/fairsharing", "https://w3id.org/rdm-kg/ont"}
    plain = shipped.ask(path, headers={"Accept": "application/n-triples"}).body
    if path == "/ont":
        assert len(quads) == plain.count(b"\n")
    else:
        assert {str(quad.triple) for quad in quads} == {str(quad.triple) for quad in parse(plain, RdfFormat.N_TRIPLES)}
    assert shipped.ask(f"{path}{'&' if '?' in path else '?'}format={name}").body == reply.body


def test_only_the_order_of_the_endpoints_offers_depends_on_the_form_of_the_answer(shipped: Server) -> None:
    accept = {"Accept": "application/rdf+xml, text/html;q=0.9"}
    assert shipped.ask(f"/sparql?query={quote(SELECT)}", headers=accept).media_type == "text/html"
    assert shipped.ask(f"/sparql?query={quote(CONSTRUCT)}", headers=accept).media_type == "application/rdf+xml"
    assert shipped.ask("/sparql", headers=accept).media_type == "application/rdf+xml"


@pytest.mark.parametrize(
    ("accept", "media_type"),
    [
        ("application/json", "application/json"),
        ("application/json, text/turtle", "application/json"),
        ("application/json, application/sparql-results+json;q=0.1", "application/sparql-results+json"),
        ("application/json, */*;q=0.1", "application/sparql-results+json"),
        ("text/xml", "text/xml"),
        (None, "application/sparql-results+json"),
    ],
)
def test_an_answer_has_the_name_by_which_alone_it_was_asked_for(
    shipped: Server, accept: str | None, media_type: str
) -> None:
    assert shipped.query(SELECT, accept).media_type == media_type
    assert shipped.query(f"{SELECT} # again", accept).media_type == media_type
    headers = {"Accept": accept} if accept else {}
    assert shipped.ask("/queries/gaps", headers=headers).media_type == media_type


@pytest.mark.parametrize(
    "path",
    ["/sparql?query=ASK%7B%7D&format=", "/id/lookup?format=", "/search?format=", "/queries/gaps?format=", "/?format="],
)
def test_a_format_without_a_name_is_a_bad_request(shipped: Server, path: str) -> None:
    reply = shipped.ask(path)
    assert (reply.status, reply.media_type) == (400, "application/problem+json")


@pytest.mark.parametrize("page", ["null", "0", "-1", "1.5", "9999999999"])
@pytest.mark.parametrize("path", ["/search?page=", "/browse?page=", "/browse/matrix?sheets="])
def test_a_page_that_is_no_number_is_a_bad_request(shipped: Server, path: str, page: str) -> None:
    assert shipped.ask(path + page).status == 400


def test_what_is_not_in_the_store_is_not_sought_there_again(shipped: Server) -> None:
    reply = shipped.ask("/store?graph=http://example.org/none")
    assert reply.status == 404
    assert "/store" not in json.loads(reply.body).get("near", {})


OF_THINGS = ["/id/lookup/page/pic", f"/id/?iri={quote(DICOM)}", "/ont", "/role/data-format", "/section/services"]
QUADS_FIRST = ["application/n-quads,text/turtle;q=0.6", "application/trig,text/turtle;q=0.9"]
RDF_OR_PAGE, PAGE_OR_CSV = "application/rdf+xml,text/html;q=0.9", "text/html;q=0.5,text/csv"


@pytest.mark.parametrize(
    ("path", "accept", "media_type"),
    [
        *((path, accept, accept.partition(",")[0]) for path in OF_THINGS for accept in QUADS_FIRST),
        *((path, RDF_OR_PAGE, "text/html") for path in ("/search", "/browse", "/browse/matrix", "/queries/gaps")),
        *((path, PAGE_OR_CSV, "text/html") for path in ("/queries/", "/dumps/")),
        ("/.well-known/void", "text/html", "text/html"),
        ("/", "text/turtle", "text/turtle"),
        ("/", "application/trig, text/html;q=0.9", "application/trig"),
        ("/", "*/*", "text/html"),
        ("/id/lookup", "application/linkset+json", "application/linkset+json"),
    ],
)
def test_what_a_route_offers_includes(shipped: Server, path: str, accept: str, media_type: str) -> None:
    reply = followed(shipped, path, {"Accept": accept})
    assert (reply.status, reply.media_type) == (200, media_type)
