"""The table of answers: of questions, queries, searches and the list of things; for people, with and without script."""

from __future__ import annotations

import csv
import io
import json
import re
from collections.abc import Iterator
from html import unescape
from pathlib import Path
from urllib.parse import quote, urlencode

import pytest
from playwright.sync_api import Browser, Page, expect

from server.views.ask import has_editor
from tests.change.checkout import commit
from tests.conftest import kg, write_site
from tests.server.browsing import WIDTHS, Visit, browser, content_server, serious, visit
from tests.server.serving import Server, Start, run_server

pytestmark = pytest.mark.slow

__all__ = ["browser", "content_server", "visit"]
HTML = {"Accept": "text/html"}
EVERYTHING = "SELECT ?s ?p ?o { ?s ?p ?o } ORDER BY ?s ?p ?o LIMIT 90"
FORMULAS = 'SELECT ?said ?n { VALUES (?said ?n) { ("=1+1" 10) ("-2" 9) ("@SUM(A1)" 100) ("b;=1" UNDEF) } }'
QUOTED = """SELECT ?said ?n { VALUES (?said ?n) { ('"a"' "b") ("\uff1d1" "\\n=1") } }"""
LISTED = """# column ids: Pages, each iris
SELECT * { VALUES (?ids ?iris) { ("two" "BASE/pic, BASE/light_microscopy") ("known" "BASE/nothing, BASE/pic") } }"""
DATES = """PREFIX xsd: <http://www.w3.org/2001/XMLSchema#>
SELECT ?day ?time ?address { VALUES (?day ?time ?address) {
  ("2026-03-09"^^xsd:date "2026-03-09T08:05:00Z"^^xsd:dateTime "https://example.org/a"^^xsd:anyURI) } }"""
NAMED = """PREFIX dcm: <http://dicom.nema.org/resources/ontology/DCM/>
PREFIX rdm: <https://w3id.org/rdm-kg/ont#>
PREFIX role: <https://w3id.org/rdm-kg/role/>
SELECT ?thing ?term { VALUES (?thing ?term) {
  (<https://w3id.org/rdm-kg/id/lookup/page/pic> rdm:CheatSheet) (dcm:MR role:format)
  (<https://w3id.org/rdm-kg/id/lookup/page/nothing> UNDEF) (<https://example.org/else> UNDEF) } }"""
SAME = 'SELECT ?all ?each ?none { VALUES ?each { 1 2 } BIND("so" AS ?all) }'
MISTAKEN = "SELECT * {\n  ?s ?p\n}"
SHEET = """---
title: {title}
type: cheat_sheet
page_id: mus
---
## Standards

- [Målestokk](https://stokk.example/)

Text.
"""


def ask(server: Server, path: str) -> str:
    answer = server.ask(path, headers=HTML)
    assert answer.status == 200, answer.text
    return answer.text


def column(page: Page, variable: str) -> list[str]:
    return [cell.inner_text() for cell in page.locator(f"tbody tr:not([hidden]) td[data-variable={variable}]").all()]


@pytest.fixture(scope="module")
def norwegian(tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[Server, str]]:
    """Start a server over a site in Norwegian whose repository is known; also return the commit."""
    folder = tmp_path_factory.mktemp("norwegian")
    config = "title: Musesida\nurl: https://example.org\nlang: nn\nrepository: example/musesida\n"
    write_site(folder / "site", {"mus.md": SHEET.format(title="Om mus")}, config)
    made = commit(folder / "site")
    built = kg("build", folder / "site", "--out", folder / "out", "--reasoner", "owlrl")
    assert built.returncode == 0, built.stderr
    served = run_server(folder, ["--release", str(folder / "out"), "--port", "0"])
    yield served, made
    assert served.end() == 0


