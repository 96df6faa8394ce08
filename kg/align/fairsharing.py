"""Facts of the FAIRsharing crosswalk about the records that pages use."""

from __future__ import annotations

from collections.abc import Iterable

from rdflib import Graph, Literal, URIRef

from kg.identifiers.fairsharing import (
    DOI,
    FairsharingCrosswalk,
    Record,
    RecordDetails,
    ReferenceForm,
    identifiers_org,
    load_details,
    parse_url,
)
from kg.vocab import ADMS, DCAT, DCT, FAIRSHARING_KINDS_GRAPH, FOAF, PROV, RDF, RDFS, RDM, SCHEMA, SKOS

RECORD_TYPES = {
    "model_and_format": RDM.DataFormat,
    "terminology_artefact": RDM.Terminology,
    "reporting_guideline": RDM.ReportingGuideline,
    "identifier_schema": RDM.IdentifierScheme,
    "repository": RDM.Repository,
    "knowledgebase": RDM.Database,
    "knowledgebase_and_repository": RDM.Repository,
}
"""FAIRsharing's record type → our class; types such as journals have none."""
REGISTRIES = {"database": RDM.Database, "standard": RDM.Standard}
"""FAIRsharing's registry → class of all of its records; policies have none."""
_BIOREGISTRY = "https://bioregistry.io/"
_BASIS = (
    "Inferred, not said by FAIRsharing: Bioregistry takes over FAIRsharing's records by their type, first "
    "terminologies and identifier schemes alone, then databases too. In which of its selections a record is tells "
    "the registry that it belongs to, and no more."
)


def fairsharing_graph(iris: Iterable[str], crosswalk: FairsharingCrosswalk, base: str) -> Graph:
    """Return FAIRsharing's facts about the records among the used IRIs; identifier nodes have IRIs below ``base``.

    These are names, identifiers, asserted types, home page, licence and keywords. Of a record whose name is not known,
    the source is said, which tells it from one that is not known at all.
    """
    graph = Graph()
    for iri in iris:
        if record := crosswalk.records.get(iri) or _record_of_iri(iri):
            _add_record(graph, record, base)
        if iri.startswith(DOI) and (known := load_details().get(iri)):
            _add_details(graph, URIRef(iri), known)
    return graph


def fairsharing_kinds_graph(iris: Iterable[str], crosswalk: FairsharingCrosswalk) -> Graph:
    """Return the class of each record among the used IRIs whose registry is inferred, and the basis for it."""
    graph = Graph()
    for iri in iris:
        record = crosswalk.records.get(iri)
        if record and record.type_basis == "inferred" and (own_class := REGISTRIES.get(record.registry)):
            graph.add((URIRef(iri), URIRef(RDF.type), URIRef(own_class)))
    if len(graph):
        _add_basis(graph)
    return graph


def _add_basis(graph: Graph) -> None:
    """State the provenance of the graph in the graph itself."""
    name, basis = URIRef(FAIRSHARING_KINDS_GRAPH), URIRef(f"{FAIRSHARING_KINDS_GRAPH}#basis")
    graph.add((name, URIRef(PROV.wasDerivedFrom), URIRef(_BIOREGISTRY)))
    graph.add((name, URIRef(DCT.provenance), basis))
    graph.add((basis, URIRef(RDF.type), URIRef(DCT.ProvenanceStatement)))
    graph.add((basis, URIRef(RDFS.label), Literal(_BASIS, lang="en")))


def _record_of_iri(iri: str) -> Record | None:
    """Return a record with only the identifier at the end of a canonical IRI; ``None`` if the IRI is no record's."""
    reference = parse_url(iri)
    if reference is None or reference.iri != iri:
        return None
    suffix, number = (reference.value, "") if reference.form is ReferenceForm.DOI else ("", reference.value)
    return Record(
        iri=iri,
        suffix=suffix,
        number=number,
        name="",
        abbreviation="",
        registry="",
        record_type="",
        type_basis="",
        legacy_ids=(),
        re3data=(),
        bioregistry="",
        source="",
    )


def _add_record(graph: Graph, record: Record, base: str) -> None:
    thing = URIRef(record.iri)
    if record.suffix:
        graph.add((thing, URIRef(DCT.identifier), Literal(f"FAIRsharing.{record.suffix}")))
    if record.name:
        graph.add((thing, URIRef(DCT.title), Literal(record.name)))
    elif record.source:
        graph.add((thing, URIRef(DCT.source), Literal(record.source)))
    if record.abbreviation:
        graph.add((thing, URIRef(SKOS.altLabel), Literal(record.abbreviation)))
    if own_class := RECORD_TYPES.get(record.asserted_type or ""):
        graph.add((thing, URIRef(RDF.type), URIRef(own_class)))
    for page in _pages_elsewhere(record):
        graph.add((thing, URIRef(RDFS.seeAlso), URIRef(page)))
    _add_identifiers(graph, thing, record, base)


def _add_details(graph: Graph, thing: URIRef, details: RecordDetails) -> None:
    if details.homepage:
        graph.add((thing, URIRef(FOAF.homepage), URIRef(details.homepage)))
    if details.licence:
        graph.add((thing, URIRef(DCT.license), URIRef(details.licence)))
        graph.add((URIRef(details.licence), URIRef(RDF.type), URIRef(DCT.LicenseDocument)))
    for keyword in details.keywords:
        graph.add((thing, URIRef(DCAT.keyword), Literal(keyword)))


def _pages_elsewhere(record: Record) -> Iterable[str]:
    yield from (f"https://www.re3data.org/repository/{entry}" for entry in record.re3data)
    if record.bioregistry:
        yield f"https://bioregistry.io/registry/{record.bioregistry}"


def _add_identifiers(graph: Graph, thing: URIRef, record: Record, base: str) -> None:
    """Add the identifiers other than the DOI, each as a node with a typed notation."""
    notations = [(legacy, RDM.FAIRsharingLegacyId) for legacy in record.legacy_ids]
    if record.number:
        notations.append((record.number, RDM.FAIRsharingRecordId))
    for notation, datatype in notations:
        node = URIRef(f"{base}fairsharing/{record.suffix or record.number}#id-{notation}")
        graph.add((thing, URIRef(ADMS.identifier), node))
        graph.add((node, URIRef(RDF.type), URIRef(ADMS.Identifier)))
        graph.add((node, URIRef(SKOS.notation), Literal(notation, datatype=URIRef(datatype))))
        if address := identifiers_org(notation):
            graph.add((node, URIRef(SCHEMA.url), URIRef(address)))
