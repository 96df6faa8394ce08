"""Every question on three small sites: cheat sheets, existing approaches, and topics with blocks."""

from __future__ import annotations

from pathlib import Path

import pytest

from kg.errors import UnknownValue
from kg.query import canned
from kg.query.known import check_values
from kg.query.rows import rows as rows_of
from kg.release import open_release
from kg.store.oxigraph import OxigraphStore, open_store
from tests.conftest import kg
from tests.query.rows import rows

pytestmark = pytest.mark.slow

SITES = Path(__file__).parent / "sites"
VALUES = {
    "sheets": {"page": "ms", "words": "mass", "topic": "mass", "thing": "PRIDE", "id": "e1byny"},
    "approaches": {"page": "sharing", "words": "pathogen", "topic": "sequences", "thing": "zenodo", "id": "dj8nt8"},
    "blocks": {
        "page": "publishing_software",
        "words": "software",
        "topic": "software",
        "thing": "pytest",
        "id": "wy4egf",
    },
}
"""Key of a site → what its questions are asked about."""
SILENT: dict[str, set[str]] = {
    "sheets": set(),
    "approaches": {
        "fairsharing-links-to-mend",
        "plan-and-infrastructure",
        "section-type-conflicts",
        "sheets-by-modality",
    },
    "blocks": {
        "fairsharing-links-to-mend",
        "laws-and-sheets",
        "laws-of-sheet",
        "plan-and-infrastructure",
        "section-type-conflicts",
        "sheets-by-modality",
        "similar-sheets",
    },
}
"""Key of a site → the questions that it rightly says nothing about."""


@pytest.fixture(scope="module")
def store(tmp_path_factory: pytest.TempPathFactory) -> OxigraphStore:
    """Build one release of the three sites and open its store."""
    out = tmp_path_factory.mktemp("three-sites")
    done = kg("build", *(SITES / key for key in VALUES), "--out", out, "--reasoner", "owlrl")
    assert done.returncode == 0, done.stderr
    assert "drawer" in done.stderr, "a thing is named as a repository and as a terminology"
    return open_store(open_release(out).store)


def asked(store: OxigraphStore, name: str, **values: str) -> list[dict[str, str]]:
    query = canned.load(name)
    known = {parameter.name: values[parameter.name] for parameter in query.parameters if parameter.name in values}
    return rows(store, query.fill(**known))


def modality(name: str) -> dict[str, str]:
    return {"modality": "MR"} if name == "sheets-by-modality" else {}


@pytest.mark.parametrize("site", VALUES)
@pytest.mark.parametrize("name", canned.names())
def test_a_question_finds_what_a_site_says(store: OxigraphStore, name: str, site: str) -> None:
    found = asked(store, name, **VALUES[site], **modality(name), site=site)
    if "site" in {parameter.name for parameter in canned.load(name).parameters}:
        assert bool(found) == (name not in SILENT[site]), found
        assert {row["page_iri"].split("/id/")[1].split("/")[0] for row in found if "page_iri" in row} <= {site}
    else:
        assert found or name == "section-type-conflicts"


def test_where_to_deposit_names_the_sites_and_lines(store: OxigraphStore) -> None:
    found = asked(store, "where-to-deposit-data-about", words="SOFTWARE")
    assert [(row["name"], row["site_name"], row["line"]) for row in found] == [
        ("Zenodo", "Small blocks", "16"),
        ("Zenodo", "Small blocks", "9"),
    ]
    assert [row["name"] for row in asked(store, "where-to-deposit", page="sharing")] == [
        "European Nucleotide Archive (ENA)",
        "Zenodo",
    ]


@pytest.mark.parametrize("form", ["ms", "MS", "Mass Spectrometry", "HTTPS://W3ID.ORG/rdm-kg/id/sheets/page/ms"])
def test_a_page_is_found_by_its_id_title_and_iri_in_any_case(store: OxigraphStore, form: str) -> None:
    assert {row["name"] for row in asked(store, "standards-for-sheet", page=form)} == {
        "mzML",
        "Comma-separated tables",
        "NCBI Taxonomy",
    }
    assert asked(store, "standards-for-sheet", page=form, site="blocks") == []


def test_words_stand_in_a_topic_above(store: OxigraphStore) -> None:
    found = asked(store, "solutions", topic="sequences of pathogens")
    assert {(row["topic_title"], row["name"]) for row in found} >= {("General considerations", "Zenodo")}


def test_what_several_sites_recommend_is_one_row(store: OxigraphStore) -> None:
    found = {row["thing"].rpartition(".")[2]: row for row in asked(store, "shared-recommendations")}
    assert (found["wy4egf"]["sites"], found["wy4egf"]["pages"]) == ("3", "4")
    assert set(found["wy4egf"]["page_ids"].split(", ")) == {
        "mice_imaging",
        "sharing",
        "publishing_software",
        "testing_software",
    }


def test_no_answer_holds_a_thing_that_a_contradiction_names(store: OxigraphStore) -> None:
    for name in canned.names():
        if name in {"section-type-conflicts", "about-page", "pages-that-name", "described-elsewhere"}:
            continue
        for page in ("ms", "mice_imaging"):
            values = {"page": page, "words": "m", "topic": "m", "thing": "x", "id": "x"}
            assert "drawer" not in str(asked(store, name, **values, **modality(name))), name
    assert {row["name"] for row in asked(store, "section-type-conflicts")} == {"The drawer"}


def test_a_mention_without_a_recommending_role_is_no_place_and_no_standard(store: OxigraphStore) -> None:
    answers = [
        asked(store, name, words="software") for name in ("where-to-deposit-data-about", "standards-for-data-about")
    ]
    assert {row["name"] for answer in answers for row in answer} == {"Zenodo", "CodeMeta"}
    assert "pytest" in {row["name"] for row in asked(store, "solutions", topic="run by themselves")}


def test_an_unknown_page_or_site_names_near_ones(store: OxigraphStore) -> None:
    query = canned.load("where-to-deposit")

    def check(**values: str) -> None:
        check_values(query, values, lambda text: rows_of(store, text))

    check(page="mass spectrometry", site="Sheets")
    with pytest.raises(UnknownValue, match=r"'mas spectrometri'; the nearest (is|are) ms \(Mass spectrometry\)"):
        check(page="mas spectrometri")
    with pytest.raises(UnknownValue, match="no page 'ms'; none has a name like it"):
        check(page="ms", site="blocks")
    with pytest.raises(UnknownValue, match="no site 'block'; the nearest is blocks \\(Small blocks\\)"):
        check(page="ms", site="block")
