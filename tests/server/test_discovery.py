"""What harvesters and assessors of FAIR data find on every kind of page, without leaving the server."""

from __future__ import annotations

import json
import re
import xml.etree.ElementTree as ET
from collections import defaultdict
from dataclasses import dataclass, field
from html.parser import HTMLParser
from urllib.parse import quote, unquote, urlsplit

import pytest
from pyoxigraph import NamedNode, RdfFormat, parse

from kg.query import canned
from tests.markup.schema_org import faults
from tests.server.pages import BROWSER, DICOM, PIC
from tests.server.serving import Server

pytestmark = pytest.mark.slow

OPENSEARCH = "{http://a9.com/-/spec/opensearch/1.1/}"
OF_DICOM = f"/id/?iri={quote(DICOM, safe='')}"
CC_BY = "https://creativecommons.org/licenses/by/4.0/"
CC_BY_SA = "https://creativecommons.org/licenses/by-sa/4.0/"
"""Licence of the whole: with the names of FAIRsharing, which are under it."""

EMBEDDED = frozenset(
    "name description identifier license creator publisher dateModified datePublished keywords inLanguage".split()
)
"""Properties that F-UJI (FsF-F2-01M, FsF-R1.1-01M, FsF-R1.2-01M) and the RDA's indicators seek in embedded JSON-LD."""
META = frozenset(
    "description DC.title DC.creator DC.publisher DC.date DC.identifier DC.subject DCTERMS.license citation_title "
    "citation_author citation_publication_date og:title og:description og:url og:type".split()
)
"""Elements ``meta`` of Dublin Core, Highwire Press and Open Graph."""
TYPED = frozenset("type license describedby author".split())
"""Relations of FAIR Signposting (FsF-F1-02D, FsF-F3-01M, FsF-R1.1-01M)."""
SERVED = frozenset("search service-desc service-doc api-catalog".split())


@dataclass(frozen=True)
class Kind:
    """A kind of page, and the properties, elements and relations that it lacks."""

    path: str
    type: str
    lacks: frozenset[str] = frozenset()
    has: frozenset[str] = frozenset()


NO_IDENTIFIER = frozenset({"identifier"})
UNLICENSED = frozenset({"license", "DCTERMS.license"})
"""Of things that sites did not make, the licence is that in the release's description."""
KINDS = {
    "start": Kind("/", "DataCatalog", has=SERVED | {"cite-as", "item"}),
    "site": Kind("/id/lookup", "Dataset", has=frozenset({"cite-as", "item", "linkset"}), lacks=frozenset({"author"})),
    "sheet": Kind("/id/lookup/page/pic", "LearningResource", has=frozenset({"cite-as", "item", "linkset"})),
    "thing": Kind("/id/lookup/thing/normolim", "AboutPage", UNLICENSED | {"author"}, frozenset({"cite-as", "linkset"})),
    "thing of others": Kind(OF_DICOM, "AboutPage", UNLICENSED | {"author"}, frozenset({"cite-as", "linkset"})),
    "term of others": Kind(
        "/id/?iri=http://purl.org/dc/terms/title",
        "AboutPage",
        UNLICENSED | {"author"},
        frozenset({"cite-as", "linkset"}),
    ),
    "ontology": Kind("/ont", "DefinedTermSet", has=SERVED | {"cite-as"}),
    "dumps": Kind("/dumps/", "Dataset", has=SERVED | {"cite-as", "item"}),
    "questions": Kind("/queries/", "CollectionPage", has=SERVED | {"cite-as"}),
    "question": Kind("/queries/where-to-deposit?page=pic", "WebPage", has=SERVED | {"cite-as"}),
    "search": Kind("/search?q=dicom", "SearchResultsPage", NO_IDENTIFIER, SERVED),
    "table": Kind("/browse", "CollectionPage", NO_IDENTIFIER, SERVED),
    "matrix": Kind("/browse/matrix", "CollectionPage", NO_IDENTIFIER, SERVED),
    "editor": Kind("/ask", "WebPage", NO_IDENTIFIER, SERVED),
    "endpoint": Kind("/sparql", "WebPage", NO_IDENTIFIER, SERVED),
    "API": Kind("/api", "WebPage", NO_IDENTIFIER, SERVED),
}


