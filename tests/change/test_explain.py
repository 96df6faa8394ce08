"""``kg explain``: the sources of statements about a thing, and the reasons of inferred ones."""

from __future__ import annotations

import json
import os
from collections.abc import Iterator, Sequence
from pathlib import Path

import pytest

from kg.explain import Reason, Reasons, find
from kg.identifiers.fairsharing import FairsharingCrosswalk
from kg.infer import Ontology, infer
from kg.release import open_release
from kg.release.nquads import split, value
from kg.resources import shipped
from kg.store.oxigraph import open_store
from kg.vocab import BASE, DCT, INFERRED_GRAPH, PROV, RDF, RDM, ROLE
from tests.change.checkout import release_of
from tests.conftest import kg, write_site
from tests.guidance_site import BY_SENTENCE, BY_TOPIC, PRIDE

pytestmark = pytest.mark.slow

Fact = tuple[str, str, str]
PAGE = "https://w3id.org/rdm-kg/id/s/page/imaging"
DICOM = "https://doi.org/10.25504/FAIRsharing.b7z8by"
COMMIT = "0123456789abcdef0123456789abcdef01234567"


@pytest.fixture(scope="module")
def ontology() -> Ontology:
    return Ontology.load(shipped("ontology") / "rdm.ttl")


def iris(graph: str, *facts: tuple[str, str, str]) -> list[str]:
    return [f"<{s}> <{p}> <{o}> <{graph}>" for s, p, o in facts]


