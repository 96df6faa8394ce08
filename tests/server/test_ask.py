"""The query editor and its plain form, in a real browser."""

from __future__ import annotations

import json
import re

import pytest
from playwright.sync_api import Page, expect

from kg.query import canned
from kg.vocab import FOAF, PREFIXES, prefixed_name
from server.views.ask import has_editor
from tests.server.browsing import WIDTHS, Visit, browser, content_server, serious, visit
from tests.server.serving import Server

__all__ = ["browser", "content_server", "visit"]
with_editor = pytest.mark.skipif(not has_editor(), reason="this checkout was installed without the query editor")
_EDITOR = "document.querySelector('.tabPanel.active .CodeMirror').CodeMirror"


def write(page: Page, text: str) -> None:
    page.locator(".tabPanel.active .CodeMirror").click()
    page.keyboard.press("Control+A")
    page.keyboard.insert_text(text)


def written(page: Page) -> str:
    return str(page.evaluate(f"{_EDITOR}.getValue()"))


@with_editor
@pytest.mark.parametrize("width", WIDTHS)
def test_the_editor_runs_a_query(visit: Visit, width: int) -> None:
    page = visit("/ask", width)
    page.get_by_role("button", name="Run query").click()
    for variable in ("sheet", "title"):
        cells = page.locator(f"td[data-variable={variable}]")
        expect(cells.filter(has_text=re.compile("^Preclinical Imaging$"))).to_be_visible()
    expect(page.get_by_role("status").filter(has_text="3 rows.")).to_be_attached()
    assert page.evaluate("document.documentElement.scrollWidth") <= width


@with_editor
def test_the_editor_completes_what_the_graph_has(visit: Visit) -> None:
    page = visit("/ask")
    for begun, whole in (("a Cheat", "a rdm:CheatSheet"), ("recommendsDep", "rdm:recommendsDepositIn")):
        write(page, f"SELECT * {{ ?sheet {begun}")
        page.keyboard.press("Control+Space")
        expect(page.locator(".CodeMirror-hint")).to_have_count(1)
        page.keyboard.press("Enter")
        page.wait_for_function(f"{_EDITOR}.getValue().startsWith('PREFIX rdm:')")
        assert written(page).endswith(f"?sheet {whole}")


DECLARED = "".join(f"PREFIX {prefix}: <{PREFIXES[prefix]}>\n" for prefix in ("dct", "foaf", "rdf", "rdm"))
BEGUN = "me"
"""Letters within the names of several properties."""


def hints(page: Page, pattern: str) -> list[str]:
    """Return the suggestions for a pattern that goes on with :data:`BEGUN`, of which there are several."""
    write(page, f"{DECLARED}SELECT * {{ {pattern}{BEGUN}")
    page.keyboard.press("Control+Space")
    expect(page.locator(".CodeMirror-hint").nth(1)).to_be_visible()
    found = page.locator(".CodeMirror-hint").all_inner_texts()
    page.keyboard.press("Escape")
    return found


def properties_of(server: Server, kind: str) -> set[str]:
    query = f"SELECT DISTINCT ?p {{ ?s a <{kind}> ; ?p ?o }}"
    rows = json.loads(server.query(query, "application/sparql-results+json").body)["results"]["bindings"]
    names = (prefixed_name(row["p"]["value"]) for row in rows)
    return {name for name in names if BEGUN in name.partition(":")[2].lower()}


@with_editor
@pytest.mark.parametrize(
    "begun",
    [
        "?who a foaf:Person ; ",
        "?who a foaf:Person ; foaf:name ?name ; ",
        "?sheet dct:contributor ?who FILTER(?who != ?sheet) ?who a foaf:Person . ?sheet a rdm:CheatSheet . ?who ",
        "?who rdf:type <http://xmlns.com/foaf/0.1/Person> . # a rdm:Page\n?who ",
    ],
)
def test_properties_are_those_of_the_class_of_the_subject(begun: str, visit: Visit, content_server: Server) -> None:
    found = hints(visit("/ask"), begun)
    assert set(found) == properties_of(content_server, FOAF.Person)


@with_editor
def test_properties_of_a_subject_without_a_known_class_are_all(visit: Visit, content_server: Server) -> None:
    page = visit("/ask")
    for begun in ("?who ", "?who a <http://example.org/none> ; ", "?other a foaf:Person . ?who "):
        assert not set(hints(page, begun)) <= properties_of(content_server, FOAF.Person)


@with_editor
def test_a_question_is_one_choice_away_and_a_link_shares_it(visit: Visit) -> None:
    page = visit("/ask")
    page.get_by_label("Begin with a question").select_option("gaps")
    assert written(page) == canned.load("gaps").text
    page.locator(".tabPanel.active .yasqe_share").click()
    link = page.locator(".yasqe_sharePopup input").input_value()
    shared = visit(link[link.index("/ask") :])
    expect(shared.locator(".tabPanel.active .CodeMirror")).to_be_visible()
    assert written(shared) == canned.load("gaps").text


@with_editor
def test_a_query_in_the_address_stands_in_the_editor(visit: Visit) -> None:
    page = visit("/ask?query=ASK%20%7B%7D")
    expect(page.locator(".tabPanel.active .CodeMirror")).to_be_visible()
    assert written(page) == "ASK {}"


@with_editor
def test_the_browser_keeps_no_answers_and_few_tabs(visit: Visit) -> None:
    page = visit("/ask")
    for name in canned.names()[:8]:
        page.get_by_label("Begin with a question").select_option(name)
        page.wait_for_timeout(50)
    page.locator(".tabPanel.active .yasqe_queryButton").click()
    expect(page.get_by_role("status").filter(has_text="rows.")).to_be_attached()
    assert page.locator(".tabPanel").count() == 5
    kept = "".join(page.evaluate("Object.values(localStorage)"))
    assert kept.count('"value"') + kept.count('"query"') > 0
    assert "bindings" not in kept


@with_editor
@pytest.mark.parametrize("width", WIDTHS)
def test_the_editor_is_for_everybody(visit: Visit, width: int) -> None:
    page = visit("/ask", width)
    page.get_by_role("button", name="Run query").click()
    expect(page.get_by_role("cell", name="Preclinical Imaging").first).to_be_visible()
    assert serious(page) == []


def test_without_scripts_the_plain_form_answers(visit: Visit) -> None:
    page = visit("/ask", script=False)
    page.get_by_label("Query", exact=True).fill('SELECT ("so" AS ?it) {}')
    page.locator("#plain button").click()
    expect(page.get_by_role("cell", name="so")).to_be_visible()


def test_every_question_is_a_link_without_scripts(content_server: Server) -> None:
    page = content_server.ask("/ask").text
    for query in canned.load_all().values():
        assert f">{query.title}</a>" in page
    assert "ORDER BY ?sheet ?missing" in content_server.ask("/ask?query=ORDER%20BY%20%3Fsheet%20%3Fmissing").text


def test_nothing_inline_is_let_in_but_one_style_by_its_hash(content_server: Server) -> None:
    policy = content_server.ask("/ask").headers["Content-Security-Policy"]
    assert "unsafe" not in policy
    assert "http" not in policy
    assert re.search(r"script-src 'self';", policy)
    assert "sha256" not in content_server.ask("/queries/").headers["Content-Security-Policy"]
