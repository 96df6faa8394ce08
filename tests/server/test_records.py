"""Pages of things are records: words in the order of reading, and every statement last."""

from __future__ import annotations

import re
from pathlib import Path
from urllib.parse import quote

import pytest

from kg.term_words import WORDS
from kg.vocab import DCAT, DCT, FOAF, QUESTIONS, RDFS, RDM, SH, SKOS
from server.pages.words import backwards
from tests.server.browsing import WIDTHS, Visit, browser, content_server, visit
from tests.server.pages import BROWSER, CODE, DICOM, PIC, Seen
from tests.server.serving import QUADS, Reply, Server, Start, make_release

pytestmark = pytest.mark.slow

__all__ = ["browser", "content_server", "visit"]
OF_DICOM = f"/id/?iri={quote(DICOM, safe='')}"
LAW = "/id/?iri=https://lovdata.no/eli/lov/2009/06/19/97"
_BESIDES = re.compile(
    r'<head>.*?</head>|<article.*?</article>|<code id="iri".*?</code>|<p class="cite">.*?</p>'
    r'|<section class="card" id="findings">.*?</section>',
    re.DOTALL,
)
"""What is not our text for people: head, the site's own text, the IRI to copy, citation and findings."""
_KINDS = """SELECT DISTINCT ?thing {
  { SELECT (MIN(STR(?one)) AS ?thing) { ?one a ?class FILTER(ISIRI(?one)) } GROUP BY ?class }
  UNION { SELECT (STR(?class) AS ?thing) { ?one a ?class } }
  UNION { SELECT (STR(?property) AS ?thing) { ?one ?property ?value } }
  UNION { SELECT (STR(?concept) AS ?thing) { ?one %s ?concept FILTER(ISIRI(?concept)) } }
} ORDER BY ?thing"""
_CONCEPTS = "|".join(f"<{each}>" for each in (DCT.type, DCT.language, DCT.license, DCT.spatial, DCAT.mediaType))


def opened(server: Server, path: str) -> Reply:
    """Return the page at a path, or that to which it leads."""
    reply = server.ask(path, headers=BROWSER)
    return opened(server, reply.headers["Location"].partition("#")[0]) if reply.status == 303 else reply


def seen(page: str) -> str:
    """Return the text that people see on a page with everything opened."""
    return Seen(_BESIDES.sub("", page)).text


def in_order(page: str, *words: str) -> bool:
    """Return whether the words stand on a page in this order."""
    return re.search(".*?".join(map(re.escape, words)), page, re.DOTALL) is not None


def test_a_record_is_in_the_order_of_reading(shipped: Server) -> None:
    page = seen(opened(shipped, OF_DICOM).text)
    assert in_order(
        page,
        "Digital Imaging and COmmunications in Medicine",
        "data format",
        "also called DICOM",
        "FAIRsharing ↗",
        "EDAM ↗",
        "Recommended by",
        "As data",
        "Statements",
        "Sources",
    )


def test_a_recommendation_is_one_line_of_a_table(shipped: Server) -> None:
    reply = opened(shipped, OF_DICOM)
    table = seen(reply.text).partition("Recommended by")[2].partition("As data")[0]
    assert table.startswith(" Page For which data Role Line Site Preclinical Imaging MR Imaging data format Why")
    assert in_order(table, "it stands in the section data types", "26 Life-science data management look-up")
    assert table.count("Preclinical Imaging") == 1
    assert any(address.startswith("/id/lookup/page/pic#m-") for address in Seen(reply.text).addresses)


def test_what_leads_to_a_thing_is_said_from_its_side(shipped: Server) -> None:
    page = seen(opened(shipped, OF_DICOM).text)
    assert "recommended as a format by (1) Preclinical Imaging" in page
    assert "recommends format" not in page
    law = seen(opened(shipped, LAW).text)
    assert "cited by (1) Preclinical Imaging" in law


@pytest.mark.parametrize("iri", WORDS)
def test_words_from_the_side_of_a_value_are_english(iri: str) -> None:
    assert not re.search(r"\b(?:a|as|at|by|for|from|in|it|to|of) of$", backwards(iri, WORDS[iri][0]))


def test_people_of_a_thing_and_things_of_a_person_are_told(shipped: Server) -> None:
    person = seen(opened(shipped, "/id/?iri=https://orcid.org/0000-0003-0961-6234").text)
    assert in_order(person, "person", "ORCID ↗", "People and places", "affiliation", "contributed to", "As data")


def test_other_names_of_a_thing_are_told(shipped: Server) -> None:
    page = seen(opened(shipped, "/id/?iri=http://dicom.nema.org/resources/ontology/DCM/MR").text)
    assert "also called MR, MRI, Magnetic Resonance Imaging" in page