@pytest.fixture(scope="module")
def twins(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Server]:
    """Start a server over two sites with pages that recommend one thing: one of the same title, and one of its own."""
    folder = tmp_path_factory.mktemp("twins")
    for name in ("East", "West"):
        files = {
            "mus.md": SHEET.format(title="Mice"),
            "own.md": SHEET.format(title=name).replace("_id: mus", "_id: own"),
        }
        write_site(folder / name, files, f"title: {name} site\nurl: https://{name.lower()}.example\n")
    built = kg("build", folder / "East", folder / "West", "--out", folder / "out", "--reasoner", "owlrl")
    assert built.returncode == 0, built.stderr
    served = run_server(folder, ["--release", str(folder / "out"), "--port", "0"])
    yield served
    assert served.end() == 0


def names_in(page: str, variable: str) -> list[str]:
    """Return the texts of the links in the cells of a column."""
    cells = re.findall(rf'data-variable="{variable}"[^>]*>(.*?)</t?d[d>]', page)
    return [unescape(name) for cell in cells for name in re.findall(r"<a [^>]*>(.*?)</a>", cell)]


@pytest.mark.parametrize("path", ["/browse", f"/sparql?query={quote(EVERYTHING)}"])
def test_the_head_of_a_long_table_stays_where_it_is(visit: Visit, path: str) -> None:
    page = visit(path)
    head, table = page.locator("thead th").first, page.locator(".scroll")
    table.scroll_into_view_if_needed()
    before = head.bounding_box()
    table.evaluate("part => part.scrollTo(0, 600)")
    assert table.evaluate("part => part.scrollTop") == 600
    assert head.bounding_box() == before
    page.set_viewport_size({"width": WIDTHS[1], "height": 1000})
    assert head.is_hidden()  # each row is a card, whose cells name their columns
    assert table.evaluate("part => part.scrollHeight - part.clientHeight") == 0


def test_what_a_cell_of_a_card_has_stands_beside_the_name_of_its_column(visit: Visit) -> None:
    page = visit("/queries/shared-recommendations?minimum=1", WIDTHS[1])
    cell = page.locator("td[data-variable=page_ids]", has_text=";").first
    assert cell.locator("a").count() > 1
    edge = cell.bounding_box()
    assert edge
    for link in cell.locator("a").all():
        box = link.bounding_box()
        assert box
        assert box["x"] > edge["x"] + edge["width"] / 4
    assert "; " in cell.inner_text()
    parts = "cell => [...cell.childNodes].filter(part => part.textContent.trim()).length"
    assert cell.evaluate(parts) == 1  # each part of a cell is on a line of its own


def test_an_empty_answer_says_which_name_is_not_in_the_data(visit: Visit) -> None:
    query = quote("SELECT * { ?sheet rdm:recommendFormat ?format }")
    said = "rdm:recommendFormat is not in the data; did you mean rdm:recommendsFormat?"
    for path in (f"/sparql?query={query}", f"/ask?query={query}"):
        if path.startswith("/sparql") or has_editor():
            expect(visit(path).get_by_role("alert")).to_have_text(said)


def test_a_name_and_its_address_are_one_link(content_server: Server) -> None:
    page = ask(content_server, "/queries/laws-of-sheet?page=pic")
    cells = re.findall(r'data-variable="name"[^>]*>(.*?)</td>', page)
    assert cells
    assert all(re.fullmatch(r'<a href="/id/[^"]+">[^<]+</a>', cell) for cell in cells)
    assert 'data-variable="law"' not in page
    assert ">page_iri<" not in page.partition("<h2>For programs")[0]


def test_a_column_that_is_the_same_in_all_rows_is_a_line_above(content_server: Server) -> None:
    page = ask(content_server, "/queries/standards-for-sheet?page=pic")
    (same,) = re.findall(r'<dl class="same">(.*?)</dl>', page, re.DOTALL)
    assert re.findall(r"<dt>(.*?)</dt>", same)[-2:] == ["Page", "Site"]
    assert ">Preclinical Imaging</a>" in same
    assert 'data-column="Site"' not in page
    sparql = ask(content_server, f"/sparql?query={quote(SAME)}")
    assert re.findall(r"<dt>(.*?)</dt>", sparql) == ["all"]
    assert re.findall(r'<th scope="col"[^>]*>([^<]*)', sparql) == ["each"]