@dataclass
class Head(HTMLParser):
    """The head of a page."""

    page: str
    meta: dict[str, list[str]] = field(default_factory=lambda: defaultdict(list))
    links: dict[str, list[str]] = field(default_factory=lambda: defaultdict(list))
    markup: list[str] = field(default_factory=list)
    _in_markup: bool = False

    def __post_init__(self) -> None:
        """Read the page."""
        super().__init__()
        self.feed(self.page)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        """Keep elements ``meta`` and ``link``."""
        said = {name: value or "" for name, value in attrs}
        if tag == "meta" and ("name" in said or "property" in said):
            self.meta[said.get("name") or said["property"]].append(said["content"])
        if tag == "link":
            self.links[said["rel"]].append(said["href"])
        self._in_markup = tag == "script" and said.get("type") == "application/ld+json"

    def handle_endtag(self, tag: str) -> None:
        """End the JSON-LD."""
        self._in_markup = False

    def handle_data(self, data: str) -> None:
        """Keep JSON-LD."""
        if self._in_markup:
            self.markup.append(data)


def typed(header: str) -> dict[str, list[tuple[str, str]]]:
    """Return relation → targets with their media types."""
    found = defaultdict(list)
    for target, relation, media_type in re.findall(r'<([^>]*)>; rel="([^"]*)"(?:; type="([^"]*)")?', header):
        found[relation].append((target, media_type))
    return found


@pytest.mark.parametrize("kind", KINDS.values(), ids=KINDS)
def test_every_kind_of_page_has_what_assessors_look_for(shipped: Server, kind: Kind) -> None:
    reply = shipped.ask(kind.path, headers=BROWSER)
    head, links = Head(reply.text), typed(reply.headers["Link"])
    (markup,) = map(json.loads, head.markup)
    assert markup["@type"] == kind.type
    assert list(faults(markup)) == []
    assert (EMBEDDED - kind.lacks) - markup.keys() == set()
    assert all(markup[name] for name in EMBEDDED & markup.keys())
    assert (META - kind.lacks) - head.meta.keys() == set()
    assert all(content for contents in head.meta.values() for content in contents)
    assert ((TYPED | kind.has) - kind.lacks) - links.keys() == set()
    assert head.links["search"] == ["/opensearch.xml"]
    # data and metadata name each other: what is cited is what is identified
    if "cite-as" in links:
        assert [target for target, _ in links["cite-as"]] == [markup["@id"]]
    assert markup["name"] in head.meta["citation_title"][0]
    assert 50 <= len(" ".join(head.meta["description"])) <= 400
    assert re.fullmatch(r"\d{4}/\d\d/\d\d", head.meta["citation_publication_date"][0])


@pytest.mark.parametrize("kind", KINDS.values(), ids=KINDS)
def test_what_describes_a_page_is_there_in_the_format_that_the_link_says(shipped: Server, kind: Kind) -> None:
    links = typed(shipped.ask(kind.path, headers=BROWSER).headers["Link"])
    local = [
        (relation, target, media_type)
        for relation in ("describedby", "item", "search", "service-desc", "service-doc", "linkset")
        for target, media_type in links[relation]
        if target.startswith(shipped.url) and media_type
    ]
    assert local
    for relation, target, media_type in local:
        reply = shipped.ask(target.removeprefix(shipped.url))
        assert (reply.status, reply.media_type) == (200, media_type), target
        if relation == "describedby":
            syntax = RdfFormat.from_media_type(media_type)
            next(iter(parse(reply.body, syntax, base_iri=shipped.url)))


@pytest.mark.parametrize("path", ["/", "/ont", "/id/lookup", "/id/lookup/page/pic", OF_DICOM])
def test_an_identifier_leads_to_metadata_about_itself(shipped: Server, path: str) -> None:
    (identifier,) = typed(shipped.ask(path, headers=BROWSER).headers["Link"])["cite-as"]
    reply = shipped.ask(path, headers={"Accept": "application/n-triples"})
    about = {quad.subject for quad in parse(reply.body, RdfFormat.N_TRIPLES)}
    assert NamedNode(unquote(identifier[0])) in about


