"""Facts from the crosswalks about the things that pages use, as one named graph for each crosswalk."""

from __future__ import annotations

from collections.abc import Iterable

from rdflib import Graph

from kg.align.dicom import dicom_graph
from kg.align.fairsharing import fairsharing_graph, fairsharing_kinds_graph
from kg.align.laws import law_graph
from kg.align.licences import licence_graph
from kg.align.mappings import mapping_graphs
from kg.identifiers.dicom import ModalityTable
from kg.identifiers.dicom_terminology import Terminology
from kg.identifiers.fairsharing import FairsharingCrosswalk
from kg.vocab import BASE, CROSSWALK_GRAPHS, DICOM_GRAPH, FAIRSHARING_GRAPH, FAIRSHARING_KINDS_GRAPH


def align(
    used: Iterable[str],
    *,
    fairsharing: FairsharingCrosswalk | None = None,
    dicom: ModalityTable | None = None,
    terminology: Terminology | None = None,
    base: str = BASE,
) -> dict[str, Graph]:
    """Return graph name → facts of that crosswalk about the used IRIs; crosswalks without such facts have no graph.

    Identifier nodes have IRIs below ``base``; there are no blank nodes, and equal IRIs give equal triples. The shipped
    crosswalks are the default. A DICOM ``terminology`` is included as a whole, whether used or not.

    >>> graphs = align(["http://dicom.nema.org/resources/ontology/DCM/MR", "https://example.org/"])
    >>> list(graphs)
    ['https://w3id.org/rdm-kg/graph/dicom']
    """
    iris, crosswalk = set(used), fairsharing or FairsharingCrosswalk.load()
    graphs = {
        FAIRSHARING_GRAPH: fairsharing_graph(iris, crosswalk, base),
        FAIRSHARING_KINDS_GRAPH: fairsharing_kinds_graph(iris, crosswalk),
        DICOM_GRAPH: dicom_graph(iris, dicom or ModalityTable.load(), terminology),
        CROSSWALK_GRAPHS + "legislation": law_graph(iris),
        CROSSWALK_GRAPHS + "licences": licence_graph(iris),
        **dict(mapping_graphs(iris)),
    }
    return {name: graph for name, graph in graphs.items() if len(graph)}