def test_a_line_leads_to_its_place_on_our_page(content_server: Server) -> None:
    page = ask(content_server, "/queries/standards-for-sheet?page=pic")
    lines = re.findall(r'data-variable="line"[^>]*><a href="([^"#]+)#(L\d+)">(\d+)</a>', page)
    assert lines
    for address, anchor, line in lines:
        assert f'id="{anchor}"' in ask(content_server, address)
        assert int(anchor.removeprefix("L")) <= int(line)


def test_a_line_leads_to_the_repository_where_that_is_known(norwegian: tuple[Server, str]) -> None:
    server, made = norwegian
    page = ask(server, "/queries/standards-for-sheet?page=mus")
    source = f"https://github.com/example/musesida/blob/{made}/mus.md?plain=1#L8"
    assert f'<a href="{source}">8</a>' in unescape(page)


def test_names_in_another_language_say_so(norwegian: tuple[Server, str]) -> None:
    server, _ = norwegian
    for path in ("/queries/standards-for-sheet?page=mus", "/browse", "/browse/matrix", "/"):
        assert re.search(r'lang="nn">(<[^>]+>)?Om mus<', ask(server, path)), path
    assert 'lang="nn"' not in ask(server, "/queries/")
    assert ' lang="nn">Musesida</a>' in ask(server, "/")


@pytest.mark.parametrize(("times", "members", "is_shown"), [(1, 33_000, False), (40, 1000, False), (1, 1000, True)])
def test_the_values_of_lists_count_as_cells(content_server: Server, times: int, members: int, is_shown: bool) -> None:
    listed = ", ".join(["u"] * members)
    query = "# column l: All, each l\n" * times + f'SELECT ?l {{ VALUES ?l {{ "{listed}" }} }}'
    reply = content_server.ask("/sparql", "POST", query.encode(), {**HTML, "Content-Type": "application/sparql-query"})
    assert reply.status == 200
    assert ("too large for a page" in reply.text) != is_shown
    assert reply.text.count("</span>; ") == (members - 1 if is_shown else 0)


def test_dates_and_numbers_are_set_as_such(content_server: Server) -> None:
    page = ask(content_server, f"/sparql?query={quote(DATES)}")
    assert '<time datetime="2026-03-09">9 March 2026</time>' in page
    assert '<time datetime="2026-03-09T08:05:00Z">9 March 2026, 08:05</time>' in page
    assert page.count("<time ") == 2
    assert re.search(
        r'<th scope="col" data-column="each" class="number">each', ask(content_server, f"/sparql?query={quote(SAME)}")
    )


def test_an_address_that_the_graph_describes_leads_to_our_page(content_server: Server) -> None:
    described, other = "http://dicom.nema.org/resources/ontology/DCM/MR", "https://example.org/else"
    query = f"SELECT ?x {{ VALUES ?x {{ <{described}> <{other}> }} }}"
    page = unescape(ask(content_server, f"/sparql?query={quote(query)}"))
    assert f'href="/id/?iri={described}"' in page
    assert f'href="{other}"' in page


def test_an_answer_has_the_names_of_things_and_the_prefixed_names_of_terms(
    content_server: Server,
) -> None:
    answered = content_server.query(NAMED, "application/sparql-results+json").text
    body = urlencode({"result": answered, "query": NAMED}).encode()
    edited = content_server.ask("/ask/table", method="POST", body=body).text
    for page in (ask(content_server, f"/sparql?query={quote(NAMED)}"), edited):
        codes = [f"<code>{each}</code>" for each in ("lookup/page/nothing", "https://example.org/else")]
        assert names_in(page, "thing") == ["Preclinical Imaging", "Magnetic Resonance", *codes]
        assert names_in(page, "term") == ["<code>rdm:CheatSheet</code>", "<code>role:format</code>"]
        iri = "https://w3id.org/rdm-kg/id/lookup/page/pic"
        assert f'<a href="/id/lookup/page/pic" title="{iri}">Preclinical Imaging</a>' in page
    assert "Magnetic" not in answered


