"""Stores, one module each: ``create(folder, graph)`` fills one, ``open_store(folder)`` opens it read-only."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Counts:
    """What a store holds after it was filled."""

    graphs: int
    """Named graphs."""
    quads: int
    """Statements in named graphs."""
    triples: int
    """Different statements: the size of the default graph."""
