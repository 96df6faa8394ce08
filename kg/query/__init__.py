"""Queries, answers and stores: the side of ``kg`` that a server needs. Imports no engine."""

from __future__ import annotations

from dataclasses import dataclass
from typing import BinaryIO, Protocol

from kg.query.formats import BINDINGS_FORMATS, DATASET_FORMATS, FORMATS, GRAPH_FORMATS, Form, Format

__all__ = [
    "BINDINGS_FORMATS",
    "DATASET_FORMATS",
    "FORMATS",
    "GRAPH_FORMATS",
    "Answer",
    "Form",
    "Format",
    "Query",
    "Store",
]


@dataclass(frozen=True, slots=True)
class Query:
    """A SPARQL query with the dataset of the request (SPARQL 1.1 Protocol, section 2.1.4)."""

    text: str
    """Its relative IRIs are meant from :data:`kg.vocab.BASE`, unless it has a BASE of its own."""
    default_graphs: tuple[str, ...] = ()
    """IRIs that replace FROM; with both tuples empty the query's own dataset or the store's holds."""
    named_graphs: tuple[str, ...] = ()
    """IRIs that replace FROM NAMED."""


class Answer(Protocol):
    """The answer to one query, not yet written. It lives in the thread that asked."""

    @property
    def form(self) -> Form:
        """What there is to write."""

    def write(self, out: BinaryIO, wanted: Format) -> None:
        """Write everything to ``out`` in calls of bounded size.

        Raises a :class:`kg.errors.QueryError` where evaluation fails on the way.
        """


class Store(Protocol):
    """Something that answers SPARQL queries over one dataset, read-only."""

    def ask(self, query: Query) -> Answer:
        """Begin to answer.

        Raises :class:`kg.errors.QuerySyntaxError` or :class:`kg.errors.QueryRefused` for the query's own faults.
        """
