"""Which things of two sites are matched, by what evidence, in the graph and as SSSOM."""

from __future__ import annotations

from pathlib import Path

import pyoxigraph as ox
import pytest

from kg.align.joins import ThingFact, joins
from kg.identifiers import sssom
from kg.identifiers.fairsharing import FairsharingCrosswalk
from kg.release import Release
from kg.vocab import BASE, DCT, JOINS_GRAPH, OWL, RDFS, SCHEMA, SEMAPV, SKOS, SSSOM
from tests.conftest import kg
from tests.joins.sites import release_of_both
from tests.joins.test_links import rows, store_of

MZML = "https://doi.org/10.25504/FAIRsharing.26dmba"
DICOM = "https://doi.org/10.25504/FAIRsharing.b7z8by"
BIOTOOLS = "https://bio.tools/x"
CABINET, CAB = f"{BASE}lookup/thing/cabinet-cab", f"{BASE}guide/tool/cab"
EXACT, CLOSE = SKOS.exactMatch, SKOS.closeMatch


@pytest.fixture(scope="module")
def release(tmp_path_factory: pytest.TempPathFactory) -> Release:
    return release_of_both(tmp_path_factory.mktemp("both"))


@pytest.fixture(scope="module")
def store(release: Release) -> ox.Store:
    return store_of(release.graph)


def facts(site: str, name: str, url: str = "", entry: str = "", kind: str = "tool") -> list[ThingFact]:
    iri = f"{BASE}{site}/{kind}/{name.lower().replace(' ', '-')}"
    found = {DCT.title: name, SCHEMA.url: url, RDFS.seeAlso: entry}
    return [(site, iri, prop, value) for prop, value in found.items() if value]


def match(*things: list[ThingFact]) -> list[str]:
    """The match of each pair that has one."""
    return [how for how, _ in joins([fact for thing in things for fact in thing], FairsharingCrosswalk.load())]


@pytest.mark.parametrize(
    ("one", "other", "found"),
    [
        (("A", "https://a.example/x"), ("a", "http://WWW.a.example/x/"), [EXACT]),
        (("Long Name (LN)", "https://a.example"), ("LN", "https://a.example/#top"), [EXACT]),
        (("Name (Europe)", "https://a.example"), ("Europe", "https://a.example"), [CLOSE]),
        (("A", "https://a.example/x"), ("A", "https://a.example/X"), []),
        (("A", "https://a.example"), ("B", "https://a.example"), [CLOSE]),
        (("A", "https://a.example", BIOTOOLS), ("B", "https://a.example", BIOTOOLS), [EXACT]),
        (("A", "", MZML), ("a", "", MZML), [EXACT]),
        (("A", "https://a.example", MZML), ("B", "https://b.example", MZML), [CLOSE]),
        (("A", "https://a.example"), ("A", "https://b.example"), []),
        (("A", "https://a.example", MZML), ("B", "https://a.example", DICOM), []),
        (("A", "https://a.example", MZML), ("A", "https://a.example", DICOM), [CLOSE]),
        (("A", "https://a.example", MZML), ("B", "https://a.example", BIOTOOLS), [CLOSE]),
    ],
)
def test_one_piece_of_evidence_is_a_close_match_and_two_are_an_exact_one(
    one: tuple[str, ...], other: tuple[str, ...], found: list[str]
) -> None:
    assert match(facts("s", *one), facts("t", *other)) == found


def test_things_of_one_site_are_not_matched() -> None:
    assert match(facts("s", "A", "https://a.example", MZML), facts("s", "A", "https://a.example", MZML, "thing")) == []


def test_two_tools_of_a_list_are_not_both_the_same_as_a_third() -> None:
    twins = (facts("s", "Long Name (LN)", "https://a.example"), facts("s", "LN", "https://a.example"))
    assert match(*twins, facts("t", "LN", "https://a.example")) == [CLOSE, CLOSE]


def test_a_page_that_many_tools_of_a_list_have_tells_nothing() -> None:
    portal = [facts("s", f"Tool {number}", "https://portal.example") for number in range(6)]
    assert match(*portal, facts("t", "Other", "https://portal.example")) == []
    assert match(*portal, facts("t", "Tool 3", "https://portal.example")) == [EXACT]


