"""The whole DICOM terminology: exactly the codes of pydicom."""

from __future__ import annotations

import hashlib
import os
import subprocess
import sys

import pytest
from pydicom.sr._cid_dict import cid_concepts
from pydicom.sr.codedict import Collection
from rdflib import Graph, Literal, URIRef

from kg.align import align
from kg.align.dicom import DICOM_SCHEME
from kg.errors import MissingExtra
from kg.identifiers.dicom import ModalityTable
from kg.identifiers.dicom_terminology import Terminology, group_iri, read_terminology
from kg.vocab import DCM, DICOM_GRAPH, RDF, RDM, SKOS

SNOMED = "http://snomed.info/id/"


@pytest.fixture(scope="module")
def terminology() -> Terminology:
    return read_terminology()


@pytest.fixture(scope="module")
def graph(terminology: Terminology) -> Graph:
    return align([], terminology=terminology)[DICOM_GRAPH]


def members(graph: Graph, number: int) -> set[str]:
    return {str(member) for member in graph.objects(URIRef(group_iri(number)), URIRef(SKOS.member))}


def test_every_code_is_a_concept_with_all_its_meanings(terminology: Terminology) -> None:
    expected: dict[str, set[str]] = {}
    for keyword in Collection("DCM").dir():
        code = getattr(Collection("DCM"), keyword)
        expected.setdefault(code.value, set()).add(code.meaning.replace("\u200b", ""))
    assert {concept.code: {concept.meaning, *concept.others} for concept in terminology.concepts} == expected
    assert len(terminology.concepts) == 4755
    assert sum(1 for concept in terminology.concepts if concept.others) == 51


def test_every_group_with_a_code_of_dicoms_own_is_told_with_its_members(terminology: Terminology) -> None:
    groups = {group.number: group for group in terminology.groups}
    assert groups.keys() == {number for number, schemes in cid_concepts.items() if "DCM" in schemes}
    assert len(groups) == 735
    for number, group in groups.items():
        assert len(group.members) + group.unnamed == sum(map(len, cid_concepts[number].values()))
        assert {iri for iri in group.members if not iri.startswith((DCM.base, SNOMED))} == set()


@pytest.mark.parametrize(
    ("code", "preferred", "other"),
    [
        ("LS", "Laser Scan", "Laser Surface Scan"),
        ("126325", "IAUC60BN", "IAUCBN60"),
        ("122730", "Bazett QT Correction Algorithm", "Bazett QTc Algorithm"),
    ],
)
def test_of_two_meanings_the_one_in_more_use_is_preferred(graph: Graph, code: str, preferred: str, other: str) -> None:
    concept = URIRef(DCM.base + code)
    assert list(graph.objects(concept, URIRef(SKOS.prefLabel))) == [Literal(preferred, lang="en")]
    assert list(graph.objects(concept, URIRef(SKOS.altLabel))) == [Literal(other, lang="en")]


def test_the_graph_has_one_label_for_each_concept_and_group(graph: Graph) -> None:
    concepts = set(graph.subjects(URIRef(RDF.type), URIRef(SKOS.Concept)))
    groups = set(graph.subjects(URIRef(RDF.type), URIRef(SKOS.Collection)))
    assert (len(concepts), len(groups)) == (4755, 735)
    assert set(graph.subjects(URIRef(SKOS.inScheme), URIRef(DICOM_SCHEME))) == concepts
    for thing in concepts | groups:
        assert len(list(graph.objects(thing, URIRef(SKOS.prefLabel)))) == 1
    for predicate in (SKOS.prefLabel, SKOS.altLabel):
        assert not {"", "\u200b"} & set("".join(map(str, graph.objects(None, URIRef(predicate)))).split())


def test_a_group_has_codes_of_dicom_and_of_snomed(graph: Graph) -> None:
    """Context group 2, anatomic modifiers: one code of DICOM's own among many of SNOMED CT."""
    snomed = {getattr(Collection("SCT"), keyword).value for keyword in cid_concepts[2]["SCT"]}
    assert len(snomed) > 10
    assert members(graph, 2) == {DCM.base + "130290", *(SNOMED + code for code in snomed)}


def test_of_snomed_there_is_no_text(graph: Graph) -> None:
    assert any(str(o).startswith(SNOMED) for o in graph.objects())
    assert not [s for s in graph.subjects() if str(s).startswith(SNOMED)]


def test_nothing_is_defined(graph: Graph) -> None:
    """NEMA's definitions are NEMA's."""
    assert list(graph.objects(None, URIRef(SKOS.definition))) == []


def test_the_modalities_are_the_same_in_the_whole_and_in_the_part(graph: Graph) -> None:
    part = align([DCM.base + "MR"])[DICOM_GRAPH]
    assert set(part) <= set(graph)
    assert set(part.subjects(URIRef(RDF.type), URIRef(RDM.ImagingModality))) == set(
        graph.subjects(URIRef(RDF.type), URIRef(RDM.ImagingModality))
    )
    assert members(part, 29) == members(graph, 29) == set(ModalityTable.load().modalities)
    assert len(members(part, 29)) == 51


def test_the_trademark_is_told(graph: Graph) -> None:
    assert any("DICOM® is the registered trademark of the National Electrical Man" in str(o) for o in graph.objects())


FINGERPRINT = """
import hashlib
from kg.align import align
from kg.identifiers.dicom_terminology import read_terminology
(graph,) = align([], terminology=read_terminology()).values()
print(hashlib.sha256("".join(sorted(graph.serialize(format="nt").splitlines(True))).encode()).hexdigest())
"""


@pytest.mark.slow
def test_the_same_pydicom_gives_the_same_graph(graph: Graph) -> None:
    lines = sorted(graph.serialize(format="nt").splitlines(keepends=True))
    here = hashlib.sha256("".join(lines).encode()).hexdigest()
    environ = {**os.environ, "PYTHONHASHSEED": "7"}
    there = subprocess.run([sys.executable, "-c", FINGERPRINT], capture_output=True, text=True, env=environ, check=True)
    assert there.stdout.strip() == here


def test_without_pydicom_the_message_says_what_to_do(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "pydicom", None)
    with pytest.raises(MissingExtra, match=r"needs pydicom: pip install 'rdm-kg\[dicom\]'"):
        read_terminology()
