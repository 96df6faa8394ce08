"""The crosswalks' graphs have the known facts about the things in use, and none about others."""

from __future__ import annotations

from pathlib import Path

import pytest
from rdflib import BNode, Graph, Literal, URIRef
from rdflib.compare import isomorphic

from kg.align import align
from kg.align.mappings import mapping_graphs
from kg.identifiers.dicom import ModalityTable
from kg.identifiers.fairsharing import DOI, FairsharingCrosswalk
from kg.identifiers.legislation import name_of_law, names_of_laws, replacement_of
from kg.vocab import (
    CROSSWALK_GRAPHS,
    DCM,
    DCT,
    DICOM_GRAPH,
    ELI,
    FAIRSHARING_GRAPH,
    FAIRSHARING_KINDS_GRAPH,
    PREFIXES,
    PROV,
    RDF,
    RDFS,
    RDM,
    SKOS,
)

EDAM_GRAPH = CROSSWALK_GRAPHS + "edam"
WIKIDATA_GRAPH = CROSSWALK_GRAPHS + "wikidata"
LICENCE_GRAPH = CROSSWALK_GRAPHS + "licences"


def turtle(text: str) -> Graph:
    prefixes = "".join(f"@prefix {prefix}: <{base}> .\n" for prefix, base in PREFIXES.items())
    return Graph().parse(data=prefixes + text, format="turtle")


