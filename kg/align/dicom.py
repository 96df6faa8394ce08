"""Facts of the DICOM terminology: the imaging modalities if pages use one, or the whole terminology."""

from __future__ import annotations

from collections.abc import Iterable

from rdflib import Graph, Literal, URIRef

from kg.identifiers.dicom import ModalityTable
from kg.identifiers.dicom_terminology import Terminology, group_iri
from kg.vocab import DCM, DCT, DICOM_GRAPH, OWL, RDF, RDFS, RDM, SKOS

DICOM_SCHEME = DCM.base.rstrip("/")
DICOM_OID = "1.2.840.10008.2.16.4"
DICOM_NOTICE = (
    "DICOM® is the registered trademark of the National Electrical Manufacturers Association for its Standards "
    "publications relating to digital communications of medical information."
)
MODALITIES = 29
"""Number of the context group of acquisition modalities."""


def dicom_graph(iris: Iterable[str], table: ModalityTable, terminology: Terminology | None = None) -> Graph:
    """Return the scheme, its modalities and the trademark notice if one of the modalities is among the used IRIs.

    With a ``terminology``, the graph always has all of it: each concept, and each context group with its members.
    """
    graph = Graph()
    if terminology:
        _add_terminology(graph, terminology)
    if terminology or not table.modalities.keys().isdisjoint(iris):
        _add_scheme(graph)
        _add_modalities(graph, table)
    return graph


def _add_scheme(graph: Graph) -> None:
    scheme, rights = URIRef(DICOM_SCHEME), URIRef(f"{DICOM_GRAPH}#rights")
    graph.add((scheme, URIRef(RDF.type), URIRef(SKOS.ConceptScheme)))
    graph.add((scheme, URIRef(DCT.title), Literal("DICOM Controlled Terminology", lang="en")))
    graph.add((scheme, URIRef(DCT.identifier), Literal(DICOM_OID)))
    graph.add((scheme, URIRef(DCT.rights), rights))
    graph.add((rights, URIRef(RDF.type), URIRef(DCT.RightsStatement)))
    graph.add((rights, URIRef(RDFS.label), Literal(DICOM_NOTICE, lang="en")))


def _add_modalities(graph: Graph, table: ModalityTable) -> None:
    for modality in table.modalities.values():
        _add_concept(graph, modality.iri, modality.code, modality.label, modality.names)
        graph.add((URIRef(modality.iri), URIRef(RDF.type), URIRef(RDM.ImagingModality)))
    _add_group(graph, MODALITIES, "AcquisitionModality", table.modalities)


def _add_terminology(graph: Graph, terminology: Terminology) -> None:
    edition = Literal(f"as in pydicom {terminology.version}", lang="en")
    graph.add((URIRef(DICOM_SCHEME), URIRef(OWL.versionInfo), edition))
    for concept in terminology.concepts:
        _add_concept(graph, concept.iri, concept.code, concept.meaning, concept.others)
    for group in terminology.groups:
        _add_group(graph, group.number, group.name, group.members)
        if group.unnamed:
            words = f"{group.unnamed} members of this group are of other coding schemes and not listed here."
            graph.add((URIRef(group.iri), URIRef(SKOS.note), Literal(words, lang="en")))


def _add_concept(graph: Graph, iri: str, code: str, label: str, names: Iterable[str]) -> None:
    concept = URIRef(iri)
    graph.add((concept, URIRef(RDF.type), URIRef(SKOS.Concept)))
    graph.add((concept, URIRef(SKOS.inScheme), URIRef(DICOM_SCHEME)))
    graph.add((concept, URIRef(SKOS.notation), Literal(code)))
    graph.add((concept, URIRef(SKOS.prefLabel), Literal(label, lang="en")))
    for name in names:
        graph.add((concept, URIRef(SKOS.altLabel), Literal(name, lang="en")))


def _add_group(graph: Graph, number: int, name: str, members: Iterable[str]) -> None:
    group = URIRef(group_iri(number))
    graph.add((group, URIRef(RDF.type), URIRef(SKOS.Collection)))
    graph.add((group, URIRef(SKOS.notation), Literal(f"CID {number}")))
    graph.add((group, URIRef(SKOS.prefLabel), Literal(f"CID {number} {name}", lang="en")))
    for member in members:
        graph.add((group, URIRef(SKOS.member), URIRef(member)))
