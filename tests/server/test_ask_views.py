"""Views of answers in the query editor: a graph of statements, a chart of numbers."""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from typing import TYPE_CHECKING
from urllib.parse import quote

import pytest
from playwright.sync_api import Locator, Page, expect

from server.views.ask import has_editor
from tests.server.browsing import WIDTHS, Visit, browser, content_server, serious, visit
from tests.server.serving import QUADS, ROOT, SHEET, Server, make_release, run_server

if TYPE_CHECKING:
    from playwright.sync_api import Browser

__all__ = ["browser", "content_server", "visit"]
pytestmark = pytest.mark.skipif(not has_editor(), reason="this checkout was installed without the query editor")

PREFIXES = """PREFIX rdm: <https://w3id.org/rdm-kg/ont#>
PREFIX dct: <http://purl.org/dc/terms/>
PREFIX ex: <http://example.org/>
PREFIX xsd: <http://www.w3.org/2001/XMLSchema#>
"""
STATEMENTS = """CONSTRUCT {
  ex:one a ex:Rare, ex:Common ; dct:title "First <b>thing</b>" ; ex:size 3 ; ex:near ex:two ; ex:like ex:two .
  ex:two a ex:Common ; ex:near [] .
} {}"""
MANY = """CONSTRUCT { ?thing ex:number ?n } {
  VALUES ?a { 0 1 2 3 4 5 6 7 8 9 } VALUES ?b { 0 1 2 3 4 5 6 7 8 9 } VALUES ?c { 0 1 2 3 4 5 6 7 8 9 }
  BIND(?a * 100 + ?b * 10 + ?c AS ?n) BIND(IRI(CONCAT(STR(ex:), STR(?n))) AS ?thing) }"""
COUNTS = """SELECT ?thing ?name ?share ?number {
  VALUES (?thing ?name ?share ?number) {
    (ex:a "Apples" 0.5 1200) (ex:p "Plums" 0.25 40) (ex:f "Figs" 0.25 UNDEF) (ex:n "Nuts" 0.75 7) } }"""
YEARS = """SELECT ?year ?number {
  VALUES (?year ?number) { ("2024"^^xsd:gYear 5) ("2021"^^xsd:gYear 3) ("2022"^^xsd:gYear 4) } }"""


def answered(visit: Visit, query: str, width: int = WIDTHS[0]) -> Page:
    """Open the editor at a link with a query, and wait for the answer."""
    page = visit(f"/ask?query={quote(PREFIXES + query)}", width)
    expect(page.locator(".tabPanel.active .yasr_response_chip")).to_contain_text("result")
    return page


def tab(page: Page, name: str) -> Locator:
    return page.get_by_role("button", name=f"Shows {name} view")


def picture(visit: Visit, view: str, query: str, width: int = WIDTHS[0]) -> Page:
    page = answered(visit, query, width)
    tab(page, view).click()
    expect(page.locator(".picture:not([aria-busy])")).to_be_visible()
    return page


def drawn(page: Page) -> dict[str, list[object]]:
    """Return labels and values drawn by the chart library."""
    data: dict[str, list[object]] = page.evaluate(
        "(() => { const { data } = Chart.getChart(document.querySelector('.picture canvas'));"
        " return { labels: data.labels, values: data.datasets[0].data } })()"
    )
    return data


@pytest.mark.parametrize("width", WIDTHS)
def test_statements_are_things_and_links(visit: Visit, width: int) -> None:
    page = picture(visit, "Graph", STATEMENTS, width)
    said = "Graph of 3 things and 3 links, with 2 facts in its list: 8 statements."
    expect(page.locator(".picture > p").first).to_have_text(said)
    assert page.locator(".legend li").all_inner_texts() == ["Common (1)", "Rare (1)", "no type in this answer (1)"]
    cy = "document.querySelector('.picture .paper')._cyreg.cy"
    things = page.evaluate(f"{cy}.nodes().map(node => node.data('label'))")
    assert sorted(name for name in things if not name.startswith("_:")) == ["First <b>thing</b>", "two"]
    assert len(things) == 3
    links = page.evaluate(f"{cy}.edges().map(edge => edge.data('names').sort())")
    assert sorted(links) == [["like", "near"], ["near"]]
    assert page.evaluate("document.documentElement.scrollWidth") <= width
    assert serious(page) == []


