"""An uploaded RDF document before it is parsed. Imports no engine."""

from __future__ import annotations

from dataclasses import dataclass, field


@dataclass(frozen=True, slots=True)
class RdfDocument:
    """An RDF document in one of the supported formats."""

    format: str
    """Short name of a format of graphs or datasets in :mod:`kg.query`."""
    base: str
    """IRI against which relative IRIs are resolved."""
    content: bytes = field(repr=False)
