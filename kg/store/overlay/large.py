"""Changes that are larger than what fits into memory at once: a transaction of the store holds all that it does.

None is all or nothing: they are for working copies, which are thrown away where a change fails.
"""

from __future__ import annotations

from collections.abc import Sequence
from itertools import count

import pyoxigraph as ox

from kg.store.overlay.dataset import DEFAULT, Graph

BATCH = 20_000
"""Quads that one transaction takes."""


def add(store: ox.Store, quads: Sequence[ox.Quad]) -> None:
    """Add quads, some at a time."""
    for start in range(0, len(quads), BATCH):
        store.extend(quads[start : start + BATCH])
        if start:
            store.flush()


def clear(store: ox.Store, graph: Graph) -> None:
    """Remove all quads of a graph, some at a time."""
    if isinstance(graph, ox.BlankNode):  # no update can name it
        store.clear_graph(graph)
        return
    quads = "{ ?s ?p ?o }" if graph == DEFAULT else f"{{ GRAPH {graph} {{ ?s ?p ?o }} }}"
    for done in count():
        if next(store.quads_for_pattern(None, None, None, graph), None) is None:
            return
        store.update(f"DELETE {quads} WHERE {{ SELECT * {quads} LIMIT {BATCH} }}")
        if done:
            store.flush()