def test_the_graph_is_a_list_as_well(visit: Visit) -> None:
    page = picture(visit, "Graph", STATEMENTS)
    page.get_by_text("The same as a list").click()
    first = page.locator(".same > ul > li").filter(has_text="(Rare)")
    head, *said = first.inner_text().splitlines()
    assert head == "First <b>thing</b> (Rare)"
    assert sorted(said) == ["dct:title: First <b>thing</b>", "like → two", "near → two", "size: 3"]
    expect(first.get_by_role("link").first).to_have_attribute("href", "/id/?iri=http%3A%2F%2Fexample.org%2Fone")
    assert serious(page) == []


def test_a_large_answer_is_capped_and_says_so(visit: Visit) -> None:
    page = picture(visit, "Graph", MANY)
    expect(page.locator(".picture > p").first).to_contain_text("the first 200 of 1,000 statements; the table has all.")
    assert page.locator(".same > ul > li").count() == 200


def test_a_click_leads_to_the_page_of_a_thing(visit: Visit) -> None:
    sheet = "SELECT ?s ?p ?o { VALUES ?p { dct:title } ?s a rdm:CheatSheet ; ?p ?o } ORDER BY ?o LIMIT 1"
    page = picture(visit, "Graph", sheet)
    place = page.evaluate("document.querySelector('.picture .paper')._cyreg.cy.nodes()[0].renderedPosition()")
    page.locator(".picture .paper").scroll_into_view_if_needed()
    page.evaluate("new Promise(done => requestAnimationFrame(() => requestAnimationFrame(done)))")
    page.locator(".picture .paper").hover(position=place)
    expect(page.locator(".picture .hint")).to_contain_text("dct:title: ")
    with page.context.expect_page() as opened:
        page.locator(".picture .paper").click(position=place)
    expect(opened.value.get_by_role("heading", level=1)).to_have_text(
        page.locator(".same > ul > li > a").first.text_content() or ""
    )


@pytest.mark.parametrize("width", WIDTHS)
def test_counts_are_bars(visit: Visit, width: int) -> None:
    page = picture(visit, "Chart", COUNTS, width)
    expect(page.locator(".picture")).to_contain_text(
        "Bars of ?number by ?name: 3 rows. Omitted without a value: 1 row."
    )
    assert drawn(page) == {"labels": ["Apples", "Plums", "Nuts"], "values": [1200, 40, 7]}
    with page.expect_download() as saved:
        page.locator(".tabPanel.active .yasr_downloadIcon").click()
    assert saved.value.path().read_bytes().startswith(b"\x89PNG")
    page.get_by_text("The same as a table").click()
    assert page.locator(".same tbody tr").all_inner_texts() == ["Apples\t1,200", "Plums\t40", "Nuts\t7"]
    assert page.evaluate("document.documentElement.scrollWidth") <= width
    assert serious(page) == []


def test_what_is_drawn_can_be_chosen_and_a_link_shares_it(visit: Visit) -> None:
    page = picture(visit, "Chart", COUNTS)
    page.get_by_label("Number", exact=False).and_(page.locator("select")).select_option("share")
    page.get_by_label("Drawn as").select_option("pie")
    chosen = {"labels": ["Apples", "Plums", "Figs", "Nuts"], "values": [0.5, 0.25, 0.25, 0.75]}
    assert drawn(page) == chosen
    page.locator(".tabPanel.active .yasqe_share").click()
    link = page.locator(".yasqe_sharePopup input").input_value()
    shared = visit(link[link.index("/ask") :])
    expect(shared.locator(".picture:not([aria-busy])")).to_be_visible()
    assert drawn(shared) == chosen
    expect(shared.get_by_label("Drawn as")).to_have_value("pie")