def test_names_in_other_languages_say_which_and_most_of_many_are_folded(start: Start, own_releases: Path) -> None:
    names = [f'"Name {number}"@en' for number in range(8)] + ['"Aksjon"@nb']
    make_release(own_releases, [*QUADS, *(f"<{DICOM}> <{SKOS.altLabel}> {name}" for name in names)])
    page = opened(start(own_releases), OF_DICOM).text
    _, _, others = page.partition("also called")
    first, folded, rest = others.partition("<details><summary>3 more names</summary>")
    assert folded
    assert "Name 0" in first
    assert '<span lang="nb">Aksjon</span>' in rest.partition("</details>")[0]


def test_a_description_has_its_source(shipped: Server) -> None:
    page = seen(opened(shipped, "/id/lookup").text)
    assert "help for their data Life-science data management look-up Home page" in page


def test_no_kind_of_thing_is_shown_by_a_code(shipped: Server) -> None:
    things = [row.strip('"') for row in shipped.query(_KINDS % _CONCEPTS, "text/csv").text.splitlines()[1:]]
    assert {DCT.title, DCAT.Catalog, RDM.CheatSheet} <= set(things)
    queries = (QUESTIONS, SH.select)  # whose pages show the text of queries
    shown = [iri for iri in things if not iri.startswith(queries)]
    pages = {iri: opened(shipped, f"/id/?iri={quote(iri, safe='')}") for iri in shown}
    assert {iri: page.status for iri, page in pages.items() if page.status != 200} == {}
    records = {iri: page.text for iri, page in pages.items() if 'id="data"' in page.text}
    assert len(records) > 60
    codes = {iri: CODE.findall(seen(text)) for iri, text in records.items()}
    assert {iri: found for iri, found in codes.items() if found} == {}


def test_every_property_and_class_in_use_has_a_label(shipped: Server) -> None:
    used = "SELECT DISTINCT ?term { { ?thing ?term ?value } UNION { ?thing a ?term } }"
    labelled = f"SELECT ?term {{ ?term <{RDFS.label}>|<{SKOS.prefLabel}> ?label }}"
    terms, named = (set(shipped.query(query, "text/csv").text.split()[1:]) for query in (used, labelled))
    assert len(terms) > 100
    assert terms - named - WORDS.keys() == set()


@pytest.mark.parametrize("path", [OF_DICOM, "/id/lookup/page/pic", "/id/?iri=https://schema.org/Service"])
def test_an_iri_is_seen_among_the_data_alone(visit: Visit, path: str) -> None:
    page = visit(path)
    iri, copy = page.locator("#iri"), page.get_by_role("button", name="Copy")
    assert (iri.is_visible(), copy.is_visible()) == (False, False)
    page.get_by_role("heading", name="As data").click()
    assert (iri.is_visible(), copy.is_visible()) == (True, True)


@pytest.mark.parametrize("width", WIDTHS)
@pytest.mark.parametrize("path", [OF_DICOM, LAW, "/id/lookup", "/id/lookup/page/pic"])
def test_the_data_are_last_and_closed(visit: Visit, path: str, width: int) -> None:
    page = visit(path, width=width)
    data = page.locator("main > details#data")
    assert data.evaluate("data => [data.open, data.nextElementSibling]") == [False, None]
    data.locator("summary").first.click()
    assert page.locator("#said").is_visible()
    assert page.evaluate("document.documentElement.scrollWidth") <= width


def test_a_place_in_the_closed_data_opens_them(visit: Visit) -> None:
    assert visit("/id/fairsharing/b7z8by").locator("#data").count() == 1
    page = visit(f"/id/?iri={quote(f'{PIC}#mr-imaging', safe='')}")
    assert page.locator(":target").is_visible()


@pytest.mark.parametrize(
    ("iri", "said"),
    [
        ("https://normolim.w.uib.no/", "The original ↗"),
        ("https://w3id.org/rdm-kg/id/lookup/thing/normolim", "service Home page normolim.w.uib.no ↗ Recommended by"),
        ("https://lovdata.no/eli/lov/2009/06/19/97", " Lovdata ↗ identifier LOV-2009-06-19-97"),
    ],
)
def test_a_thing_leads_to_where_it_is_on_the_web(shipped: Server, iri: str, said: str) -> None:
    reply = opened(shipped, f"/id/?iri={quote(iri, safe='')}")
    assert said in Seen(reply.text).text


def test_an_organisation_is_not_called_an_agent_too(shipped: Server) -> None:
    (organisation,) = shipped.query(
        f"SELECT (MIN(?one) AS ?it) {{ ?one a <{FOAF.Organization}>, <{FOAF.Agent}> }}", "text/csv"
    ).text.split()[1:]
    page = opened(shipped, f"/id/?iri={quote(organisation, safe='')}").text
    assert re.findall(r'class="chip"[^>]*>(.*?)<', page) == ["organisation"]
