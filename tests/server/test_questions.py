"""Canned queries as forms: results, selection lists of real values, a chart, and the graph of queries."""

from __future__ import annotations

import csv
import io
import json
import re
from html import unescape
from pathlib import Path
from urllib.parse import quote

import pytest
from playwright.sync_api import expect
from rdflib import Graph

from kg.build.questions import questions_graph
from kg.errors import KgError
from kg.query import canned
from tests.conftest import kg, write_site
from tests.server.browsing import WIDTHS, Visit, browser, content_server, visit
from tests.server.serving import Server, Start

__all__ = ["browser", "content_server", "visit"]
HTML = {"Accept": "text/html"}
HEADER = "# title: A\n# question: B?\n# for: authors\n"


def answer(server: Server, path: str) -> list[dict[str, str]]:
    return list(csv.DictReader(io.StringIO(server.ask(path, headers={"Accept": "text/csv"}).text)))


def bars(page: str) -> list[tuple[str, str]]:
    found = re.findall(r"<dt>([^<]*)</dt><dd><svg[^>]*><rect[^>]*/></svg><span>([^<]*)</span>", page)
    return [(unescape(label), number) for label, number in found]


@pytest.mark.parametrize("script", [True, False])
@pytest.mark.parametrize("width", WIDTHS)
def test_a_form_gives_the_same_answer_as_its_csv(
    visit: Visit, content_server: Server, width: int, script: bool
) -> None:
    page = visit("/queries/standards-for-sheet", width, script)
    page.get_by_label("Page", exact=True).select_option(label="High-Throughput Sequencing")
    page.get_by_role("button", name="Ask").click()
    expect(page.get_by_role("heading", name="Answer", exact=True)).to_be_visible()
    shown = [cell.inner_text() for cell in page.locator("td[data-variable=name]").all()]
    lines = [cell.inner_text() for cell in page.locator("td[data-variable=line]").all()]
    wanted = answer(content_server, "/queries/standards-for-sheet?page=sequencing")
    assert [*zip(shown, lines, strict=True)] == [(row["name"], row["line"]) for row in wanted]
    assert wanted
    assert page.url.endswith("?page=sequencing&site=")


@pytest.mark.parametrize(
    ("path", "values"),
    [
        ("/queries/standards-for-sheet", {"pic", "sequencing", "light_microscopy"}),
        ("/queries/sheets-by-fairsharing", {"b7z8by", "dj8nt8"}),
        ("/queries/sheets-by-modality", {"MR"}),
        ("/queries/pages-that-name", {"Digital Imaging and COmmunications in Medicine", "OME-NGFF"}),
    ],
)
def test_a_form_offers_the_values_of_the_graph(content_server: Server, path: str, values: set[str]) -> None:
    page = content_server.ask(path, headers=HTML).text
    name, field = re.findall(r'<(?:input|select) id="p-(\w+)"(.*?)</p>', page, re.DOTALL)[0]
    offered = set(re.findall(r'<option value="([^"]+)"', field))
    assert values <= offered
    for value in sorted(offered)[:5]:
        # every page can be asked about, and some have no answer
        assert content_server.ask(f"{path}?{name}={quote(unescape(value))}", headers=HTML).status == 200, value
    for value in sorted(values if name == "page" else offered)[:5]:
        assert answer(content_server, f"{path}?{name}={quote(unescape(value))}"), value


def test_a_thing_is_proposed_by_its_abbreviation(content_server: Server) -> None:
    page = content_server.ask("/queries/pages-that-name", headers=HTML).text
    assert re.search(r'<option value="Digital Imaging and COmmunications in Medicine">[^<]*DICOM[^<]*</option>', page)


@pytest.mark.parametrize(("name", "offered"), [("contacts", True), ("standards-for-sheet", False)])
def test_a_form_offers_every_page_that_its_question_is_about(content_server: Server, name: str, offered: bool) -> None:
    page = content_server.ask(f"/queries/{name}", headers=HTML).text
    assert ('<option value="pages-contribute-main">How to contribute</option>' in page) is offered