def test_the_names_of_so_many_things_are_looked_up(content_server: Server) -> None:
    things = [f"https://w3id.org/rdm-kg/id/lookup/page/n{number}" for number in range(999)]
    for before, name in ((things, "Preclinical Imaging"), ([*things, "urn:one"], "<code>lookup/page/pic</code>")):
        iris = [*before, *before, "https://w3id.org/rdm-kg/id/lookup/page/pic"]
        rows = [{"thing": {"type": "uri", "value": iri}} for iri in iris]
        result = json.dumps({"head": {"vars": ["thing"]}, "results": {"bindings": rows}})
        page = content_server.ask("/ask/table", method="POST", body=urlencode({"result": result}).encode()).text
        assert names_in(page, "thing")[-1] == name


def test_things_of_one_name_have_those_of_their_sites(twins: Server) -> None:
    both = ["East", "Mice (East site)", "Mice (West site)", "West"]
    assert names_in(ask(twins, "/queries/shared-recommendations"), "page_ids") == both
    query = "SELECT ?page { ?page a rdm:Page } ORDER BY STR(?page)"
    assert sorted(names_in(ask(twins, f"/sparql?query={quote(query)}"), "page")) == both


@pytest.mark.parametrize("width", WIDTHS)
def test_a_table_is_sorted_by_a_heading(visit: Visit, width: int) -> None:
    page = visit(f"/sparql?query={quote(FORMULAS)}", width)
    if width == WIDTHS[0]:
        page.get_by_role("button", name="n", exact=True).click()
        assert column(page, "n") == ["9", "10", "100", ""]
        page.get_by_role("button", name="n", exact=True).click()
        assert column(page, "n") == ["100", "10", "9", ""]
        assert page.get_by_role("columnheader", name="n").get_attribute("aria-sort") == "descending"
    assert serious(page) == []


def test_a_table_is_filtered_by_words(visit: Visit) -> None:
    page = visit("/queries/fairsharing-crosswalk")
    every = len(column(page, "name"))
    page.get_by_label("Filter these rows").fill("DICOM")
    shown = column(page, "name")
    assert 0 < len(shown) < every
    expect(page.get_by_role("status").filter(has_text=f"{len(shown)} of {every} rows")).to_be_visible()


def test_a_saved_table_has_no_formula_and_is_read_as_utf_8(visit: Visit, tmp_path: Path) -> None:
    page = visit(f"/sparql?query={quote(FORMULAS)}")
    with page.expect_download() as saved:
        page.get_by_role("button", name="Save as CSV").click()
    saved.value.save_as(tmp_path / "answer.csv")
    data = (tmp_path / "answer.csv").read_bytes()
    assert data.startswith(b"\xef\xbb\xbf")
    assert list(csv.reader(io.StringIO(data.decode("utf-8-sig")))) == [
        ["said", "n"],
        ["'=1+1", "10"],
        ["-2", "9"],
        ["'@SUM(A1)", "100"],
        ["b;'=1", ""],
    ]


def test_a_copied_table_has_tabs_and_no_formula(visit: Visit) -> None:
    page = visit(f"/sparql?query={quote(FORMULAS)}")
    page.context.grant_permissions(["clipboard-read", "clipboard-write"])
    page.get_by_role("button", name="Copy").click()
    expect(page.get_by_role("button", name="Copied")).to_be_visible()
    assert page.evaluate("navigator.clipboard.readText()").splitlines()[:2] == ["said\tn", "'=1+1\t10"]


