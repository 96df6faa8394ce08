"""The graphs as operations see them, and what an operation makes of them."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import cast

import pyoxigraph as ox

from kg.errors import QueryError, QueryRefused
from kg.vocab import BASE

Graph = ox.NamedNode | ox.BlankNode | ox.DefaultGraph

DEFAULT = ox.DefaultGraph()


@dataclass(slots=True)
class Change:
    """What becomes of the graphs; carried out in the order of the fields."""

    cleared: list[Graph] = field(default_factory=list)
    """Graphs that lose all that was written into them."""
    removed: list[ox.Quad] = field(default_factory=list)
    added: list[ox.Quad] = field(default_factory=list)
    created: list[Graph] = field(default_factory=list)
    dropped: list[Graph] = field(default_factory=list)
    """Named graphs that are no more; all that was written into them goes with them."""


@dataclass(frozen=True, slots=True)
class Dataset:
    """Everything there is, as operations see it."""

    store: ox.Store
    written: ox.Store
    """What was written, alone."""
    compiled: frozenset[str]
    """Names of the graphs that cannot be written."""

    def exists(self, graph: Graph) -> bool:
        """Whether there is this graph, be it empty."""
        return graph == DEFAULT or self.store.contains_named_graph(cast(ox.NamedNode, graph))

    def check(self, graphs: Iterable[Graph]) -> None:
        """Raise :class:`kg.errors.QueryRefused` where one of the graphs was compiled."""
        for graph in graphs:
            if isinstance(graph, ox.NamedNode) and graph.value in self.compiled:
                raise QueryRefused(f"graph <{graph.value}> is part of the release and cannot be written")


def nodes(prologue: str, terms: Sequence[str]) -> list[ox.NamedNode]:
    """The IRIs that terms stand for under a prologue, as the engine reads them."""
    if not terms:
        return []
    scratch = ox.Store()
    quads = " . ".join(f"<urn:term> <urn:{number}> {term}" for number, term in enumerate(terms))
    scratch.update(f"{prologue}INSERT DATA {{ {quads} }}", base_iri=BASE)
    found = {quad.predicate.value: cast("ox.NamedNode", quad.object) for quad in scratch}
    return [found[f"urn:{number}"] for number in range(len(terms))]


def graph_of(name: str) -> Graph:
    """The graph of that name; an empty one means the default graph."""
    return iri(name) if name else DEFAULT


def iri(text: str) -> ox.NamedNode:
    """The node of an absolute IRI, or a :class:`kg.errors.QueryError`."""
    try:
        return ox.NamedNode(text)
    except ValueError as error:
        raise QueryError(f"a graph's name must be an absolute IRI: {error}") from None


@contextmanager
def engine_errors() -> Iterator[None]:
    """The engine reports failed evaluation as OSError, RuntimeError or ValueError."""
    try:
        yield
    except (OSError, RuntimeError, ValueError) as error:
        raise QueryError(f"the update cannot be carried out: {error}") from error