def test_pages_with_one_title_are_told_apart(tmp_path: Path, start: Start) -> None:
    sites = [
        write_site(
            tmp_path / name,
            {f"{page}.md": f"---\ntitle: {title}\n---\nWrite to us.\n" for page, title in pages.items()},
            f"title: Site {name}\nurl: https://{name}.example\nlicense: CC-BY-4.0\n",
        )
        for name, pages in (
            ("north", {"plans": "Plans", "about": "About us"}),
            ("south", {"plans": "Plans", "first": "News", "second": "News"}),
        )
    ]
    assert kg("build", *sites, "--out", tmp_path / "out", "--reasoner", "owlrl").returncode == 0
    server = start(tmp_path / "out")
    for named in ("plans", "PLANS"):
        both = server.ask(f"/queries/contacts?page={named}", headers=HTML).text
        assert re.findall(r'<option value="([^"]*)" selected>([^<]*)', both) == [
            (named, f"{named} (all 2 of this name)")
        ]
    reply = server.ask("/queries/contacts", headers=HTML)
    page = reply.text
    assert reply.status == 200  # the example is one of these pages
    (field,) = re.findall(r'<select id="p-page"(.*?)</select>', page, re.DOTALL)
    assert re.findall(r"<option[^>]*>([^<]*)</option>", field) == [
        "About us",
        "Plans (Site north)",
        "News (first)",
        "News (second)",
        "Plans (Site south)",
    ]


@pytest.mark.parametrize("value", ["sequencing", "SEQUENCING", "high-throughput sequencing"])
def test_a_page_is_chosen_by_title_whatever_way_it_was_named(content_server: Server, value: str) -> None:
    page = content_server.ask(f"/queries/standards-for-sheet?page={quote(value)}", headers=HTML).text
    (field,) = re.findall(r'<select id="p-page".*?</select>', page, re.DOTALL)
    assert re.findall(r'<option value="([^"]*)" selected>([^<]*)', field) == [
        ("sequencing", "High-Throughput Sequencing")
    ]
    titles = re.findall(r"<option [^>]*>([^<]*)", field)
    assert titles == sorted(titles, key=str.lower)
    assert '<optgroup label="Life-science data management look-up">' in field


def test_a_page_that_is_not_in_the_list_stays_chosen(content_server: Server) -> None:
    page = content_server.ask("/queries/standards-for-sheet?page=how+to+contribute", headers=HTML)
    assert re.search(r'<option value="how to contribute" selected>', page.text)


def test_questions_are_in_groups_researchers_first(content_server: Server) -> None:
    every = canned.load_all().values()
    for path in ("/queries/", "/"):
        page = content_server.ask(path, headers=HTML).text.partition('id="questions"' if path == "/" else "<h1>")[2]
        groups = re.split(r"For (researchers|authors|curators)\b", page)
        assert groups[1::2] == list(canned.AUDIENCES), path
        for audience, text in zip(groups[1::2], groups[2::2], strict=True):
            found = set(re.findall(r'href="/queries/([\w-]+)"', text))
            assert found == {query.name for query in every if query.audience == audience}, path


@pytest.mark.parametrize("line", ["", "# for: everybody\n"])
def test_a_question_for_nobody_known_is_an_error(line: str) -> None:
    with pytest.raises(KgError, match="# for: "):
        canned.parse("x", f"# title: A\n# question: B?\n{line}ASK {{}}")


def test_a_column_that_cannot_be_read_is_an_error() -> None:
    columns = canned.parse("x", f"{HEADER}# column name: Law, of law\n# column line: Line, in page\nASK {{}}").columns
    assert columns == (canned.Column("name", "Law", of="law"), canned.Column("line", "Line", page="page"))
    with pytest.raises(KgError, match="canned query x: write '# column name: heading'"):
        canned.parse("x", f"{HEADER}# column name: Law, law\nASK {{}}")


def test_a_chart_has_the_numbers_of_the_answer(content_server: Server) -> None:
    wanted = answer(content_server, "/queries/fairsharing-crosswalk")
    drawn = bars(content_server.ask("/queries/fairsharing-crosswalk", headers=HTML).text)
    assert len(drawn) == 20
    assert drawn == [(row["name"], row["mentions"]) for row in wanted][:20]


def test_a_chart_without_a_number_counts_rows(content_server: Server) -> None:
    wanted = [row["missing"] for row in answer(content_server, "/queries/gaps")]
    drawn = bars(content_server.ask("/queries/gaps", headers=HTML).text)
    assert drawn
    assert {label: int(number) for label, number in drawn} == {label: wanted.count(label) for label in wanted}


def test_a_question_leads_to_the_editor_with_its_query(visit: Visit) -> None:
    page = visit("/queries/laws-of-sheet?page=pic", script=False)
    page.get_by_role("link", name="Open it in the editor").click()
    assert 'VALUES ?page { "pic" }' in page.get_by_label("Query", exact=True).input_value()


@pytest.mark.parametrize("name", canned.names())
def test_every_answer_is_a_table_and_a_picture(content_server: Server, name: str) -> None:
    query = canned.load(name)
    page = content_server.ask(f"/queries/{name}", headers=HTML).text
    assert query.chart, f"give kg/queries/{name}.rq a line '# chart: label column, number column'"
    numbers = {number for _, number in bars(page)}
    assert not numbers or len(numbers) > 1, "bars that are all alike show nothing"
    assert "<td data-column=" in page


