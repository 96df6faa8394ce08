"""What the DICOM terminology says of the modalities that pages name."""

from __future__ import annotations

from collections.abc import Iterable

from rdflib import Graph, Literal, URIRef

from kg.identifiers.dicom import Modality, ModalityTable
from kg.vocab import DCM, DCT, DICOM_GRAPH, RDF, RDFS, RDM, SKOS

DICOM_SCHEME = DCM.base.rstrip("/")
DICOM_OID = "1.2.840.10008.2.16.4"
DICOM_NOTICE = (
    "DICOM® is the registered trademark of the National Electrical Manufacturers Association for its Standards "
    "publications relating to digital communications of medical information."
)


def dicom_graph(iris: Iterable[str], table: ModalityTable) -> Graph:
    """The modalities among the used IRIs, and the scheme they are in, with the notice of its owner's mark."""
    graph = Graph()
    modalities = [table.modalities[iri] for iri in iris if iri in table.modalities]
    for modality in modalities:
        _add_modality(graph, modality)
    if modalities:
        _add_dicom_scheme(graph)
    return graph


def _add_modality(graph: Graph, modality: Modality) -> None:
    concept = URIRef(modality.iri)
    graph.add((concept, URIRef(RDF.type), URIRef(SKOS.Concept)))
    graph.add((concept, URIRef(RDF.type), URIRef(RDM.ImagingModality)))
    graph.add((concept, URIRef(SKOS.inScheme), URIRef(DICOM_SCHEME)))
    graph.add((concept, URIRef(SKOS.notation), Literal(modality.code)))
    graph.add((concept, URIRef(SKOS.prefLabel), Literal(modality.label, lang="en")))
    for name in modality.names:
        graph.add((concept, URIRef(SKOS.altLabel), Literal(name, lang="en")))


def _add_dicom_scheme(graph: Graph) -> None:
    scheme, rights = URIRef(DICOM_SCHEME), URIRef(f"{DICOM_GRAPH}#rights")
    graph.add((scheme, URIRef(RDF.type), URIRef(SKOS.ConceptScheme)))
    graph.add((scheme, URIRef(DCT.title), Literal("DICOM Controlled Terminology", lang="en")))
    graph.add((scheme, URIRef(DCT.identifier), Literal(DICOM_OID)))
    graph.add((scheme, URIRef(DCT.rights), rights))
    graph.add((rights, URIRef(RDF.type), URIRef(DCT.RightsStatement)))
    graph.add((rights, URIRef(RDFS.label), Literal(DICOM_NOTICE, lang="en")))
