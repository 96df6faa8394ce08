"""What the crosswalks say of the things that pages refer to: one named graph for each crosswalk."""

from __future__ import annotations

from collections.abc import Iterable

from rdflib import Graph

from kg.align.dicom import dicom_graph
from kg.align.fairsharing import fairsharing_graph, fairsharing_kinds_graph
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
    """Graph name → what that crosswalk knows of the used IRIs; no graph where it knows none of them.

    Identifier nodes live under ``base``; there are no blank nodes, and the same IRIs give the same triples. The
    shipped crosswalks are taken where none is handed over. A DICOM ``terminology`` is told whole, used or not.

    >>> graphs = align(["http://dicom.nema.org/resources/ontology/DCM/MR", "https://example.org/"])
    >>> list(graphs)
    ['https://w3id.org/rdm-kg/graph/dicom']
    """
    iris, crosswalk = set(used), fairsharing or FairsharingCrosswalk.load()
    graphs = {
        FAIRSHARING_GRAPH: fairsharing_graph(iris, crosswalk, base),
        FAIRSHARING_KINDS_GRAPH: fairsharing_kinds_graph(iris, crosswalk),
        DICOM_GRAPH: dicom_graph(iris, dicom or ModalityTable.load(), terminology),
        CROSSWALK_GRAPHS + "licences": licence_graph(iris),
        **dict(mapping_graphs(iris)),
    }
    return {name: graph for name, graph in graphs.items() if len(graph)}
