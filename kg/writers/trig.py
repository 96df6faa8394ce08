"""Write readable TriG, graph by graph, with prefixes."""

from __future__ import annotations

from collections.abc import Collection
from itertools import groupby
from typing import BinaryIO

import pyoxigraph as ox

from kg.writers._graph import pretty, used_prefixes


def write(quads: Collection[ox.Quad], out: BinaryIO) -> None:
    """Write statements that are sorted by graph."""
    graphs = (of_graph for _, of_graph in groupby(quads, key=lambda quad: quad.graph_name))
    out.writelines(pretty(graphs, used_prefixes(quads), ox.RdfFormat.TRIG))