@pytest.fixture(scope="module")
def release(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Build a page that recommends a format on line 24, with its record on line 25, from a commit."""
    graph, made = f"{PAGE}#graph", "https://w3id.org/rdm-kg/id/s/commit/1"
    said = iris(
        graph,
        (PAGE, RDF.type, RDM.Page),
        (PAGE, RDF.type, RDM.CheatSheet),
        (PAGE, RDM.recommendsFormat, DICOM),
        (DICOM, RDF.type, RDM.DataFormat),
        (f"{PAGE}#m-1", RDM.target, DICOM),
        (f"{PAGE}#m-1", RDM.role, ROLE["data-format"]),
        (f"{PAGE}#m-2", RDM.target, DICOM),
        (f"{PAGE}#m-2", RDM.role, ROLE["registry-record"]),
        (graph, PROV.wasDerivedFrom, f"{PAGE}#md"),
        (f"{PAGE}#md", PROV.wasGeneratedBy, made),
    )
    texts = [
        (PAGE, DCT.identifier, '"imaging"'),
        (PAGE, DCT.title, '"Imaging"@en'),
        (DICOM, DCT.title, '"DICOM"@en'),
        (f"{PAGE}#md", DCT.identifier, '"pages/imaging.md"'),
        (made, DCT.identifier, f'"{COMMIT}"'),
        (made, PROV.endedAtTime, '"2026-03-01T10:00:00Z"'),
        (f"{PAGE}#m-1", RDM.sourceLine, '"24"'),
        (f"{PAGE}#m-2", RDM.sourceLine, '"25"'),
    ]
    said += [f"<{s}> <{p}> {text} <{graph}>" for s, p, text in texts]
    added = iris(
        INFERRED_GRAPH,
        (DICOM, RDF.type, RDM.Standard),
        (PAGE, RDM.recommends, DICOM),
        (DICOM, RDM.recommendedBy, PAGE),
    )
    other = iris("https://w3id.org/rdm-kg/id/t/page/imaging#graph", (PAGE.replace("/s/", "/t/"), RDF.type, RDM.Page))
    other.append(f'<{PAGE.replace("/s/", "/t/")}> <{DCT.identifier}> "double" <http://x.example/g>')
    other.append(f'<{PAGE}> <{DCT.identifier}> "double" <http://x.example/g>')
    return release_of(tmp_path_factory.mktemp("release"), [*said, *added, *other])


def explained(release: Path, thing: str) -> str:
    done = kg("explain", thing, "--release", release)
    assert done.returncode == 0, done.stderr
    return done.stdout


def test_each_statement_has_its_file_commit_and_line(release: Path) -> None:
    text = explained(release, DICOM)
    assert text.splitlines()[0] == f'"DICOM"  <{DICOM}>'
    assert "Stated in pages/imaging.md, commit 0123456789 of 2026-03-01T10:00:00Z:" in text
    assert "    line 24  it is a data format" in text
    assert '    line 24  it: title "DICOM"' in text
    assert '    line 24  "Imaging" <s/page/imaging>: recommends format it' in text
    assert "    line 25  <s/page/imaging#m-2>: target it" in text


def test_what_was_added_has_its_axioms_and_what_it_rests_on(release: Path) -> None:
    lines = explained(release, DICOM).splitlines()
    added = lines[lines.index("Inferred by the reasoner:") :]
    said = "pages/imaging.md:24 (commit 0123456789)"
    start = added.index("  it is a standard")
    assert added[start + 1 : start + 3] == [
        '      because every "data format" is a "standard"',
        f"      and it is a data format: {said}",
    ]
    assert '      because "recommended by" is the inverse of "recommends"' in added
    assert any(line.endswith(f'and "Imaging" <s/page/imaging>: recommends format it: {said}') for line in added)


@pytest.mark.slow
def test_a_class_and_a_name_have_the_lines_of_the_links_that_give_them(tmp_path: Path) -> None:
    formats = "## Type of data\n- [mzML](https://fairsharing.org/83)\n- [imzML](https://fairsharing.org/83)\n"
    sheet = f"---\ntitle: A\ntype: cheat_sheet\n---\n{formats}## Data deposition repositories\n- [mzML](https://fairsharing.org/83)\n"
    site = write_site(tmp_path / "site", {"a.md": sheet})
    done = kg("build", site, "--out", tmp_path / "out", "--reasoner", "owlrl")
    assert done.returncode == 0, done.stderr
    text = explained(tmp_path / "out", "26dmba")
    assert "  line 6, 7  it is a data format" in text
    assert "  line 6, 7  it is a standard" in text
    assert "    line 9  it is a repository" in text
    assert '  line 6, 9  it: also called "mzML"' in text
    assert '    line 7  it: also called "imzML"' in text


@pytest.mark.slow
def test_json_has_the_same(release: Path) -> None:
    told = json.loads(kg("explain", DICOM, "--release", release, "--format", "json").stdout)
    assert told["iri"] == DICOM
    by_fact = {(each["subject"], each["predicate"], each["object"]): each for each in told["statements"]}
    format_ = by_fact[PAGE, RDM.recommendsFormat, DICOM]
    assert (format_["lines"], format_["source"]["commit"], format_["reason"]) == ([24], COMMIT, None)
    reason = by_fact[DICOM, RDF.type, RDM.Standard]["reason"]
    assert reason["axiom"] == "every rdm:DataFormat is a rdm:Standard"
    assert reason["because"][0]["statements"][0]["lines"] == [24]


@pytest.mark.parametrize(
    "name",
    [
        f"<{DICOM}>",
        "fairsharing:b7z8by",
        "bsg-s000114",
        "https://fairsharing.org/bsg-s000114",
        "https://fairsharing.org/84",
        "FAIRsharing.b7z8by",
        "b7z8by",
    ],
)
def test_a_record_answers_to_every_form_of_its_id(name: str, release: Path) -> None:
    assert found(release, name) == DICOM


@pytest.mark.slow
def test_the_command_takes_names_too(release: Path) -> None:
    assert explained(release, "bsg-s000114") == explained(release, DICOM)


@pytest.mark.parametrize("name", ["imaging", "s/page/imaging", PAGE])
def test_a_page_answers_to_its_id_and_its_short_iri(name: str, release: Path) -> None:
    assert found(release, name) == PAGE


def found(release: Path, name: str) -> str:
    def fairsharing(words: str) -> str | None:
        record = FairsharingCrosswalk.load().resolve(words)
        return record.iri if record else None

    return find(open_store(open_release(release).store), name, fairsharing)


@pytest.mark.slow
def test_what_is_not_there_is_an_error_with_what_looks_alike(release: Path) -> None:
    unknown = kg("explain", "imagin", "--release", release)
    assert unknown.returncode == 2
    assert PAGE in unknown.stderr
    assert unknown.stdout == ""
    nothing = kg("explain", "https://nothing.example/at all", "--release", release)
    assert nothing.returncode == 2
    assert "no statements about" in nothing.stderr
    assert "no statements about" in kg("explain", os.fsdecode(b"\xff"), "--release", release).stderr
    several = kg("explain", "double", "--release", release)
    assert several.returncode == 2
    assert PAGE in several.stderr
    assert PAGE.replace("/s/", "/t/") in several.stderr


def facts_of(graph: Path) -> Iterator[tuple[Fact, bool]]:
    """Return each statement between things, and whether it was inferred."""
    with graph.open(encoding="utf-8", newline="\n") as lines:
        for line in lines:
            quad = split(line)
            if quad.object.startswith("<"):
                fact = value(quad.subject), value(quad.predicate), value(quad.object)
                yield fact, value(quad.graph) == INFERRED_GRAPH


def leaves(reason: Reason) -> list[Fact]:
    return [fact for each in reason.because for fact in leaves(each)] if reason.because else [reason.fact]


def test_everything_that_was_inferred_has_a_reason_and_each_reason_suffices(
    content_release: Path, ontology: Ontology
) -> None:
    """Check that the premises of a reason are stated, and that the reasoner concludes the same from them alone."""
    found = list(facts_of(open_release(content_release).graph))
    told = {fact for fact, inferred in found if not inferred}

    def lookup(s: str | None, p: str, o: str | None) -> Sequence[Fact]:
        return [fact for fact in by_property.get(p, ()) if s in (None, fact[0]) and o in (None, fact[2])]

    by_property: dict[str, list[Fact]] = {}
    for fact in sorted(told):
        by_property.setdefault(fact[1], []).append(fact)
    reasons = Reasons(ontology.axioms, lookup)
    added = sorted(fact for fact, inferred in found if inferred)
    why = {fact: reasons.of(fact) for fact in added}
    assert added
    assert [fact for fact, reason in why.items() if reason is None] == []
    kinds = list({(reason.axiom, len(leaves(reason))): reason for reason in why.values() if reason}.values())
    assert all(told.issuperset(leaves(reason)) for reason in kinds)
    apart = [({copy(leaf, n) for leaf in leaves(reason)}, copy(reason.fact, n)) for n, reason in enumerate(kinds)]
    concluded = infer({fact for rests_on, _ in apart for fact in rests_on}, ontology, "owlrl").added
    assert {fact for _, fact in apart} <= set(concluded)


def copy(fact: Fact, number: int) -> Fact:
    """Return a statement about things that occur in no other statement."""
    s, p, o = fact
    return f"{s}/{number}", p, o if p == RDF.type else f"{o}/{number}"


SPOKEN = """---
type: cheat_sheet
page_id: x
title: MR imaging
contributors:
  - Ada
dsw:
  - name: A plan
    uuid: d94e47a5-9e26-402a-a32c-5aef4665a569
---
## Type of data/experiments/methods
### CT scans
- no repository for such images is there yet
## Data Deposition Repositories
Words. There are no repositories for these images.
"""
WRITTEN = [
    (4, 'it: title "MR imaging"'),
    (3, 'it: identifier "x"'),
    (2, "it is a cheat sheet"),
    (5, "it: contributor"),
    (7, 'it: DMP template "A plan"'),
    (12, 'it: covers data type "CT scans"'),
    (4, 'it: mentions modality "Magnetic Resonance"'),
    (12, 'it: mentions modality "Computed Tomography"'),
    (15, 'it: known gap "There are no repositories for these images."'),
]


@pytest.mark.slow
def test_what_is_said_without_a_link_has_its_line_too(tmp_path: Path) -> None:
    site = write_site(tmp_path / "site", {"pages/x.md": SPOKEN}, "title: T\nurl: https://t.example\n")
    built = kg("build", site, "--out", tmp_path / "out", "--reasoner", "owlrl")
    assert built.returncode == 0, built.stderr
    lines = explained(tmp_path / "out", "x").splitlines()
    for number, words in WRITTEN:
        assert any(line.strip().startswith(f"line {number}  {words}") for line in lines), (number, words)
    start = next(number for number, line in enumerate(lines) if line.startswith("Stated in pages/x.md"))
    said = lines[start + 1 :]
    unplaced = [line for line in said[: said.index("")] if "line " not in line]
    assert unplaced == []


def test_a_tool_answers_to_its_id_and_a_page_of_that_id_goes_before(guidance_release: Path, tmp_path: Path) -> None:
    assert found(guidance_release, "pride") == PRIDE
    page = f"{BASE}s/page/pride"
    both = iris("http://x.example/g", (page, RDF.type, RDM.Page), (PRIDE, RDF.type, RDM.Tool))
    both += [f'<{thing}> <{DCT.identifier}> "pride" <http://x.example/g>' for thing in (page, PRIDE)]
    assert found(release_of(tmp_path, both), "pride") == page


def test_a_recommendation_tells_line_role_and_reason_first(guidance_release: Path) -> None:
    lines = explained(guidance_release, "pride").splitlines()
    said = "pages/spectra.md:17 recommends it as deposition repository"
    assert lines[1:5] == [
        "",
        f"{said}: {BY_SENTENCE}",
        f"{said}: {BY_TOPIC}",
        "",
    ]


@pytest.mark.slow
def test_json_has_the_reason_of_a_recommendation(guidance_release: Path) -> None:
    told = json.loads(kg("explain", "mzml", "--release", guidance_release, "--format", "json").stdout)
    advice = [each["advice"] for each in told["statements"] if each["predicate"] == RDM.recommendsFormat]
    because = "it is of the kind data format by its description (rule standard-of-its-kind)"
    assert advice == [[{"line": 11, "role": "data format", "because": because}]] * 2, "the page and its topic"
    assert not [each for each in told["statements"] if each["advice"] and each["predicate"] == RDM.target]
