"""Every canned query, as in its file, has results in the shipped content."""

from __future__ import annotations

from pathlib import Path

import pytest
from rdflib import Graph

from kg.query import canned
from kg.release import open_release
from kg.store.oxigraph import OxigraphStore, open_store
from tests.conftest import kg, write_site
from tests.query.rows import CONTENT, no_rows, rows

pytestmark = pytest.mark.slow


@pytest.fixture(scope="module")
def store(content_release: Path) -> OxigraphStore:
    return open_store(open_release(content_release).store)


@pytest.mark.parametrize("name", canned.names())
def test_it_finds_something(store: OxigraphStore, name: str) -> None:
    query = canned.load(name)
    if not rows(store, query.text):
        pytest.fail(no_rows(query, store, CONTENT), pytrace=False)


def test_a_question_without_rows_names_the_page_of_its_example(store: OxigraphStore) -> None:
    text = canned.load("where-to-deposit").text.replace("rdm:knownGap", "rdm:x")
    message = no_rows(canned.parse("repositories", text), store, CONTENT)
    assert "\nno statement there has rdm:x.\n" in message
    assert '?page "pic" in pages/cheat_sheets/preclinical_imaging.md' in message


@pytest.mark.parametrize("name", canned.names())
def test_another_engine_over_the_dump_finds_as_much(store: OxigraphStore, dump: Graph, name: str) -> None:
    text = canned.load(name).text
    assert len(list(dump.query(text))) == len(rows(store, text))


@pytest.fixture(scope="module")
def dump(content_release: Path) -> Graph:
    """Return the union of the graphs as Turtle, without named graphs."""
    return Graph().parse(open_release(content_release).dumps / "rdm-kg.ttl")


def test_the_conflict_that_the_content_holds_is_found(store: OxigraphStore) -> None:
    (row,) = rows(store, canned.load("section-type-conflicts").text)
    assert row["thing"] == "https://doi.org/10.25504/FAIRsharing.ddk9t9"
    assert (row["listed_as"], row["known_as"]) == ("terminology", "identifier scheme")


def test_links_to_mend_stand_where_the_answer_says(store: OxigraphStore) -> None:
    content = Path(__file__).parents[2] / "content"
    found = rows(store, canned.load("fairsharing-links-to-mend").text)
    assert {row["problem"] for row in found} >= {"former identifier", "record number of no known DOI"}
    for row in found:
        lines = (content / row["file"]).read_text(encoding="utf-8").splitlines()
        assert row["link"] in lines[int(row["line"]) - 1]


def test_lists_of_pages_and_pages_about_a_country_have_no_gaps(tmp_path: Path) -> None:
    page = "---\ntitle: {}\npage_id: {}\n{}---\n"
    advice, more = "## Plans\n### Solutions\n- Write one.\n", "Check out the [Wizard](https://w.example/), a tool.\n"
    files = {
        "pages/list.md": page.format("A list", "list", "") + more,
        "pages/country.md": page.format("Norway", "country", "country_code: NO\n") + advice,
        "pages/advice.md": page.format("Advice", "advice", "") + advice,
    }
    site = write_site(tmp_path / "site", files)
    done = kg("build", site, "--out", tmp_path / "out", "--reasoner", "owlrl")
    assert done.returncode == 0, done.stderr
    built = open_store(open_release(tmp_path / "out").store)
    guidance = rows(built, "SELECT ?page { ?page a <https://w3id.org/rdm-kg/ont#GuidancePage> }")
    assert len(guidance) == 3
    assert {row["title"] for row in rows(built, canned.load("gaps").text)} == {"Advice"}


def test_sheets_are_similar_by_what_both_recommend(store: OxigraphStore) -> None:
    found = rows(store, canned.load("similar-sheets").fill(page="light_microscopy"))
    assert [row["other_title"] for row in found] == ["High-Throughput Sequencing"]
    assert int(found[0]["shared"]) == 2


def test_every_sheet_has_its_plan_and_infrastructure(store: OxigraphStore) -> None:
    found = rows(store, canned.load("plan-and-infrastructure").text)
    sheets = {row["page_iri"] for row in found}
    for what in ("DMP template", "infrastructure", "storage and computing"):
        assert {row["page_iri"] for row in found if row["what"] == what} == sheets
    templates = [row["address"] for row in found if row["what"] == "DMP template"]
    assert all(address.startswith("https://norway.dsw.elixir-europe.org/wizard/") for address in templates)


def test_joins_lead_out_of_the_graph(store: OxigraphStore) -> None:
    found = rows(store, canned.load("described-elsewhere").fill(page="sequencing"))
    places = {row["elsewhere"].split("/")[2] for row in found}
    assert {"edamontology.org", "www.wikidata.org", "www.re3data.org", "bioregistry.io"} <= places