def test_the_home_page_of_a_record_is_evidence_but_not_twice() -> None:
    homepage = "https://www.ebi.ac.uk/chembl"
    record = "https://doi.org/10.25504/FAIRsharing.m3jtpg"
    assert match(facts("s", "ChEMBL", "", record), facts("t", "ChEMBL", homepage)) == [EXACT]
    assert match(facts("s", "A", "", record), facts("t", "B", homepage)) == [CLOSE]
    assert match(facts("s", "A", "", record), facts("t", "B", homepage, record)) == [CLOSE]


def test_the_evidence_names_an_entry_in_a_registry_as_people_write_it(store: ox.Store) -> None:
    query = f"""SELECT ?words {{ GRAPH <{JOINS_GRAPH}> {{
      ?match <{OWL.annotatedTarget}> <{MZML}> ; <{OWL.annotatedProperty}> <{EXACT}> ; rdfs:comment ?words }} }}"""
    (words,) = (words for (words,) in rows(store, query))
    assert words.startswith(f"the same entry in a registry, {MZML.removeprefix('https://')}; like names")


def test_a_match_stands_both_ways_with_its_evidence(store: ox.Store) -> None:
    in_graph = f"GRAPH <{JOINS_GRAPH}>"
    matched = rows(store, f"SELECT ?s ?p ?o {{ {in_graph} {{ ?s ?p ?o FILTER(STRENDS(STR(?p), 'Match')) }} }}")
    expected = {
        (CABINET, CAB): EXACT,
        (f"{BASE}lookup/thing/shelf", f"{BASE}guide/tool/shelf"): CLOSE,
        (MZML, f"{BASE}guide/tool/mzml"): EXACT,
        (MZML, f"{BASE}guide/tool/viewer"): CLOSE,
    }
    both_ways = {(s, how, o) for (a, b), how in expected.items() for s, o in ((a, b), (b, a))}
    assert set(matched) == both_ways
    query = f"""SELECT ?how ?why ?words {{ {in_graph} {{ ?m a <{SSSOM.Mapping}> ; <{OWL.annotatedSource}> <{CAB}> ;
      <{OWL.annotatedProperty}> ?how ; <{OWL.annotatedTarget}> <{CABINET}> ; <{SSSOM.mapping_justification}> ?why ;
      rdfs:comment ?words }} }}"""
    words = "the same home page, cabinet.example/start; like names, 'CAB' and 'Cabinet (CAB)'"
    assert rows(store, query) == [(EXACT, SEMAPV.CompositeMatching, words)]


@pytest.mark.slow
def test_of_many_things_alike_each_is_joined_with_some() -> None:
    def work(size: int) -> int:
        said = (facts(f"s{number}", f"Name {number}", "https://same.example/") for number in range(size))
        return len(joins([fact for each in said for fact in each], FairsharingCrosswalk.load()))

    assert [work(number) for number in (3, 300, 400, 500)] == [3, 39_900, 59_900, 79_900]


def test_a_site_alone_has_no_matches(content_release: Path) -> None:
    assert JOINS_GRAPH not in (content_release / "current" / "graph.nq").read_text(encoding="utf-8")


@pytest.mark.slow
def test_the_matches_are_written_as_sssom(release: Release, tmp_path: Path) -> None:
    file = tmp_path / "joins.sssom.tsv"
    done = kg("export", "--format", "sssom", "--release", release.folder, "--output", file)
    assert done.returncode == 0, done.stderr
    mappings = list(sssom.read(file))
    assert {(row["subject_id"], row["predicate_id"], row["object_id"]) for row in mappings} == {
        (CAB, EXACT, CABINET),
        (f"{BASE}guide/tool/shelf", CLOSE, f"{BASE}lookup/thing/shelf"),
        (f"{BASE}guide/tool/mzml", EXACT, MZML),
        (f"{BASE}guide/tool/viewer", CLOSE, MZML),
    }
    assert all(row["mapping_justification"].startswith(SEMAPV.base) and row["comment"] for row in mappings)
    assert {row["subject_label"] for row in mappings} == {"CAB", "Bookshelf", "mzML", "mzML viewer"}
