"""The dataset that operations read, and the changes that they make to it."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import cast

import pyoxigraph as ox

from kg.errors import QueryError, QueryRefused, in_words
from kg.vocab import BASE

Graph = ox.NamedNode | ox.BlankNode | ox.DefaultGraph

DEFAULT = ox.DefaultGraph()


@dataclass(slots=True)
class Change:
    """Changes to the overlay, applied in the order of the fields."""

    cleared: list[Graph] = field(default_factory=list)
    """Graphs whose overlay statements are all removed."""
    removed: list[ox.Quad] = field(default_factory=list)
    added: list[ox.Quad] = field(default_factory=list)
    created: list[Graph] = field(default_factory=list)
    dropped: list[Graph] = field(default_factory=list)
    """Named graphs that are removed with all their overlay statements."""


@dataclass(frozen=True, slots=True)
class Dataset:
    """Release and overlay, as operations read them."""

    store: ox.Store
    """Release and overlay together."""
    written: ox.Store
    """The overlay alone."""
    compiled: frozenset[str]
    """IRIs of the release's graphs, which are read-only."""

    def exists(self, graph: Graph) -> bool:
        """Return whether the graph exists; it may be empty."""
        return graph == DEFAULT or self.store.contains_named_graph(cast(ox.NamedNode, graph))

    def check(self, graphs: Iterable[Graph]) -> None:
        """Check that no graph is read-only.

        Raises:
            QueryRefused: when one of the graphs belongs to the release.
        """
        for graph in graphs:
            if isinstance(graph, ox.NamedNode) and graph.value in self.compiled:
                raise QueryRefused(f"graph <{graph.value}> is part of the release and cannot be written")


def nodes(prologue: str, terms: Sequence[str]) -> list[ox.NamedNode]:
    """Return the IRIs of terms that use the prefixes and the base of a prologue, as the engine resolves them."""
    if not terms:
        return []
    scratch = ox.Store()
    quads = " . ".join(f"<urn:term> <urn:{number}> {term}" for number, term in enumerate(terms))
    scratch.update(f"{prologue}INSERT DATA {{ {quads} }}", base_iri=BASE)
    found = {quad.predicate.value: cast("ox.NamedNode", quad.object) for quad in scratch}
    return [found[f"urn:{number}"] for number in range(len(terms))]


def graph_of(name: str) -> Graph:
    """Return the graph with this IRI; the default graph if ``name`` is empty."""
    return iri(name) if name else DEFAULT


def iri(text: str) -> ox.NamedNode:
    """Return the node of an absolute IRI.

    Raises:
        QueryError: when the text is not an absolute IRI.
    """
    try:
        return ox.NamedNode(text)
    except ValueError as error:
        raise QueryError(f"the name of a graph must be an absolute IRI: {error}") from None


@contextmanager
def engine_errors() -> Iterator[None]:
    """Convert the exceptions by which the engine reports a failed evaluation.

    Raises:
        QueryError: when the block raises OSError, RuntimeError or ValueError.
    """
    try:
        yield
    except (OSError, RuntimeError, ValueError) as error:
        raise QueryError(f"the update cannot be evaluated: {in_words(error)}") from error
