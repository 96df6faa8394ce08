"""What the crosswalks say of the things that pages refer to: one named graph for each crosswalk."""

from __future__ import annotations

from collections.abc import Iterable

from rdflib import Graph, Literal, URIRef

from kg.identifiers.dicom import Modality, ModalityTable
from kg.identifiers.fairsharing import FairsharingCrosswalk, Form, Record, parse_url
from kg.vocab import ADMS, BASE, DCM, DCT, DICOM_GRAPH, FAIRSHARING_GRAPH, RDF, RDFS, RDM, SKOS

RECORD_TYPES = {
    "model_and_format": RDM.DataFormat,
    "terminology_artefact": RDM.Terminology,
    "reporting_guideline": RDM.ReportingGuideline,
    "identifier_schema": RDM.IdentifierScheme,
    "repository": RDM.Repository,
    "knowledgebase": RDM.Repository,
    "knowledgebase_and_repository": RDM.Repository,
}
"""FAIRsharing's record types → our classes; journals and the like have none."""

DICOM_SCHEME = DCM.base.rstrip("/")
DICOM_OID = "1.2.840.10008.2.16.4"
DICOM_NOTICE = (
    "DICOM® is the registered trademark of the National Electrical Manufacturers Association for its Standards "
    "publications relating to digital communications of medical information."
)


def align(
    used: Iterable[str],
    *,
    fairsharing: FairsharingCrosswalk | None = None,
    dicom: ModalityTable | None = None,
    base: str = BASE,
) -> dict[str, Graph]:
    """Graph name → what that crosswalk knows of the used IRIs; no graph where it knows none of them.

    Identifier nodes live under ``base``; there are no blank nodes, and the same IRIs give the same triples. The
    shipped crosswalks are taken where none is handed over.

    >>> graphs = align(["http://dicom.nema.org/resources/ontology/DCM/MR", "https://example.org/"])
    >>> list(graphs)
    ['https://w3id.org/rdm-kg/graph/dicom']
    """
    iris = set(used)
    graphs = {
        FAIRSHARING_GRAPH: _fairsharing_graph(iris, fairsharing or FairsharingCrosswalk.load(), base),
        DICOM_GRAPH: _dicom_graph(iris, dicom or ModalityTable.load()),
    }
    return {name: graph for name, graph in graphs.items() if len(graph)}


def _fairsharing_graph(iris: Iterable[str], crosswalk: FairsharingCrosswalk, base: str) -> Graph:
    graph = Graph()
    for iri in iris:
        if record := crosswalk.records.get(iri) or _record_of_iri(iri):
            _add_record(graph, record, base)
    return graph


def _record_of_iri(iri: str) -> Record | None:
    """What a canonical IRI says by itself: the identifier that it ends in."""
    reference = parse_url(iri)
    if reference is None or reference.iri != iri:
        return None
    suffix, number = (reference.value, "") if reference.form is Form.DOI else ("", reference.value)
    return Record(iri, suffix, number, "", "", "", "", "", (), (), "", "")


def _add_record(graph: Graph, record: Record, base: str) -> None:
    thing = URIRef(record.iri)
    if record.suffix:
        graph.add((thing, URIRef(DCT.identifier), Literal(f"FAIRsharing.{record.suffix}")))
    if record.name:
        graph.add((thing, URIRef(DCT.title), Literal(record.name)))
    if record.abbreviation:
        graph.add((thing, URIRef(SKOS.altLabel), Literal(record.abbreviation)))
    if own_class := RECORD_TYPES.get(record.asserted_type or ""):
        graph.add((thing, URIRef(RDF.type), URIRef(own_class)))
    for page in _pages_elsewhere(record):
        graph.add((thing, URIRef(RDFS.seeAlso), URIRef(page)))
    _add_identifiers(graph, thing, record, base)


def _pages_elsewhere(record: Record) -> Iterable[str]:
    yield from (f"https://www.re3data.org/repository/{entry}" for entry in record.re3data)
    if record.bioregistry:
        yield f"https://bioregistry.io/registry/{record.bioregistry}"


def _add_identifiers(graph: Graph, thing: URIRef, record: Record, base: str) -> None:
    """The identifiers besides the DOI, each as a node with a typed notation."""
    notations = [(legacy, RDM.FAIRsharingLegacyId) for legacy in record.legacy_ids]
    if record.number:
        notations.append((record.number, RDM.FAIRsharingRecordId))
    for notation, datatype in notations:
        node = URIRef(f"{base}fairsharing/{record.suffix or record.number}#id-{notation}")
        graph.add((thing, URIRef(ADMS.identifier), node))
        graph.add((node, URIRef(RDF.type), URIRef(ADMS.Identifier)))
        graph.add((node, URIRef(SKOS.notation), Literal(notation, datatype=URIRef(datatype))))


def _dicom_graph(iris: Iterable[str], table: ModalityTable) -> Graph:
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
