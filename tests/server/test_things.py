"""Pages of things: at their own path, in every format, with the source of every statement."""

from __future__ import annotations

import json
from pathlib import Path
from urllib.parse import quote

import pytest
from pyoxigraph import NamedNode, RdfFormat, parse

from kg.vocab import DATASET, DCAT, DCT, FOAF, PROV, RDF, RDFS, XSD
from tests.server.pages import BROWSER, DICOM, PIC, Seen
from tests.server.serving import QUADS, RDM, SHEET, Reply, Server, Start, make_release

pytestmark = pytest.mark.slow

NORMOLIM = "/id/lookup/thing/normolim"
OF_DICOM = f"/id/?iri={quote(DICOM, safe='')}"
FORMATS = {
    "turtle": ("ttl", "text/turtle"),
    "ntriples": ("nt", "application/n-triples"),
    "jsonld": ("jsonld", "application/ld+json"),
    "rdfxml": ("rdf", "application/rdf+xml"),
    "nquads": ("nq", "application/n-quads"),
    "trig": ("trig", "application/trig"),
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


@pytest.mark.parametrize("accept", [media_type for _, media_type in FORMATS.values()])
def test_a_copy_in_each_format_is_good_for_that_format_alone(shipped: Server, accept: str) -> None:
    first = shipped.ask(NORMOLIM, headers={"Accept": accept})
    assert "Accept" in ", ".join(first.headers.get_all("Vary", []))
    good = {"If-None-Match": first.headers["ETag"]}
    again = shipped.ask(NORMOLIM, headers={"Accept": accept, **good})
    assert (again.status, again.body, again.headers["ETag"]) == (304, b"", first.headers["ETag"])
    for _, other in FORMATS.values():
        assert (shipped.ask(NORMOLIM, headers={"Accept": other, **good}).status == 304) == (other == accept)


def test_a_program_can_name_the_page_too(shipped: Server) -> None:
    page = shipped.ask(NORMOLIM, headers=BROWSER)
    for path, accept in ((f"{NORMOLIM}.html", "*/*"), (f"{NORMOLIM}?format=html", "text/turtle")):
        named = shipped.ask(path, headers={"Accept": accept})
        assert (named.status, named.media_type, Seen(named.text).text) == (200, "text/html", Seen(page.text).text)
    assert shipped.ask(NORMOLIM).media_type == "text/turtle"


@pytest.mark.parametrize("iri", OF_OTHERS)
def test_a_thing_of_others_is_the_same_graph_by_accept_and_by_format(shipped: Server, iri: str) -> None:
    path = f"/id/?iri={quote(iri, safe='')}"
    for name, (_, media_type) in FORMATS.items():
        asked = (
            shipped.ask(path, headers={"Accept": media_type}),
            shipped.ask(f"{path}&format={name}", headers=BROWSER),
        )
        assert {(reply.status, reply.media_type) for reply in asked} == {(200, media_type)}
        assert _triples(asked[0]) == _triples(asked[1])
        assert iri in {subject for subject, _, _ in _triples(asked[0])}


def test_a_page_says_which_languages_it_has(start: Start, tmp_path: Path) -> None:
    title = f'<{SHEET}> <http://purl.org/dc/terms/title> "Mus"@nb'
    make_release(tmp_path / "out", [title])
    reply = start(tmp_path / "out").ask(SHEET.removeprefix("https://w3id.org/rdm-kg"), headers=BROWSER)
    assert reply.headers["Content-Language"] == "en, nb"
    assert '<h1 lang="nb">Mus</h1>' in reply.text


def test_an_iri_beyond_ascii_is_a_thing_like_any(start: Start, tmp_path: Path) -> None:
    iri = "https://example.org/łódź"
    make_release(tmp_path / "out", [f'<{iri}> <http://purl.org/dc/terms/title> "Łódź"'])
    server = start(tmp_path / "out")
    page = server.ask(f"/id/?iri={quote(iri, safe='')}", headers=BROWSER)
    assert (page.status, Seen(page.text).tags.count("h1")) == (200, 1)
    assert '<https://example.org/%C5%82%C3%B3d%C5%BA>; rel="cite-as"' in page.headers["Link"]
    assert iri in {subject for subject, _, _ in _triples(server.ask(f"/id/?iri={quote(iri, safe='')}"))}


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
    assert iri in page.text
    assert iri in page.addresses
    assert "/id/lookup/page/pic" in page.addresses


def test_a_page_says_what_where_and_who_says_so(shipped: Server) -> None:
    page = Seen(shipped.ask(OF_DICOM, headers=BROWSER).text)
    assert "pages/cheat_sheets/preclinical_imaging.md:26" in page.text
    assert "bsg-s000114" in page.text
    assert "The classes it belongs to." in page.text
    assert any(address.startswith("/id/lookup/page/pic#m-") for address in page.addresses)
    assert [address for address in page.addresses if address.startswith("/ask?query=")]


def test_the_query_of_a_page_gives_what_is_said_of_its_thing(shipped: Server) -> None:
    (asked,) = [each for each in Seen(shipped.ask(OF_DICOM, headers=BROWSER).text).addresses if "/ask?query=" in each]
    said = shipped.ask(asked.replace("/ask?", "/sparql?"), headers={"Accept": "text/csv"}).text
    assert f"{DCT.title},{OF_OTHERS[DICOM]}" in said


def test_properties_stand_in_the_order_of_reading(shipped: Server) -> None:
    page = Seen(shipped.ask("/id/lookup/page/pic", headers=BROWSER).text).text
    everything = page[page.index("As data") :]
    places = [everything.index(f" {words} ") for words in ("identifier", "contributor", "last change", "file")]
    assert places == sorted(places)


def test_each_statement_has_its_page_and_commit(start: Start, tmp_path: Path) -> None:
    commit = "https://example.org/commit/0123456789abcdef"
    quads = [
        f"<{SHEET}#graph> <{PROV.wasDerivedFrom}> <{SHEET}#md>",
        f'<{SHEET}#md> <{DCT.identifier}> "pages/mice.md"',
        f"<{SHEET}#md> <{PROV.wasGeneratedBy}> <{SHEET}#commit>",
        f'<{SHEET}#commit> <{DCT.identifier}> "0123456789abcdef"',
        f"<{SHEET}#commit> <{FOAF.page}> <{commit}>",
    ]
    make_release(tmp_path / "out", [*QUADS, *quads])
    page = Seen(start(tmp_path / "out").ask(SHEET.removeprefix("https://w3id.org/rdm-kg"), headers=BROWSER).text)
    assert "Sources Test site, pages/mice.md, commit 0123456789 " in page.text
    assert commit in page.addresses


def test_a_commit_has_a_heading_in_words(start: Start, tmp_path: Path) -> None:
    iri = f"{SHEET.partition('/page/')[0]}/commit/0123456789abcdef"
    quads = [
        f"<{SHEET}#md> <{PROV.wasGeneratedBy}> <{iri}>",
        f"<{iri}> <{RDF.type}> <{PROV.Activity}>",
        f'<{iri}> <{PROV.endedAtTime}> "2024-05-03T16:01:49Z"^^<{XSD.dateTime}>',
    ]
    make_release(tmp_path / "out", [*QUADS, *quads])
    page = start(tmp_path / "out").ask(iri.removeprefix("https://w3id.org/rdm-kg"), headers=BROWSER).text
    assert "<h1>Commit 0123456 of Test site, 3 May 2024</h1>" in page


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


@pytest.mark.parametrize("path", [NORMOLIM, OF_DICOM])
def test_what_nobody_can_give_is_refused_with_what_there_is(shipped: Server, path: str) -> None:
    for reply in (
        shipped.ask(path, headers={"Accept": "image/png"}),
        shipped.ask(f"{path}{'&' if '?' in path else '?'}format=csv", headers={"Accept": "text/turtle"}),
    ):
        said = json.loads(reply.body)
        assert (reply.status, reply.media_type) == (406, "application/problem+json")
        assert "Accept" in ", ".join(reply.headers.get_all("Vary", []))
        offered = [media_type for _, media_type in FORMATS.values()]
        assert said["available"] == [*offered, "text/html", "application/linkset+json"]
        for media_type, address in said["addresses"].items():
            given = shipped.ask(address.removeprefix(shipped.url))
            assert (given.status, given.media_type) == (200, media_type)


def test_people_who_name_no_format_that_there_is_are_led_to_those_that_there_are(shipped: Server) -> None:
    reply = shipped.ask(f"{NORMOLIM}?format=csv", headers=BROWSER)
    assert (reply.status, reply.media_type, reply.headers["Content-Language"]) == (406, "text/html", "en")
    addresses = {f"{shipped.url}{NORMOLIM}.{extension}" for extension, _ in FORMATS.values()}
    assert addresses <= set(Seen(reply.text).addresses)


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


def test_all_that_a_release_says_of_itself_leads_to_where_it_is_said(shipped: Server) -> None:
    described = _triples(shipped.ask("/.well-known/void?format=ntriples"))
    own = {iri for iri, _, _ in described if iri.startswith(DATASET)}
    assert {DATASET, *(iri.partition("#")[0] for iri in own)} <= own
    assert len(own) > 20
    files = {iri for iri, prop, value in described if (prop, value) == (RDF.type, f"<{DCAT.Distribution}>")}
    assert files
    partitions = sorted(iri for iri in own if "/partitions/" in iri)
    for iri in own - {*partitions[5:-5]}:
        asked = f"/id/?iri={quote(iri, safe='')}"
        page = shipped.ask(asked, headers=BROWSER)
        assert (page.status, page.headers["Location"]) == (303, "/dumps/" if iri in files else "/"), iri
        data = shipped.ask(asked, headers={"Accept": "text/turtle"})
        assert (data.status, data.headers["Location"]) == (303, "/.well-known/void?format=turtle")
    assert shipped.ask(f"{asked}&format=trig").headers["Location"] == "/.well-known/void?format=trig"
    assert shipped.ask(asked, headers={"Accept": "application/linkset+json"}).status == 404
    assert shipped.ask(f"/id/?iri={DATASET}/0123456789abcdef", headers=BROWSER).status == 404
    assert shipped.ask("/dataset", headers=BROWSER).headers["Location"] == "/"
    assert shipped.ask("/dataset").headers["Location"] == "/.well-known/void"


def test_an_address_is_shown_decoded_where_all_its_signs_are_seen(start: Start, tmp_path: Path) -> None:
    addresses = [f"https://example.org/{path}" for path in ("bl%C3%A5%20%281%29.pdf", "a%2Fb%20c", "a%E2%80%AEb")]
    addresses.append("https://bank.example%E2%88%95login.example/a%20b%E3%85%A4")
    make_release(tmp_path / "out", [*QUADS, *(f"<{SHEET}> <{RDFS.seeAlso}> <{address}>" for address in addresses)])
    page = Seen(start(tmp_path / "out").ask(SHEET.removeprefix("https://w3id.org/rdm-kg"), headers=BROWSER).text)
    for shown in ("blå (1).pdf", "a%2Fb c", "a%E2%80%AEb"):
        assert f"example.org/{shown} " in page.text
    assert "bank.example%E2%88%95login.example/a%20b%E3%85%A4" not in page.text
    assert "bank.example%E2%88%95login.example/a b%E3%85%A4" in page.text
    assert set(addresses) <= set(page.addresses)


def test_an_iri_with_percent_signs_is_a_thing_like_any(server: Server) -> None:
    reply = server.ask(f"/id/?iri={quote('https://example.org/a%20b/%73', safe='')}", headers=BROWSER)
    assert reply.status == 404
    assert "https://example.org/a%20b/%73" in Seen(reply.text).text
