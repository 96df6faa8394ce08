"""Queries, answers, formats and the protocol of stores. Imports no engine."""

from __future__ import annotations

from typing import BinaryIO, NamedTuple, Protocol

from kg.query.formats import (
    BINDINGS_FORMATS,
    DATASET_FORMATS,
    FORMATS,
    FORMATS_BY_EXTENSION,
    FORMATS_BY_NAME,
    FORMATS_NAMESPACE,
    GRAPH_FORMATS,
    JSON,
    N_QUADS,
    TURTLE,
    Form,
    Format,
    graphs_in,
)

__all__ = [
    "BINDINGS_FORMATS",
    "DATASET_FORMATS",
    "DEFAULT_GRAPH",
    "FORMATS",
    "FORMATS_BY_EXTENSION",
    "FORMATS_BY_NAME",
    "FORMATS_NAMESPACE",
    "GRAPH_FORMATS",
    "JSON",
    "N_QUADS",
    "TURTLE",
    "Answer",
    "Form",
    "Format",
    "Query",
    "Store",
    "graphs_in",
]


DEFAULT_GRAPH = "urn:x-arq:DefaultGraph"
"""Name of the default graph of the store among the default graphs of a query, as in Apache Jena."""


class Query(NamedTuple):
    """A SPARQL query with the dataset of the request (SPARQL 1.1 Protocol, section 2.1.4)."""

    text: str
    """SPARQL; relative IRIs are resolved against :data:`kg.vocab.BASE`, unless the query has a BASE."""
    default_graphs: tuple[str, ...] = ()
    """IRIs that replace FROM; if both tuples are empty, the query's FROM clauses apply, or else the whole store."""
    named_graphs: tuple[str, ...] = ()
    """IRIs that replace FROM NAMED; none with :data:`DEFAULT_GRAPH` means all graphs of the store."""

    def with_text(self, text: str) -> Query:
        """Return another query over the same dataset."""
        return self._replace(text=text)


class Answer(Protocol):
    """The answer to a query before it is serialized; must be used in the thread that called :meth:`Store.ask`."""

    @property
    def form(self) -> Form:
        """Form of the answer."""

    def write(self, out: BinaryIO, wanted: Format) -> None:
        """Write the whole answer to ``out`` in chunks of bounded size.

        Raises:
            QueryError: when the evaluation fails after the answer was started.
        """


class Store(Protocol):
    """A read-only store that answers SPARQL queries over one dataset."""

    def ask(self, query: Query) -> Answer:
        """Start to evaluate a query and return its answer.

        Raises:
            QuerySyntaxError: when the text is not a SPARQL query.
            QueryRefused: when the query is an update or contains a SERVICE clause.
        """
