"""Each shape with a graph that violates it alone, ``<shape>.ttl``; conforming graphs are in ``conforming``."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from rdflib import SH, Graph, URIRef

from kg.build import collect
from kg.build.collect import add_violations, described
from kg.build.validate import report, shapes, shapes_by_rule, validate, validate_each
from kg.build_cache import BuildCache
from kg.findings import Place, Severity
from kg.infer import Ontology
from kg.release import open_release
from kg.resources import shipped
from kg.vocab import RDM, ROLE, SECTION, Namespace
from tests.conftest import kg

HERE = Path(__file__).parent
NAMES = sorted(name for names in shapes().values() for name in names)
CONFIG = Place("_config.yml", 1)


@pytest.mark.parametrize("name", NAMES)
def test_a_shape_finds_what_breaks_it_and_nothing_else(name: str) -> None:
    found = validate(Graph().parse(HERE / f"{name}.ttl"))
    assert {violation.shape for violation in found} == {name}
    finding = found[0].finding(CONFIG)
    assert finding.rule == f"shape/{name}"
    shape = shapes_by_rule()[finding.rule]
    assert finding.message.startswith(shape.message)
    assert shape.severity is finding.severity


@pytest.mark.slow
def test_the_command_explains_what_a_build_finds() -> None:
    rule = "shape/thing-title"
    explained = kg("check", "--explain", rule)
    shape = shapes_by_rule()[rule]
    assert explained.stdout.startswith(f"# {rule}\n\n{shape.message}\n\n`kg build` reports this warning ")
    misspelt = kg("check", "--explain", "shape/thing-titel")
    assert (misspelt.returncode, f"did you mean '{rule}'?" in misspelt.stderr) == (2, True)


def test_every_example_has_its_shape() -> None:
    assert sorted(file.stem for file in HERE.glob("*.ttl")) == NAMES


@pytest.mark.parametrize("file", sorted((HERE / "conforming").glob("*.ttl")), ids=lambda file: file.stem)
def test_what_is_right_conforms(file: Path) -> None:
    assert validate(Graph().parse(file)) == []


def test_what_conforms_alone_conforms_together() -> None:
    everything = Graph()
    for file in (HERE / "conforming").glob("*.ttl"):
        everything.parse(file)
    assert validate(everything) == []


def test_the_shipped_content_keeps_every_rule(content_release: Path) -> None:
    rules = json.loads(open_release(content_release).report.read_text("utf-8"))["rules"]
    assert rules == report([])


def test_a_violation_names_page_and_line() -> None:
    graph = Graph().parse(
        data=f"""
        @prefix rdm: <{RDM.base}> .
        <https://x.example/page/pic#md> <http://purl.org/dc/terms/identifier> "pages/pic.md" .
        <https://x.example/page/other#md> <http://purl.org/dc/terms/identifier> "pages/other.md" .
        <https://x.example/page/pic#m-0123456789> a rdm:Recommendation ; rdm:sourceLine 24 ;
            rdm:section <{SECTION.description}> ; rdm:openness "free" ;
            rdm:target <https://doi.org/10.25504/bsg-s000114> .
        <https://x.example/page/other> <https://schema.org/mentions> <https://doi.org/10.25504/bsg-s000114> .
        <https://doi.org/10.25504/bsg-s000114> a rdm:Standard ; <http://purl.org/dc/terms/title> "DICOM" .
        """,
        format="turtle",
    )
    openness, record = sorted(validate(graph), key=lambda violation: violation.shape)
    assert (openness.place, record.place) == (Place("pages/pic.md", 24), Place("pages/pic.md", 24))
    assert (openness.path, openness.value) == (RDM.openness, "free")
    assert str(openness.finding(CONFIG)).startswith(
        "pages/pic.md:24: error: shape/recommendation-openness: A format is"
    )
    assert record.shape == "thing-fairsharing"


def test_a_graph_is_not_validated_again(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    ontology, cache = Ontology.load(shipped("ontology") / "rdm.ttl"), BuildCache(tmp_path)
    files = HERE / "recommendation-target.ttl", HERE / "conforming" / "agent.ttl", HERE / "agent-name.ttl"
    graphs = [Graph(identifier=URIRef(f"https://x.example/{file.stem}")).parse(file) for file in files]
    validated = list[object]()
    monkeypatch.setattr(collect, "validate_each", lambda new: validated.extend(new) or validate_each(new))

    def violations(*some: Graph) -> list[bool]:
        descriptions = [described({str(graph.identifier): graph}, ontology) for graph in some]
        add_violations(descriptions, [[graph] for graph in some], cache)
        return [bool(each["violations"]) for each in descriptions]

    assert violations(*graphs[:2]) == [True, False]
    assert violations(*graphs) == [True, False, True]
    assert validated == [[graph] for graph in graphs]


def test_what_no_page_says_is_placed_by_the_caller() -> None:
    (violation,) = validate(Graph().parse(HERE / "dcat-ap-catalogue-title.ttl"))
    assert violation.place is None
    assert violation.finding(CONFIG).place == CONFIG


def test_the_report_says_which_rules_ran_and_what_they_found() -> None:
    violations = validate(Graph().parse(HERE / "dcat-ap-catalogue-title.ttl"))
    violations += validate(Graph().parse(HERE / "recommendation-target.ttl"))
    said = report(violations)
    assert said["dcat-ap"] == {
        "shapes": len(shapes()["dcat-ap"]),
        "conforms": False,
        "errors": 1,
        "warnings": 0,
        "notes": 0,
    }
    assert said["recommendation"]["conforms"]
    assert said["recommendation"]["warnings"] == 1


def test_a_warning_is_no_error() -> None:
    (violation,) = validate(Graph().parse(HERE / "recommendation-target.ttl"))
    assert violation.severity is Severity.WARNING


@pytest.mark.parametrize(
    ("file", "path", "namespace"), [("mention", RDM.role, ROLE), ("recommendation", RDM.section, SECTION)]
)
def test_a_closed_list_is_that_of_the_vocabulary(file: str, path: str, namespace: Namespace) -> None:
    """A role or section that is in one of them only would be refused in every build, or never."""
    graph = Graph().parse(shipped("ontology") / "shapes" / f"{file}.ttl")
    (shape,) = graph.subjects(SH.path, URIRef(path))
    (listed,) = graph.objects(shape, SH["in"])
    assert {str(item) for item in graph.items(listed)} == set(namespace.terms.values())
