"""Whole releases checked against DCAT-AP, DCAT-AP-NO and FAIR Data Point, with the shapes in ``KG_REFERENCE``."""

from __future__ import annotations

import os
from pathlib import Path

import pyshacl
import pytest
from rdflib import RDF, SH, Graph

from kg.release import open_release
from kg.vocab import DCT, ELI

REFERENCE = Path(os.environ.get("KG_REFERENCE", ""))
SITES = ("content", "lookup", "rdmkit")

pytestmark = [
    pytest.mark.slow,
    pytest.mark.skipif(
        not (REFERENCE / "shapes").is_dir() or "KG_REFERENCE" not in os.environ,
        reason="KG_REFERENCE names no folder with the shapes of DCAT-AP",
    ),
]


@pytest.fixture(scope="module", params=SITES)
def union(request: pytest.FixtureRequest) -> Graph:
    """Return all statements of a release of the shipped content, or of a reference site."""
    if request.param == "content":
        release = request.getfixturevalue("content_release")
    else:
        release = request.getfixturevalue("reference_release")(request.param)
    return Graph().parse(open_release(release).dumps / "rdm-kg.ttl")


def broken(union: Graph, shapes: str, *, stubs: bool = False) -> set[tuple[str, str, str]]:
    """Return severity, property and class of the focus node for every violation of these shapes."""
    data = union + Graph().parse(REFERENCE / "shapes" / "stubs.ttl") if stubs else union
    _, results, _ = pyshacl.validate(data, shacl_graph=Graph().parse(REFERENCE / "shapes" / f"{shapes}.ttl"))
    assert isinstance(results, Graph)
    return {
        (
            str(results.value(result, SH.resultSeverity)).removeprefix(str(SH)),
            str(results.value(result, SH.resultPath)),
            " ".join(sorted(map(str, data.objects(results.value(result, SH.focusNode), RDF.type)))),
        )
        for result in results.subjects(RDF.type, SH.ValidationResult)
    }


@pytest.mark.parametrize("stubs", [True, False], ids=["with stubs", "alone"])
@pytest.mark.parametrize("shapes", ["dcatap301_shapes", "dcatap301_range", "dcatap301_full_fixed"])
def test_everything_conforms_to_dcat_ap(union: Graph, shapes: str, stubs: bool) -> None:
    assert broken(union, shapes, stubs=stubs) == set()


def test_cheat_sheets_conform_to_fair_data_point(union: Graph) -> None:
    assert broken(union, "fdp_0017_shape-dataset") == set()


def test_only_what_nobody_says_keeps_it_from_dcat_ap_no(union: Graph) -> None:
    """The Norwegian list of legal resources has no type for conventions and EU law; a site may give no licence."""
    found = broken(union, "dcatapno200")
    assert {entry for entry in found if entry[0] == "Violation"} <= {("Violation", DCT.type, ELI.LegalResource)}
    assert {path for severity, path, _ in found if severity == "Warning"} <= {DCT.license}