@pytest.mark.parametrize("name", canned.names())
def test_every_answer_has_the_headings_of_its_question(content_server: Server, name: str) -> None:
    query = canned.load(name)
    first = content_server.query(query.text, "text/csv").text.splitlines()[0]
    assert set(first.split(",")) <= query.headings.keys(), f"give kg/queries/{name}.rq '# column' lines"
    page = content_server.ask(f"/queries/{name}", headers=HTML).text
    heads = [unescape(head) for head in re.findall(r"<th scope=\"col\"[^>]*>([^<]+)</th>", page)]
    labels = [column.label for column in query.columns]
    assert heads == [label for label in labels if label in heads]
    assert not {unescape(text) for text in re.findall(r">(?:rdm|dct|role|schema|edam):\w+<", page)}


def test_a_picture_says_it_is_cut_only_where_it_is(content_server: Server) -> None:
    assert "(the 20 highest)" in content_server.ask("/queries/fairsharing-crosswalk", headers=HTML).text
    assert "highest)" not in content_server.ask("/queries/where-to-deposit?page=pic", headers=HTML).text


def test_a_law_a_repository_and_a_sheet_are_as_long_as_the_store_counts(content_server: Server) -> None:
    count = "SELECT (COUNT(DISTINCT ?x) AS ?n) {{ {} }}"
    rdm = "https://w3id.org/rdm-kg/ont#"
    for path, column, pattern in (
        ("laws-of-sheet?page=pic", "law", f"?x a <{rdm}Page> ; <{rdm}citesLegislation> <{{}}>"),
        (
            "where-to-deposit?page=sequencing",
            "repository",
            f"?x a <{rdm}AdvicePage> ; <{rdm}recommendsDepositIn> <{{}}>",
        ),
        ("sheets-by-modality?modality=MR", "page_iri", f"<{{}}> <{rdm}recommends> ?x"),
    ):
        rows = answer(content_server, f"/queries/{path}")
        number = "recommendations" if column == "page_iri" else "pages"
        assert rows
        for row in rows:
            counted = content_server.query(count.format(pattern.format(row[column])), "text/csv").text.split()[1]
            assert (row[column], row[number]) == (row[column], counted)


@pytest.mark.parametrize("name", [name for name in canned.names() if canned.load(name).chart])
def test_every_chart_names_columns_that_the_answer_has(content_server: Server, name: str) -> None:
    query = canned.load(name)
    given = "&".join(f"{parameter.name}={parameter.example}" for parameter in query.parameters)
    columns = content_server.ask(f"/queries/{name}?{given}&format=csv").text.splitlines()[0].split(",")
    assert query.chart is not None
    assert query.chart.label in columns
    assert query.chart.number is None or query.chart.number in columns


def test_a_chart_that_cannot_be_read_is_an_error() -> None:
    assert canned.parse("x", f"{HEADER}# chart: name, n\nASK {{}}").chart == canned.Chart("name", "n")
    with pytest.raises(KgError, match="canned query x: write '# chart: column'"):
        canned.parse("x", f"{HEADER}# chart: name n m\nASK {{}}")


def test_an_editor_that_knows_the_form_finds_every_question() -> None:
    found = questions_graph().query(
        """PREFIX sh: <http://www.w3.org/ns/shacl#> PREFIX rdfs: <http://www.w3.org/2000/01/rdf-schema#>
        SELECT DISTINCT ?sq ?comment ?query WHERE {
          ?sq a sh:SPARQLExecutable ; rdfs:comment ?comment ; sh:select|sh:ask|sh:construct ?query .
        } ORDER BY ?sq"""
    )
    texts = {str(row[0]).rpartition("/")[2]: (str(row[1]), str(row[2])) for row in found}
    assert texts == {name: (query.question, query.text) for name, query in canned.load_all().items()}
    declared = questions_graph().query(
        """PREFIX sh: <http://www.w3.org/ns/shacl#>
        SELECT ?prefix ?namespace WHERE { [] sh:namespace ?namespace ; sh:prefix ?prefix }"""
    )
    assert ("rdm", "https://w3id.org/rdm-kg/ont#") in {(str(row[0]), str(row[1])) for row in declared}


