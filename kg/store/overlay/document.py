"""RDF as it was sent, not yet read. Imports no engine."""

from __future__ import annotations

from dataclasses import dataclass, field


@dataclass(frozen=True, slots=True)
class RdfDocument:
    """A graph as somebody wrote it."""

    format: str
    """The short name of one of the formats of graphs and datasets in :mod:`kg.query`."""
    base: str
    """The IRI against which relative ones are resolved."""
    content: bytes = field(repr=False)
