"""Values of parameters that a release does not have: near ones are named, and examples are chosen from the release."""

from __future__ import annotations

import json
import re
from functools import partial
from pathlib import Path

import pyoxigraph as ox
import pytest

from kg.commands.explain import command as explain
from kg.errors import UnknownValue
from kg.query import canned
from kg.query.known import check_values, examples, kept_out
from kg.query.rows import rows
from kg.release import Release
from kg.store.oxigraph import OxigraphStore, create, open_store
from kg.vocab import PREFIXES
from tests.conftest import kg, write_site


@pytest.fixture(scope="module")
def store(release: Release) -> OxigraphStore:
    return open_store(release.store)


@pytest.mark.parametrize(
    ("question", "values", "near"),
    [
        ("pages-that-name", {"thing": "NIRD archiv"}, ["NIRD archive"]),
        ("sheets-by-fairsharing", {"id": "https://fairsharing.org/b7z8bx"}, ["b7z8by"]),
        ("sheets-by-modality", {"modality": "Magnetic Resonanse"}, ["MR"]),
        ("solutions", {"topic": "microscopie"}, ["Light microscopy"]),
        ("where-to-deposit-data-about", {"words": "Microscopie"}, ["Light microscopy"]),
        ("contacts", {"page": "lightmicroscopy"}, ["light_microscopy"]),
        ("gaps", {"site": "tests"}, ["test"]),
        ("gaps", {"site": "unrelated"}, []),
    ],
)
def test_an_unknown_value_names_only_what_is_like_it(
    store: OxigraphStore, question: str, values: dict[str, str], near: list[str]
) -> None:
    with pytest.raises(UnknownValue) as error:
        check_values(canned.load(question), values, partial(rows, store))
    assert list(error.value.near)[:1] == near


@pytest.mark.parametrize(
    ("question", "values"),
    [
        ("pages-that-name", {"thing": "dicom"}),
        ("pages-that-name", {"thing": "https://w3id.org/rdm-kg/id/test/thing/nird"}),
        ("sheets-by-fairsharing", {"id": "https://doi.org/10.25504/FAIRsharing.B7Z8BY"}),
        ("sheets-by-fairsharing", {"id": "bsg-s000114"}),
        ("sheets-by-modality", {"modality": "http://dicom.nema.org/resources/ontology/DCM/PT"}),
        ("solutions", {"topic": "microscop"}),
        ("contacts", {"page": "PIC", "site": "Test"}),
        ("contacts", {"page": "pages/pic.md"}),
    ],
)
def test_a_known_value_is_accepted_in_each_of_its_forms(
    store: OxigraphStore, question: str, values: dict[str, str]
) -> None:
    check_values(canned.load(question), values, partial(rows, store))


def test_examples_that_a_release_lacks_are_replaced_by_what_it_has(tmp_path: Path) -> None:
    data = """
    <x:p> a rdm:AdvicePage, rdm:Page ; dct:identifier "tides" ; dct:title "Tides" ; schema:isPartOf <x:/id/sea> ;
      rdm:hasRecommendation <x:m> ; rdm:hasMention <x:m> ; rdm:mentionsModality dcm:CT .
    <x:m> rdm:target fairsharing:abc123 ; rdfs:label "NetCDF" .
    <x:/id/sea> dct:title "Sea" .
    """
    head = "".join(f"PREFIX {prefix}: <{base}>\n" for prefix, base in PREFIXES.items())
    triples = ox.parse(input=head + data, format=ox.RdfFormat.TURTLE)
    (tmp_path / "g.nq").write_text("".join(f"{t.subject} {t.predicate} {t.object} <x:g> .\n" for t in triples))
    create(tmp_path / "store", tmp_path / "g.nq")
    ask = partial(rows, open_store(tmp_path / "store"))
    chosen = {name: examples(canned.load(name), ask) for name in canned.names()}
    assert chosen["contacts"]["page"] == "tides"
    assert chosen["pages-that-name"]["thing"] == "NetCDF"
    assert chosen["sheets-by-fairsharing"]["id"] == "abc123"
    assert chosen["sheets-by-modality"]["modality"] == "CT"
    assert chosen["solutions"]["topic"] == chosen["standards-for-data-about"]["words"] == "Tides"
    for name, values in chosen.items():
        check_values(canned.load(name), values, ask)


def test_a_page_that_was_kept_out_says_why(release: Release, store: OxigraphStore, tmp_path: Path) -> None:
    finding = {"path": "pages/draft.md", "line": 1, "severity": "warning", "rule": "unfinished"}
    finding["message"] = "90% of its lines are template text; the page is kept out of the graph"
    report = tmp_path / "report.json"
    iri = "https://w3id.org/rdm-kg/id/test/page/sketch"
    report.write_text(
        json.dumps(
            {"sites": [{"key": "test", "title": "Test", "kept_out": {"pages/draft.md": iri}, "findings": [finding]}]}
        )
    )
    for name in ("pages/draft.md", "draft", iri):
        page = kept_out(name, report)
        assert page is not None
        assert page.because == "90% of its lines are template text"
    with pytest.raises(UnknownValue, match="no page 'draft'; kept out: 90% of its lines are template text"):
        check_values(canned.load("contacts"), {"page": "draft"}, partial(rows, store), report)


@pytest.mark.slow
def test_the_examples_in_the_help_of_explain_work_on_the_default_content(content_release: Path) -> None:
    lines = re.findall(r"^ *kg explain (.+)$", explain.help or "", re.MULTILINE)
    assert len(lines) == 4
    for line in lines:
        ran = kg("explain", *line.split(), "--release", content_release)
        assert ran.returncode == 0, ran.stderr


@pytest.mark.slow
def test_show_takes_the_same_names_of_a_page_and_says_why_one_is_kept_out(tmp_path: Path) -> None:
    template = "---\ntitle: <!-- title -->\ndescription: <!-- words -->\npage_id: draft\n---\nText\n"
    page = "---\ntitle: Light Microscopy\npage_id: light\n---\nText\n"
    site = write_site(tmp_path, {"pages/l.md": page, "pages/t.md": template}, "title: T\nurl: https://t.example\n")
    for name in ("LIGHT", "light microscopy", "https://w3id.org/rdm-kg/id/t-example/page/light", "pages/l.md"):
        assert "rdm:Page" in kg("show", name, "--site", site).stdout
    assert "kept out: its title and description are those of the template" in kg("show", "draft", "--site", site).stderr
    unknown = kg("show", "ligth", "--site", site)
    assert (unknown.returncode, unknown.stderr) == (
        2,
        "kg: error: no page 'ligth'; the nearest is light (Light Microscopy)\n",
    )