def test_quotation_marks_and_wide_signs_are_copied_as_text(visit: Visit) -> None:
    page = visit(f"/sparql?query={quote(QUOTED)}")
    page.context.grant_permissions(["clipboard-read", "clipboard-write"])
    page.get_by_role("button", name="Copy").click()
    expect(page.get_by_role("button", name="Copied")).to_be_visible()
    copied = page.evaluate("navigator.clipboard.readText()")
    assert list(csv.reader(copied.splitlines(), dialect="excel-tab"))[1:] == [['"a"', "b"], ["'\uff1d1", "'=1"]]


def test_the_csv_of_the_protocol_stays_exact(content_server: Server) -> None:
    exact = content_server.ask(f"/sparql?format=csv&query={quote(FORMULAS)}").body
    assert exact == b"said,n\r\n=1+1,10\r\n-2,9\r\n@SUM(A1),100\r\nb;=1,\r\n"
    page = ask(content_server, "/queries/laws-of-sheet")
    assert "format=csv" in page.partition("<h2>For programs</h2>")[2]
    assert "format=csv" not in page.partition("<h2>For programs</h2>")[0]


@pytest.mark.skipif(not has_editor(), reason="this checkout was installed without the query editor")
@pytest.mark.parametrize("width", WIDTHS)
def test_a_chosen_question_is_answered_in_the_editor_as_on_its_page(visit: Visit, width: int) -> None:
    page = visit("/ask", width)
    page.get_by_label("Begin with a question").select_option("laws-of-sheet")
    expect(page.locator("#yasgui .answer td").first).to_be_visible()
    asked = visit("/queries/laws-of-sheet", width)
    tables = [each.locator(".answer .scroll").inner_html() for each in (page, asked)]
    captions = [re.sub(r"<caption.*?</caption>", "", table) for table in tables]
    assert captions[0] == captions[1]
    assert page.locator("#yasgui .answer tbody a").first.get_attribute("href", timeout=0).startswith("/id/")  # type: ignore[union-attr]
    assert serious(page) == []


@pytest.mark.skipif(not has_editor(), reason="this checkout was installed without the query editor")
def test_a_mistaken_query_is_shown_with_its_line_marked(browser: Browser, content_server: Server) -> None:
    with browser.new_page() as page:
        page.goto(f"{content_server.url}/ask?query={quote(MISTAKEN)}")
        wrong = page.locator("#yasgui").get_by_role("alert")
        expect(wrong).to_contain_text("syntax error at 3:")
        assert wrong.locator("mark").inner_text() == "}"
        assert "{" not in wrong.locator("p").inner_text()
        assert page.locator("#yasgui .mistaken").count() == 1


@pytest.mark.parametrize("query", [MISTAKEN, MISTAKEN.replace("?p", "rdm:role"), "SELECT * {\n  ?s ?p"])
def test_the_plain_form_marks_the_mistaken_line_too(content_server: Server, query: str) -> None:
    answer = content_server.ask(f"/sparql?query={quote(query)}", headers=HTML)
    assert answer.status == 400
    (line,) = re.findall(r"<pre[^>]*>(\d+)  <mark>(.*?)</mark></pre>", answer.text)
    assert line == (str(query.count("\n") + 1), query.rpartition("\n")[2])


def test_what_is_no_result_makes_no_table(content_server: Server) -> None:
    for body in (b"", b"result=%7B%7D", b"result=[]", b"result=%7B", b"result=" + b"[" * 100_000):
        answer = content_server.ask("/ask/table", method="POST", body=body)
        assert answer.status == 400, body


def test_a_search_leads_to_its_results_as_a_table(content_server: Server) -> None:
    (address,) = re.findall(r'href="([^"]+)">as a table</a>', ask(content_server, "/search?q=imaging"))
    assert '<div class="answer">' in ask(content_server, unescape(address))
    assert "q=imaging" in address