def test_an_editor_elsewhere_finds_every_question_in_the_store(content_server: Server) -> None:
    query = """PREFIX sh: <http://www.w3.org/ns/shacl#> PREFIX rdfs: <http://www.w3.org/2000/01/rdf-schema#>
    SELECT DISTINCT ?sq ?comment ?query WHERE {
      ?sq a sh:SPARQLExecutable ; rdfs:comment ?comment ; sh:select|sh:ask|sh:construct|sh:describe ?query .
    } ORDER BY ?sq"""
    found = list(csv.DictReader(io.StringIO(content_server.query(query, "text/csv").text)))
    assert {row["sq"].rpartition("/")[2]: row["comment"] for row in found} == {
        name: question.question for name, question in canned.load_all().items()
    }
    for row in found:
        assert content_server.query(row["query"], "text/csv").status == 200


def test_the_graph_of_questions_is_the_same_each_time_and_has_no_blank_node() -> None:
    def lines(graph: Graph) -> list[str]:
        return sorted(graph.serialize(format="nt").splitlines())

    assert lines(questions_graph()) == lines(questions_graph())
    assert not [line for line in lines(questions_graph()) if "_:" in line.partition('"')[0]]


@pytest.mark.parametrize(
    ("path", "near"),
    [
        ("/queries/contacts?page=pics", {"Preclinical Imaging (pic)": "/queries/contacts?page=pic"}),
        ("/queries/pages-that-name?thing=DICMO", {"DICOM": "/queries/pages-that-name?thing=DICOM"}),
        ("/queries/sheets-by-modality?modality=ZZ", {}),
    ],
)
def test_a_value_that_the_graph_lacks_is_not_found_but_near_ones_are(
    content_server: Server, path: str, near: dict[str, str]
) -> None:
    said = content_server.ask(path, headers={"Accept": "text/csv"})
    assert said.status == 404
    assert near.items() <= json.loads(said.body).get("near", {}).items()
    page = content_server.ask(path, headers=HTML)
    assert page.status == 404
    assert all(name in unescape(page.text) for name in near)


@pytest.mark.parametrize(
    ("path", "status", "shown"),
    [
        (
            "/queries/where-to-deposit-data-about?words=qqqq&site=lookup",
            404,
            [
                'value="lookup" selected',
                'value="qqqq"',
                "with the words 'qqqq'; none has a name like it.",
                "/search?q=qqqq",
            ],
        ),
        (
            "/queries/shared-recommendations?minimum=abc",
            400,
            ['value="abc" aria-describedby="d-minimum" aria-invalid="true"', "'abc' is not an integer."],
        ),
        ("/queries/contacts?page=pics&site=lookup", 404, ['<option value="pics" selected>', "/search?q=pics"]),
        ("/queries/contacts?paeg=pic&site=lookup", 400, ["the question 'contacts of a page' has no parameter 'paeg'"]),
    ],
)
def test_a_mistaken_form_is_shown_again_with_what_is_wrong(
    content_server: Server, path: str, status: int, shown: list[str]
) -> None:
    page = content_server.ask(path, headers=HTML)
    assert page.status == status
    assert "<button>Ask</button>" in page.text
    said = unescape(page.text)
    assert [each for each in shown if each.casefold() not in said.casefold()] == []


def test_an_empty_answer_says_that_the_page_has_none_and_lists_no_others(content_server: Server) -> None:
    page = content_server.ask("/queries/laws-of-sheet?page=light_microscopy", headers=HTML).text
    answer = page.partition(">Answer</h2>")[2]
    assert "The page “Light microscopy” says nothing of this." in answer
    assert '<a href="/id/lookup/page/light_microscopy">See what it says</a>' in answer
    assert "Preclinical Imaging" not in answer


def test_what_is_described_elsewhere_is_called_by_its_name_and_registry(content_server: Server) -> None:
    page = content_server.ask("/queries/described-elsewhere?page=sequencing", headers=HTML).text
    shown = dict(re.findall(r'data-variable="elsewhere"[^>]*><a href="([^"]*)"[^>]*>([^<]*)</a>', page))
    assert shown["/id/?iri=http://edamontology.org/format_2572"] == "BAM (EDAM)"
    assert shown["http://www.wikidata.org/entity/Q902623"] == "Wikidata"


def test_a_misspelt_page_is_searched_for_by_its_name(content_server: Server) -> None:
    page = content_server.ask("/madmp?page=proteomcs", headers=HTML)
    assert page.status == 404
    assert "/search?q=proteomcs" in page.text


def test_a_misspelt_question_leads_to_the_title_of_the_one_meant(content_server: Server) -> None:
    page = unescape(content_server.ask("/queries/where-to-depsit", headers=HTML).text)
    assert "did you mean 'where-to-deposit'?<" in page
    assert '<a href="/queries/where-to-deposit">Where to deposit</a>' in page
