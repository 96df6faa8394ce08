"""RDF/XML: the union graph, for tools that read nothing else."""

from __future__ import annotations

from pathlib import Path
from typing import BinaryIO

import pyoxigraph as ox

from kg.query import Format
from kg.writers._graph import union, used_prefixes

FORMAT = Format("rdfxml", "application/rdf+xml", "rdf")


def write(graph: Path, out: BinaryIO) -> None:
    """Write the union of the graphs of an N-Quads file; same content, same bytes."""
    ox.serialize(union(graph), out, ox.RdfFormat.RDF_XML, prefixes=used_prefixes(union(graph)))
