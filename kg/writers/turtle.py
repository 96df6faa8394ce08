"""Turtle: the union graph for people, by subject, with our prefixes."""

from __future__ import annotations

from itertools import groupby
from pathlib import Path
from typing import BinaryIO

import pyoxigraph as ox

from kg.query import Format
from kg.writers._graph import pretty, union, used_prefixes

FORMAT = Format("turtle", "text/turtle", "ttl")


def write(graph: Path, out: BinaryIO) -> None:
    """Write the union of the graphs of an N-Quads file; same content, same bytes."""
    subjects = (about for _, about in groupby(union(graph), key=lambda triple: triple.subject))
    out.writelines(pretty(subjects, used_prefixes(union(graph)), ox.RdfFormat.TURTLE))
