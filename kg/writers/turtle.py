"""Turtle: the union graph for people, by subject, with our prefixes."""

from __future__ import annotations

from pathlib import Path
from typing import BinaryIO

import pyoxigraph as ox

from kg.query import Format
from kg.writers._graph import pretty, union, used_prefixes

FORMAT = Format("turtle", "text/turtle", "ttl")


def write(graph: Path, out: BinaryIO) -> None:
    """Write the union of the graphs of an N-Quads file; same content, same bytes."""
    triples = union(graph)
    out.write(pretty(triples, used_prefixes(triples), ox.RdfFormat.TURTLE))
