"""N-Triples: the union graph, one statement a line, sorted."""

from __future__ import annotations

from pathlib import Path
from typing import BinaryIO

from kg.query import Format
from kg.writers._graph import union

FORMAT = Format("ntriples", "application/n-triples", "nt")


def write(graph: Path, out: BinaryIO) -> None:
    """Write the union of the graphs of an N-Quads file as canonical N-Triples; same content, same bytes."""
    out.writelines(line.encode() for line in sorted(f"{triple} .\n" for triple in union(graph)))
