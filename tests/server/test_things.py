"""Pages of things: at their own path, in every format, with every statement's source."""

from __future__ import annotations

import json
import re
from urllib.parse import quote

import pytest
from pyoxigraph import NamedNode, RdfFormat, parse

from tests.server.pages import BROWSER, DICOM, PIC, Seen
from tests.server.serving import RDM, SHEET, Reply, Server

NORMOLIM = "/id/lookup/thing/normolim"
OF_DICOM = f"/id/?iri={quote(DICOM, safe='')}"
FORMATS = {
    "turtle": ("ttl", "text/turtle"),
    "ntriples": ("nt", "application/n-triples"),
    "jsonld": ("jsonld", "application/ld+json"),
    "rdfxml": ("rdf", "application/rdf+xml"),
}
OF_OTHERS = {
    DICOM: "Digital Imaging and COmmunications in Medicine",
    "http://dicom.nema.org/resources/ontology/DCM/MR": "Magnetic Resonance",
    "https://lovdata.no/eli/lov/2009/06/19/97": "Norwegian Animal Welfare Act",
    "https://orcid.org/0000-0003-0961-6234": "Torill Sjøbakk",
}


def _triples(reply: Reply) -> set[tuple[str, str, str]]:
    wanted = RdfFormat.from_media_type(reply.media_type)
    found = ((quad.subject, quad.predicate, quad.object) for quad in parse(reply.body, wanted))
    return {(_iri(s), p.value, str(o)) for s, p, o in found}


def _iri(term: object) -> str:
    assert isinstance(term, NamedNode)
    return term.value


@pytest.mark.parametrize("name", FORMATS)
def test_a_thing_is_the_same_graph_by_accept_by_ending_and_by_format(shipped: Server, name: str) -> None:
    extension, media_type = FORMATS[name]
    asked = (
        shipped.ask(NORMOLIM, headers={"Accept": media_type}),
        shipped.ask(f"{NORMOLIM}.{extension}"),
        shipped.ask(f"{NORMOLIM}?format={name}", headers=BROWSER),
    )
    assert {(reply.status, reply.media_type) for reply in asked} == {(200, media_type)}
    graphs = [_triples(reply) for reply in asked]
    assert graphs[0] == graphs[1] == graphs[2]
    assert {subject for subject, _, _ in graphs[0]} >= {"https://w3id.org/rdm-kg/id" + NORMOLIM[3:], PIC}


def test_a_document_tells_of_its_parts(shipped: Server) -> None:
    subjects = {subject for subject, _, _ in _triples(shipped.ask("/id/lookup/page/pic.ttl"))}
    assert {f"{PIC}#mr-imaging", f"{PIC}#md", f"{PIC}#graph"} <= subjects
    assert any(subject.startswith(f"{PIC}#m-") for subject in subjects)


def test_a_browser_gets_a_page_and_a_copy_is_good_until_the_next_release(shipped: Server) -> None:
    first = shipped.ask(NORMOLIM, headers=BROWSER)
    assert (first.status, first.media_type) == (200, "text/html")
    assert "Accept" in ", ".join(first.headers.get_all("Vary", []))
    again = shipped.ask(NORMOLIM, headers={**BROWSER, "If-None-Match": first.headers["ETag"]})
    assert (again.status, again.body) == (304, b"")
    other = shipped.ask(NORMOLIM, headers={"Accept": "text/turtle", "If-None-Match": first.headers["ETag"]})
    assert other.status == 200


@pytest.mark.parametrize(("iri", "title"), OF_OTHERS.items())
def test_a_thing_of_others_has_a_page(shipped: Server, iri: str, title: str) -> None:
    reply = shipped.ask(f"/id/?iri={quote(iri, safe='')}", headers=BROWSER)
    page = Seen(reply.text)
    assert reply.status == 200
    assert page.tags.count("h1") == 1
    assert title in page.text
    assert iri in page.fields
    assert iri in page.addresses
    assert "/id/lookup/page/pic" in page.addresses


def test_a_page_says_what_where_and_who_says_so(shipped: Server) -> None:
    page = Seen(shipped.ask(OF_DICOM, headers=BROWSER).text)
    assert "pages/cheat_sheets/preclinical_imaging.md:26" in page.text
    assert "bsg-s000114" in page.text
    assert "recommends format (1)" in page.text
    assert "From a cheat sheet to each thing that it recommends as a data format." in page.text
    assert "svg" in page.tags
    assert any(address.startswith("/id/lookup/page/pic#m-") for address in page.addresses)
    assert [address for address in page.addresses if address.startswith("/ask?query=")]


def test_the_picture_and_its_list_show_the_same(shipped: Server) -> None:
    text = shipped.ask(OF_DICOM, headers=BROWSER).text
    drawing, listing = re.findall(r"<svg viewBox=\"0 0 760.*?</svg>|<figcaption>.*?</figcaption>", text, re.DOTALL)
    assert re.findall(r'<a href="([^"]*)"', drawing) == re.findall(r'<a href="([^"]*)"', listing)