def test_years_are_a_line_in_their_order(visit: Visit) -> None:
    page = picture(visit, "Chart", YEARS)
    expect(page.locator(".picture")).to_contain_text("Line of ?number by ?year: 3 rows.")
    values = page.evaluate(
        "Chart.getChart(document.querySelector('.picture canvas')).data.datasets[0].data.map(({ y }) => y)"
    )
    assert values == [3, 4, 5]


def test_a_library_is_asked_for_when_its_view_is_opened(visit: Visit) -> None:
    page = answered(visit, COUNTS)
    asked = "performance.getEntriesByType('resource').filter(({ name }) => /chart[.]umd|cytoscape/.test(name)).length"
    assert page.evaluate(asked) == 0
    tab(page, "Chart").click()
    expect(page.locator(".picture canvas")).to_be_visible()
    assert page.evaluate(asked) == 1


@pytest.mark.parametrize(
    "query", ["SELECT ?name { VALUES ?name { 'a' } }", "SELECT ?a ?b { VALUES (?a ?b) { ('a' 'b') } }"]
)
def test_what_makes_no_picture_is_offered_none(visit: Visit, query: str) -> None:
    page = answered(visit, query)
    for name in ("Chart", "Graph"):
        expect(tab(page, name)).to_be_disabled()


@pytest.fixture(scope="module")
def bare_server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Server]:
    """Start a program without the libraries of the views, over a release without a description."""
    folder = tmp_path_factory.mktemp("bare")
    left_out = shutil.ignore_patterns("chart.js", "cytoscape", "__pycache__")
    shutil.copytree(ROOT / "server", folder / "server", ignore=left_out)
    make_release(folder / "out", QUADS)
    served = run_server(folder, ["--release", str(folder / "out"), "--port", "0"], PYTHONPATH=f"{folder}:{ROOT}")
    yield served
    assert served.end() == 0


def test_without_the_libraries_there_are_no_tabs(browser: Browser, bare_server: Server) -> None:
    page = browser.new_page()
    page.goto(f"{bare_server.url}/ask?query={quote(STATEMENTS.join([PREFIXES, '']))}")
    expect(page.locator(".tabPanel.active .yasr_response_chip")).to_contain_text("8 results")
    assert page.locator(".yasr_btnGroup button").all_inner_texts() == ["Table", "Response"]
    page.close()


def test_completion_without_a_description_asks_the_endpoint(browser: Browser, bare_server: Server) -> None:
    page = browser.new_page()
    page.goto(f"{bare_server.url}/ask")
    for begun, whole in (("a Cheat", "a rdm:CheatSheet"), ("sourceLi", "rdm:sourceLine")):
        page.locator(".tabPanel.active .CodeMirror").click()
        page.keyboard.press("Control+A")
        page.keyboard.insert_text(f"SELECT * {{ <{SHEET}> {begun}")
        page.keyboard.press("Control+Space")
        expect(page.locator(".CodeMirror-hint")).to_have_count(1)
        page.keyboard.press("Enter")
        page.wait_for_function(
            f"document.querySelector('.tabPanel.active .CodeMirror').CodeMirror.getValue().endsWith('{whole}')"
        )
    page.close()


def test_another_view_may_be_chosen_while_a_graph_is_arranged(visit: Visit) -> None:
    page = answered(visit, MANY)
    for view in ("Graph", "Table", "Graph"):
        tab(page, view).click()
    expect(page.locator(".picture:not([aria-busy])")).to_be_visible()
    assert page.locator(".picture").count() == 1


def test_our_prefixes_need_no_declaration_and_the_text_stays(visit: Visit) -> None:
    query = "SELECT ?sheet { ?sheet a rdm:CheatSheet }"
    page = visit(f"/ask?query={quote(query)}")
    expect(page.locator(".tabPanel.active .yasr_response_chip")).to_contain_text("result")
    assert page.evaluate("document.querySelector('.tabPanel.active .CodeMirror').CodeMirror.getValue()") == query