def test_a_fairsharing_record() -> None:
    graph = align([DOI + "9qv71f"])[FAIRSHARING_GRAPH]
    assert isomorphic(
        graph,
        turtle("""
        @prefix : <https://w3id.org/rdm-kg/id/fairsharing/9qv71f#> .
        fairsharing:9qv71f a rdm:DataFormat ;
            dct:identifier "FAIRsharing.9qv71f" ;
            dct:title "Systems Biology Markup Language" ;
            skos:altLabel "SBML" ;
            adms:identifier :id-18, :id-bsg-s000052 .
        :id-18 a adms:Identifier ; skos:notation "18"^^rdm:FAIRsharingRecordId .
        :id-bsg-s000052 a adms:Identifier ;
            skos:notation "bsg-s000052"^^rdm:FAIRsharingLegacyId ;
            schema:url <https://identifiers.org/fairsharing:bsg-s000052> .
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


@pytest.mark.slow
def test_a_type_that_was_only_inferred_is_not_said() -> None:
    crosswalk = FairsharingCrosswalk.load()
    graph = align(crosswalk.records)[FAIRSHARING_GRAPH]
    typed = {str(thing) for thing, kind in graph.subject_objects(URIRef(RDF.type)) if str(kind).startswith(RDM.base)}
    assert typed
    assert all(crosswalk.records[iri].type_basis == "asserted" for iri in typed)
    assert (URIRef(DOI + "p1ss22"), URIRef(RDF.type), None) not in graph


def test_the_details_of_a_record() -> None:
    graph = align([DOI + "00873e"])[FAIRSHARING_GRAPH]
    licence = "<https://creativecommons.org/publicdomain/zero/1.0/>"
    details = turtle(f"""
        fairsharing:00873e foaf:homepage <https://www.checklistbank.org/> ; dct:license {licence} ;
            dcat:keyword "Taxonomy", "Biodiversity", "Bioinformatics", "Taxonomic classification", "FAIR" .
        {licence} a dct:LicenseDocument .
    """)
    assert not set(details) - set(graph)


def test_an_inferred_kind_has_a_graph_of_its_own_with_its_basis() -> None:
    graph = align([DOI + "m3jtpg", DOI + "p1ss22", DOI + "9qv71f", DOI + "b7z8by"])[FAIRSHARING_KINDS_GRAPH]
    kinds = {(str(thing), str(kind)) for thing, kind in graph.subject_objects(URIRef(RDF.type))}
    name, basis = URIRef(FAIRSHARING_KINDS_GRAPH), URIRef(FAIRSHARING_KINDS_GRAPH + "#basis")
    assert kinds == {
        (DOI + "m3jtpg", RDM.Database),
        (DOI + "p1ss22", RDM.Standard),
        (str(basis), DCT.ProvenanceStatement),
    }
    assert (name, URIRef(DCT.provenance), basis) in graph
    assert (name, URIRef(PROV.wasDerivedFrom), URIRef("https://bioregistry.io/")) in graph
    assert str(graph.value(basis, URIRef(RDFS.label))).startswith("Inferred, not said by FAIRsharing: ")
    assert FAIRSHARING_KINDS_GRAPH not in align([DOI + "9qv71f", DOI + "b7z8by"]), "asserted, and not known"


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


def test_a_format_that_edam_has_under_that_name() -> None:
    graph = align([DOI + "26dmba", DOI + "3ngg40"])[EDAM_GRAPH]
    assert isomorphic(
        graph,
        turtle("""
        fairsharing:26dmba skos:exactMatch <http://edamontology.org/format_3244> .
        <http://edamontology.org/format_3244> skos:prefLabel "mzML"@en .
        """),
    )


def test_a_terminology_that_wikidata_has_an_item_about() -> None:
    graph = align([DOI + "azqskx", DOI + "b7z8by"])[WIKIDATA_GRAPH]
    assert isomorphic(graph, turtle("fairsharing:azqskx skos:closeMatch <http://www.wikidata.org/entity/Q31110555> ."))


def test_a_licence_that_the_eus_table_has() -> None:
    licence = "https://creativecommons.org/licenses/by/4.0/"
    graph = align([licence, "https://creativecommons.org/licenses/by/3.0/no/"])[LICENCE_GRAPH]
    assert isomorphic(
        graph,
        turtle(f"""
        <{licence}> a dct:LicenseDocument ;
            skos:exactMatch <http://publications.europa.eu/resource/authority/licence/CC_BY_4_0> .
        <http://publications.europa.eu/resource/authority/licence/CC_BY_4_0> a dct:LicenseDocument ;
            dct:identifier "CC_BY_4_0" .
        """),
    )


def test_a_law_in_use_has_its_names_in_each_language() -> None:
    act = "https://lovdata.no/eli/lov/2009/06/19/97"
    graph = align([act])[CROSSWALK_GRAPHS + "legislation"]
    assert isomorphic(graph, turtle(f'<{act}> skos:altLabel "Animal Welfare Act"@en , "dyrevelferdsloven"@nb .'))


def test_a_law_that_is_not_in_force_has_the_law_that_replaced_it() -> None:
    former, newer = (f"https://lovdata.no/eli/lov/{act}" for act in ("2000/04/14/31", "2018/06/15/38"))
    names = 'skos:altLabel "Personal Data Act"@en , "personopplysningsloven"@nb'
    graph = align([former])[CROSSWALK_GRAPHS + "legislation"]
    assert isomorphic(
        graph,
        turtle(f"""
        <{former}> {names} ; eli:in_force eli:InForce-notInForce ; eli:repealed_by <{newer}> ;
            dct:description "Not in force, replaced by the Personal Data Act (LOV-2018-06-15-38)."@en .
        eli:InForce-notInForce skos:prefLabel "not in force"@en .
        <{newer}> a eli:LegalResource ; dct:identifier "LOV-2018-06-15-38" ; {names} ;
            dct:title "Personal Data Act"@en ;
            dct:type <https://data.norge.no/vocabulary/legal-resource-type#act> .
        """),
    )
    assert (URIRef(newer), URIRef(ELI.in_force), None) not in align([newer])[CROSSWALK_GRAPHS + "legislation"]


def test_laws_that_replaced_others_have_names_and_are_in_force() -> None:
    replaced = {law for law, _, _ in names_of_laws() if replacement_of(law)}
    newer = {law.iri for law in map(replacement_of, replaced) if law}
    assert len(newer) > 4
    assert not newer & replaced
    assert all(map(name_of_law, newer))


def test_a_new_table_needs_no_code(tmp_path: Path) -> None:
    (tmp_path / "planets.sssom.tsv").write_text(
        '# curie_map:\n#   a: "https://a.example/"\n#   b: "https://b.example/"\n'
        '#   skos: "http://www.w3.org/2004/02/skos/core#"\n#   sssom: "https://w3id.org/sssom/"\n'
        '#   semapv: "https://w3id.org/semapv/vocab/"\n'
        "subject_id\tpredicate_id\tobject_id\tmapping_justification\n"
        "a:mars\tskos:exactMatch\tb:4\tsemapv:ManualMappingCuration\n"
        "a:vulcan\tskos:exactMatch\tsssom:NoTermFound\tsemapv:ManualMappingCuration\n"
    )
    ((name, graph),) = mapping_graphs({"https://a.example/mars", "https://a.example/vulcan"}, tmp_path)
    assert name == CROSSWALK_GRAPHS + "planets"
    assert list(graph) == [(URIRef("https://a.example/mars"), URIRef(SKOS.exactMatch), URIRef("https://b.example/4"))]


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


@pytest.mark.slow
def test_the_same_things_give_the_same_triples_without_blank_nodes() -> None:
    used = [*FairsharingCrosswalk.load().records, *ModalityTable.load().modalities]
    forwards, backwards = align(used), align(reversed(used))
    graphs = {FAIRSHARING_GRAPH, FAIRSHARING_KINDS_GRAPH, DICOM_GRAPH, EDAM_GRAPH, WIKIDATA_GRAPH}
    assert forwards.keys() == backwards.keys() == graphs
    for name, graph in forwards.items():
        assert set(graph) == set(backwards[name])
        assert not any(isinstance(term, BNode) for triple in graph for term in triple)


def test_own_nodes_live_under_the_base() -> None:
    graph = align([DOI + "b7z8by"], base="https://example.org/id/")[FAIRSHARING_GRAPH]
    assert (URIRef("https://example.org/id/fairsharing/b7z8by#id-84"), None, None) in graph