@pytest.mark.parametrize("path", ["/", "/ont", "/dumps/", "/queries/"])
@pytest.mark.parametrize("accept", ["text/html", "*/*", "application/json, text/turtle"])
def test_pages_of_the_server_have_the_same_links_in_every_format(shipped: Server, path: str, accept: str) -> None:
    links = typed(shipped.ask(path, headers={"Accept": accept}).headers["Link"])
    assert {"describedby", "service-desc", "service-doc", "license", "search", "cite-as"} <= links.keys()
    assert links == typed(shipped.ask(path, headers=BROWSER).headers["Link"])
    assert links["license"] == [(CC_BY if path == "/ont" else CC_BY_SA, "")]


def test_the_start_page_is_a_catalogue_with_each_site(shipped: Server) -> None:
    (markup,) = map(json.loads, Head(shipped.ask("/", headers=BROWSER).text).markup)
    (site,) = markup["dataset"]
    assert (site["@id"], site["license"]) == ("https://w3id.org/rdm-kg/id/lookup", CC_BY)
    (of_site,) = map(json.loads, Head(shipped.ask(urlsplit(site["url"]).path, headers=BROWSER).text).markup)
    assert {name: of_site[name] for name in ("name", "description", "license")} == {
        name: site[name] for name in ("name", "description", "license")
    }
    assert of_site["includedInDataCatalog"]["@id"] == markup["@id"]
    assert {part["encodingFormat"] for part in of_site["distribution"]} >= {"text/turtle", "application/trig"}


def test_the_markup_of_a_sheet_keeps_what_it_had(shipped: Server) -> None:
    (markup,) = map(json.loads, Head(shipped.ask("/id/lookup/page/pic", headers=BROWSER).text).markup)
    assert markup["http://purl.org/dc/terms/conformsTo"]["@id"].startswith("https://bioschemas.org/")
    assert (markup["@id"], markup["license"], bool(markup["mentions"])) == (PIC, CC_BY, True)


def test_the_catalogue_of_services_lists_each_with_its_description(shipped: Server) -> None:
    reply = shipped.ask("/.well-known/api-catalog")
    assert reply.headers["Content-Type"].startswith('application/linkset+json; profile="https://www.rfc-editor.org/')
    here, *services = json.loads(reply.body)["linkset"]
    assert typed(reply.headers["Link"])["api-catalog"] == [(here["anchor"], "")]
    assert [item["href"] for item in here["item"]] == [service["anchor"] for service in services]
    assert here["describedby"] == [{"href": f"{shipped.url}/catalog", "type": "text/turtle"}]
    assert f"{shipped.url}/sparql" in [service["anchor"] for service in services]
    for service in services:
        assert [link["href"] for link in service["license"]] == [CC_BY_SA]
        for relation in ("service-desc", "service-doc", "status"):
            for link in service[relation]:
                described = shipped.ask(link["href"].removeprefix(shipped.url))
                assert (described.status, described.media_type) == (200, link["type"])


def test_the_description_of_the_search_gives_addresses_that_find(shipped: Server) -> None:
    reply = shipped.ask("/opensearch.xml")
    assert reply.media_type == "application/opensearchdescription+xml"
    found = {}
    for url in ET.fromstring(reply.body).iter(f"{OPENSEARCH}Url"):
        filled = url.attrib["template"].replace("{searchTerms}", "dicom").replace("{startPage?}", "")
        result = shipped.ask(filled.removeprefix(shipped.url))
        assert (result.status, result.media_type) == (200, url.attrib["type"])
        found[result.media_type] = result.text
    assert DICOM in found["application/json"]
    assert found.keys() == {"text/html", "application/json", "text/csv"}


def test_the_guide_for_language_models_leads_to_everything(shipped: Server) -> None:
    reply = shipped.ask("/llms.txt")
    assert (reply.status, reply.media_type) == (200, "text/plain")
    assert reply.text.startswith("# Research data management knowledge graph\n\n> ")
    assert CC_BY_SA in reply.text
    addresses = re.findall(r"\]\(([^)]*)\)", reply.text)
    assert f"`{shipped.url}/mcp`" in reply.text
    assert len(addresses) == len(canned.names()) + 8
    for address in addresses:
        path = address.removeprefix(shipped.url)
        assert shipped.ask(path, headers=BROWSER).status == 200, address
