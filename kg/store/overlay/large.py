"""Large changes in several transactions, since a transaction of the store is held in memory.

These functions are not atomic: use them only on working copies, which are deleted when a change fails.
"""

from __future__ import annotations

from collections.abc import Sequence
from itertools import count

import pyoxigraph as ox

from kg.store.overlay.dataset import DEFAULT, Graph

BATCH = 20_000
"""Quads in one transaction."""


def add(store: ox.Store, quads: Sequence[ox.Quad]) -> None:
    """Add quads in batches."""
    for start in range(0, len(quads), BATCH):
        store.extend(quads[start : start + BATCH])
        if start:
            store.flush()


def clear(store: ox.Store, graph: Graph) -> None:
    """Remove all quads of a graph in batches."""
    if isinstance(graph, ox.BlankNode):  # SPARQL cannot name such a graph
        store.clear_graph(graph)
        return
    quads = "{ ?s ?p ?o }" if graph == DEFAULT else f"{{ GRAPH {graph} {{ ?s ?p ?o }} }}"
    for done in count():
        if next(store.quads_for_pattern(None, None, None, graph), None) is None:
            return
        store.update(f"DELETE {quads} WHERE {{ SELECT * {quads} LIMIT {BATCH} }}")
        if done:
            store.flush()
