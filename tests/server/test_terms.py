"""Terms of other vocabularies, and our IRIs besides those of things: each leads to a page."""

from __future__ import annotations

import re
from urllib.parse import quote

import pytest
from pyoxigraph import RdfFormat, parse

from kg.vocab import DCAT, DCT, FOAF, RDM, SCHEMA, SKOS
from server.pages.term import USES
from tests.server.browsing import WIDTHS, Visit, browser, content_server, serious, visit
from tests.server.pages import BROWSER, Seen
from tests.server.serving import Reply, Server

pytestmark = pytest.mark.slow

__all__ = ["browser", "content_server", "visit"]
TERMS = {
    DCT.title: ("title", "The name given by the thing itself or its publisher.", "Preclinical Imaging"),
    DCT.modified: ("last change", "When it was last changed.", "Preclinical Imaging"),
    SCHEMA.mentions: ("mentions", "What the page names or links to.", "OME-NGFF"),
    DCAT.Dataset: ("dataset", "Data published by one agent", "Light microscopy"),
    FOAF.Person: ("person", "A human being.", "Torill Sjøbakk"),
}


def ask(server: Server, iri: str, more: str = "", accept: str = BROWSER["Accept"]) -> Reply:
    return server.ask(f"/id/?iri={quote(iri, safe='')}{more}", headers={"Accept": accept})


def counted(server: Server, pattern: str) -> tuple[int, int]:
    """Return the number of matches of a pattern, and of distinct values of ``?s``."""
    query = f"SELECT (COUNT(*) AS ?n) (COUNT(DISTINCT ?s) AS ?things) {{ {pattern} }}"
    n, things = server.query(query, "text/csv").text.split()[1].split(",")
    return int(n), int(things)


@pytest.mark.parametrize(("iri", "shown"), TERMS.items(), ids=lambda value: str(value).rpartition("/")[2])
def test_a_term_has_a_page_that_says_what_it_is_and_where_it_is_used(
    shipped: Server, iri: str, shown: tuple[str, str, str]
) -> None:
    reply = ask(shipped, iri)
    page = Seen(reply.text)
    assert reply.status == 200
    title, *words = shown
    assert re.findall(r"<h1.*?>(.*?)</h1>", reply.text) == [title]
    for said in (iri, *words):
        assert said in page.text


def test_the_uses_of_a_property_are_counted_and_turned_over(shipped: Server) -> None:
    number, things = counted(shipped, f"?s <{DCT.title}> ?o")
    page = Seen(ask(shipped, DCT.title).text)
    assert f"Statements with this property: {number}, about {things} things." in page.text
    assert number > USES
    shown, following = [], [f"/id/?iri={DCT.title}&page=1"]
    while following:
        text = shipped.ask(following[0], headers=BROWSER).text
        shown += re.findall(r'<tr><td data-column="Thing">.*?</tr>', text)
        following = [at for at in Seen(text).addresses if at.endswith(f"&page={len(shown) // USES + 1}")]
    assert len(shown) == len(set(shown)) == number


def test_the_members_of_a_class_are_counted(shipped: Server) -> None:
    _, things = counted(shipped, f"?s a <{SKOS.Concept}>")
    text = Seen(ask(shipped, SKOS.Concept).text).text
    assert f"Things of this class: {things}." in text
    assert "A unit of thought" in text


def test_a_page_beyond_the_last_is_the_last(shipped: Server) -> None:
    assert "Page 2 of 2" in Seen(ask(shipped, SKOS.Concept, "&page=99").text).text


@pytest.mark.parametrize("iri", [DCT.modified, SKOS.inScheme])
def test_a_program_gets_the_statements_that_are_made_with_a_property(shipped: Server, iri: str) -> None:
    reply = ask(shipped, iri, accept="application/n-triples")
    made = {str(quad.subject) for quad in parse(reply.body, RdfFormat.N_TRIPLES) if quad.predicate.value == iri}
    assert len(made) == counted(shipped, f"?s <{iri}> ?o")[1]


def test_a_term_that_nothing_uses_is_not_found(shipped: Server) -> None:
    for accept in (BROWSER["Accept"], "text/turtle"):
        assert ask(shipped, f"{SCHEMA.base}Nonsense", accept=accept).status == 404


def test_the_names_of_properties_lead_to_their_pages(shipped: Server) -> None:
    page = shipped.ask("/id/lookup/page/pic", headers=BROWSER)
    addresses = {address for address in Seen(page.text).addresses if address.startswith("/id/?iri=")}
    for iri in (DCT.modified, DCAT.landingPage, SCHEMA.isPartOf):
        assert f"/id/?iri={iri.replace('#', '%23')}" in addresses
    assert {address: shipped.ask(address, headers=BROWSER).status for address in addresses} == dict.fromkeys(
        addresses, 200
    )


@pytest.mark.parametrize("width", WIDTHS)
@pytest.mark.parametrize("iri", [DCT.title, DCAT.Dataset])
def test_the_page_of_a_term_fits_and_hinders_nobody(visit: Visit, iri: str, width: int) -> None:
    page = visit(f"/id/?iri={quote(iri, safe='')}", width=width)
    assert page.evaluate("document.documentElement.scrollWidth") <= width
    assert serious(page) == []


def test_of_our_own_terms_the_ontology_tells(shipped: Server) -> None:
    assert ask(shipped, RDM.recommends).headers["Location"] == "/ont#recommends"


@pytest.mark.parametrize(
    ("kind", "pattern"), [("builder", "?x ?p ?o"), ("question", "?x ?p ?o"), ("graph", "GRAPH ?x { ?s ?p ?o }")]
)
def test_our_iris_beside_those_of_things_are_served_at_their_path(shipped: Server, kind: str, pattern: str) -> None:
    base = f"https://w3id.org/rdm-kg/{kind}/"
    query = f'SELECT DISTINCT ?x {{ {pattern} FILTER(STRSTARTS(STR(?x), "{base}") && !CONTAINS(STR(?x), "#")) }}'
    found = shipped.query(query, "text/csv").text.split()[1:]
    assert found
    for iri in found:
        reply = shipped.ask(iri.removeprefix("https://w3id.org/rdm-kg"), headers=BROWSER)
        assert reply.status == 303
        assert shipped.ask(reply.headers["Location"], headers=BROWSER).status == 200