def test_a_fragment_is_a_place_on_its_page(shipped: Server) -> None:
    reply = shipped.ask(f"/id/?iri={quote(PIC + '#mr-imaging', safe='')}", headers=BROWSER)
    assert (reply.status, reply.headers["Location"]) == (303, "/id/lookup/page/pic#mr-imaging")
    assert "mr-imaging" in Seen(shipped.ask("/id/lookup/page/pic", headers=BROWSER).text).ids
    publisher = shipped.ask(f"/id/?iri={quote('https://w3id.org/rdm-kg/id/lookup#publisher', safe='')}")
    assert publisher.headers["Location"] == "/id/lookup#publisher"
    assert "publisher" in Seen(shipped.ask("/id/lookup", headers=BROWSER).text).ids


@pytest.mark.parametrize(
    ("iri", "address"),
    [(f"{RDM}CheatSheet", "/ont#CheatSheet"), ("https://w3id.org/rdm-kg/role/data-format", "/role/data-format")],
)
def test_terms_lead_to_the_ontology(shipped: Server, iri: str, address: str) -> None:
    assert shipped.ask(f"/id/?iri={quote(iri, safe='')}").headers["Location"] == address


def test_typed_links_tell_a_program_what_it_found(shipped: Server) -> None:
    links = shipped.ask("/id/lookup/page/pic", headers=BROWSER).headers["Link"]
    found = re.findall(r'<([^>]*)>; rel="([^"]*)"(?:; type="([^"]*)")?', links)
    assert (PIC, "cite-as", "") in found
    assert ("https://schema.org/AboutPage", "type", "") in found
    assert ("https://schema.org/LearningResource", "type", "") in found
    assert ("https://creativecommons.org/licenses/by/4.0/", "license", "") in found
    assert ("https://orcid.org/0000-0003-0961-6234", "author", "") in found
    described = {target: media_type for target, relation, media_type in found if relation == "describedby"}
    assert set(described.values()) == {media_type for _, media_type in FORMATS.values()}
    for target, media_type in described.items():
        assert shipped.ask(target.removeprefix(shipped.url)).media_type == media_type


def test_what_nobody_can_give_is_refused_with_what_there_is(shipped: Server) -> None:
    reply = shipped.ask(NORMOLIM, headers={"Accept": "image/png"})
    said = json.loads(reply.body)
    assert (reply.status, reply.media_type) == (406, "application/problem+json")
    assert said["available"] == ["text/html", *(media_type for _, media_type in FORMATS.values())]
    assert said["addresses"]["text/turtle"] == f"{shipped.url}{NORMOLIM}.ttl"


@pytest.mark.parametrize("accept", ["text/turtle", BROWSER["Accept"]])
def test_an_unknown_thing_is_not_found_and_can_be_searched_for(shipped: Server, accept: str) -> None:
    reply = shipped.ask("/id/lookup/thing/no-such-archive", headers={"Accept": accept})
    assert reply.status == 404
    if accept == "text/turtle":
        assert json.loads(reply.body)["search"] == "no such archive"
    else:
        assert "/search?q=no%20such%20archive" in Seen(reply.text).addresses


@pytest.mark.parametrize("path", ["/id/", "/id/?iri=", "/id/?iri=no-iri", "/id/?iri=http://a/%3E%20a"])
def test_no_iri_is_a_bad_request(shipped: Server, path: str) -> None:
    reply = shipped.ask(path)
    assert reply.status == 400
    assert "IRI" in json.loads(reply.body)["detail"]


def test_markup_in_a_label_stays_text(server: Server) -> None:
    page = server.ask(SHEET.removeprefix("https://w3id.org/rdm-kg"), headers=BROWSER)
    assert page.status == 200
    assert "<script>alert" not in page.text
    assert "Mice & <script>alert(1)</script>" in Seen(page.text).text


def test_every_link_of_ours_leads_somewhere(shipped: Server) -> None:
    for path in ("/id/lookup", OF_DICOM, NORMOLIM, "/id/lookup/page/pic"):
        addresses = Seen(shipped.ask(path, headers=BROWSER).text).addresses
        own = {address for address in addresses if address.startswith("/id/")}
        assert own
        replies = {address: shipped.ask(address.partition("#")[0], headers=BROWSER).status for address in own}
        assert {address: status for address, status in replies.items() if status not in (200, 303)} == {}


def test_own_things_in_an_answers_table_lead_to_their_pages(shipped: Server) -> None:
    reply = shipped.query(f"SELECT ?sheet {{ ?sheet a <{RDM}CheatSheet> }}", BROWSER["Accept"])
    assert "/id/lookup/page/pic" in Seen(reply.text).addresses


def test_an_identifier_is_a_place_on_the_page_of_what_it_identifies(shipped: Server) -> None:
    reply = shipped.ask("/id/fairsharing/b7z8by", headers=BROWSER)
    assert (reply.status, reply.headers["Location"]) == (303, "/id/?iri=https://doi.org/10.25504/FAIRsharing.b7z8by")
    assert "id-bsg-s000114" in Seen(shipped.ask(OF_DICOM, headers=BROWSER).text).ids


def test_an_iri_with_percent_signs_is_a_thing_like_any(server: Server) -> None:
    reply = server.ask(f"/id/?iri={quote('https://example.org/a%20b/%73', safe='')}", headers=BROWSER)
    assert reply.status == 404
    assert "https://example.org/a%20b/%73" in Seen(reply.text).text