def test_a_list_of_pages_has_their_titles_as_links(content_server: Server, norwegian: tuple[Server, str]) -> None:
    (cell,) = re.findall(r'data-variable="page_ids">(.*?)</dd>', ask(content_server, "/queries/laws-and-sheets"))
    assert re.fullmatch(r'<span><span><a href="/id/lookup/page/pic"[^>]*>Preclinical Imaging</a></span></span>', cell)
    query = LISTED.replace("BASE", "https://w3id.org/rdm-kg/id/lookup/page")
    cells = re.findall(r'data-variable="ids">(.*?)</td>', ask(content_server, f"/sparql?query={quote(query)}"))
    names = [re.findall(r"<a [^>]*>([^<]+)</a>", cell) for cell in cells]
    assert names == [["Light microscopy", "Preclinical Imaging"], ["lookup/page/nothing", "Preclinical Imaging"]]
    query = LISTED.replace("BASE/pic", "https://w3id.org/rdm-kg/id/example-org/page/mus")
    assert '<span lang="nn"><a' in ask(norwegian[0], f"/sparql?query={quote(query)}")


@pytest.mark.parametrize("relation", ["of", "in", "each"])
@pytest.mark.parametrize("value", ['"no address"', '"x:y, <"', "<urn:x>", "4"])
def test_a_header_that_does_not_fit_the_answer_does_no_harm(content_server: Server, relation: str, value: str) -> None:
    query = f"# column a: Heading, {relation} b\nSELECT * {{ VALUES (?a ?b) {{ ('x' {value}) ({value} 1) }} }}"
    assert 'data-column="Heading"' in ask(content_server, f"/sparql?query={quote(query)}")


@pytest.mark.parametrize("page", ["lookup/page/../page/pic", "lookup/page/pic.html/x", "\u00e5" * 190])
def test_a_line_of_no_page_of_the_release_reads_no_file(content_server: Server, page: str) -> None:
    iri = f"https://w3id.org/rdm-kg/id/{page}"
    query = f"# column line: Line, in page\nSELECT * {{ VALUES (?line ?page) {{ (30 <{iri}>) }} }}"
    (link,) = re.findall(
        r'data-variable="line"[^>]*><a href="([^"]+)"', ask(content_server, f"/sparql?query={quote(query)}")
    )
    assert "#" not in link


def test_a_line_of_a_page_whose_id_has_a_slash_leads_to_its_page(start: Start, tmp_path: Path) -> None:
    files = {"a.md": '---\ntitle: A\npage_id: "a/b"\n---\n## Solutions\n\n* [A tool](https://tool.example)\n'}
    assert kg("build", write_site(tmp_path / "site", files), "--out", tmp_path / "out").returncode == 0
    server = start(tmp_path / "out")
    query = "# column line: Line, in page\nSELECT * { ?page rdm:hasMention/rdm:sourceLine ?line }"
    found = re.search(r'data-variable="line"[^>]*><a href="([^"#]+)#L7"', ask(server, f"/sparql?query={quote(query)}"))
    assert found
    assert 'id="L7"' in ask(server, unescape(found[1]))


def test_a_number_that_is_no_line_stays_a_number(content_server: Server) -> None:
    page = "<https://w3id.org/rdm-kg/id/lookup/page/pic>"
    query = f'# column line: Line, in page\nSELECT * {{ VALUES (?line ?page) {{ ("{"9" * 5000}" {page}) }} }}'
    assert ">999" in ask(content_server, f"/sparql?query={quote(query)}")


def test_a_column_that_is_named_many_times_counts_as_many_cells(content_server: Server) -> None:
    found = {"head": {"vars": ["n"]}, "results": {"bindings": [{"n": {"type": "literal", "value": "1"}}] * 1000}}
    header = "".join(f"# column n: Number {number}\n" for number in range(100))
    body = urlencode({"result": json.dumps(found), "query": header}).encode()
    assert "too large" in content_server.ask("/ask/table", method="POST", body=body).text
