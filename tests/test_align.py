"""The crosswalks' graphs say what is known of the things in use, and nothing of others."""

from __future__ import annotations

import pytest
from rdflib import BNode, Graph, Literal, URIRef
from rdflib.compare import isomorphic

from kg.align import align
from kg.identifiers.dicom import ModalityTable
from kg.identifiers.fairsharing import DOI, FairsharingCrosswalk
from kg.vocab import DCM, DCT, DICOM_GRAPH, FAIRSHARING_GRAPH, PREFIXES, RDF, RDM, SKOS


def turtle(text: str) -> Graph:
    prefixes = "".join(f"@prefix {prefix}: <{base}> .\n" for prefix, base in PREFIXES.items())
    return Graph().parse(data=prefixes + text, format="turtle")


def test_a_fairsharing_record() -> None:
    graph = align([DOI + "9aa0zp"])[FAIRSHARING_GRAPH]
    assert isomorphic(
        graph,
        turtle("""
        @prefix : <https://w3id.org/rdm-kg/id/fairsharing/9aa0zp#> .
        fairsharing:9aa0zp a rdm:ReportingGuideline ;
            dct:identifier "FAIRsharing.9aa0zp" ;
            dct:title "Minimum Information about any (x) Sequence" ;
            skos:altLabel "MIxS" ;
            adms:identifier :id-262, :id-bsg-s000518 .
        :id-262 a adms:Identifier ; skos:notation "262"^^rdm:FAIRsharingRecordId .
        :id-bsg-s000518 a adms:Identifier ; skos:notation "bsg-s000518"^^rdm:FAIRsharingLegacyId .
        """),
    )


def test_entries_elsewhere_are_told() -> None:
    crosswalk = FairsharingCrosswalk.load()
    record = next(record for record in crosswalk.records.values() if record.re3data and record.bioregistry)
    graph = align([record.iri])[FAIRSHARING_GRAPH]
    assert {str(page) for page in graph.objects(URIRef(record.iri), URIRef(PREFIXES["rdfs"] + "seeAlso"))} == {
        *(f"https://www.re3data.org/repository/{entry}" for entry in record.re3data),
        f"https://bioregistry.io/registry/{record.bioregistry}",
    }


def test_a_type_that_was_only_inferred_is_not_said() -> None:
    crosswalk = FairsharingCrosswalk.load()
    graph = align(crosswalk.records)[FAIRSHARING_GRAPH]
    typed = {str(thing) for thing, kind in graph.subject_objects(URIRef(RDF.type)) if str(kind).startswith(RDM.base)}
    assert typed
    assert all(crosswalk.records[iri].type_basis == "asserted" for iri in typed)
    assert (URIRef(DOI + "p1ss22"), URIRef(RDF.type), None) not in graph


@pytest.mark.parametrize(
    ("iri", "expected"),
    [
        (DOI + "Zz9Zz9", '<https://doi.org/10.25504/FAIRsharing.Zz9Zz9> dct:identifier "FAIRsharing.Zz9Zz9" .'),
        (
            "https://fairsharing.org/987654",
            """@prefix : <https://w3id.org/rdm-kg/id/fairsharing/987654#> .
            <https://fairsharing.org/987654> adms:identifier :id-987654 .
            :id-987654 a adms:Identifier ;
                skos:notation "987654"^^rdm:FAIRsharingRecordId .""",
        ),
    ],
)
def test_of_an_unknown_record_only_its_own_identifier_is_said(iri: str, expected: str) -> None:
    assert isomorphic(align([iri])[FAIRSHARING_GRAPH], turtle(expected))


def test_a_dicom_modality() -> None:
    graph = align([DCM.base + "EEG"])[DICOM_GRAPH]
    concept = URIRef(DCM.base + "EEG")
    scheme = URIRef("http://dicom.nema.org/resources/ontology/DCM")
    assert set(graph.objects(concept, URIRef(RDF.type))) == {URIRef(SKOS.Concept), URIRef(RDM.ImagingModality)}
    assert list(graph.objects(concept, URIRef(SKOS.inScheme))) == [scheme]
    assert list(graph.objects(concept, URIRef(SKOS.notation))) == [Literal("EEG")]
    assert list(graph.objects(concept, URIRef(SKOS.prefLabel))) == [Literal("Electroencephalography", lang="en")]
    assert list(graph.objects(concept, URIRef(SKOS.altLabel))) == [Literal("electroencephalography", lang="en")]
    assert list(graph.objects(scheme, URIRef(DCT.identifier))) == [Literal("1.2.840.10008.2.16.4")]
    assert "registered trademark" in str(list(graph.objects(None, URIRef(PREFIXES["rdfs"] + "label"))))


def test_only_things_in_use_are_described() -> None:
    assert align([]) == {}
    assert align(["https://example.org/", "https://fairsharing.org/", DCM.base + "XYZ", "mailto:"]) == {}
    assert list(align([DCM.base + "MR"])) == [DICOM_GRAPH]


def test_the_same_things_give_the_same_triples_without_blank_nodes() -> None:
    used = [*FairsharingCrosswalk.load().records, *ModalityTable.load().modalities]
    forwards, backwards = align(used), align(reversed(used))
    assert forwards.keys() == backwards.keys() == {FAIRSHARING_GRAPH, DICOM_GRAPH}
    for name, graph in forwards.items():
        assert set(graph) == set(backwards[name])
        assert not any(isinstance(term, BNode) for triple in graph for term in triple)


def test_own_nodes_live_under_the_base() -> None:
    graph = align([DOI + "b7z8by"], base="https://example.org/id/")[FAIRSHARING_GRAPH]
    assert (URIRef("https://example.org/id/fairsharing/b7z8by#id-84"), None, None) in graph
