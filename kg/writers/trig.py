"""TriG: every named graph, for people."""

from __future__ import annotations

from itertools import groupby
from pathlib import Path
from typing import BinaryIO

import pyoxigraph as ox

from kg.query import Format
from kg.writers._graph import pretty, quads, used_prefixes

FORMAT = Format("trig", "application/trig", "trig")


def write(graph: Path, out: BinaryIO) -> None:
    """Write the named graphs of an N-Quads file; same content, same bytes."""
    statements = quads(graph)
    graphs = (of_graph for _, of_graph in groupby(statements, key=lambda quad: quad.graph_name))
    out.writelines(pretty(graphs, used_prefixes(statements), ox.RdfFormat.TRIG))
