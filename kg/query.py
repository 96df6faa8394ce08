"""Queries, answers and stores: the side of ``kg`` that a server needs. Imports no engine."""

from __future__ import annotations

from dataclasses import dataclass
from enum import Enum
from typing import BinaryIO, Protocol


class Form(Enum):
    """What an answer consists of (SPARQL 1.1 Query, section 16)."""

    BINDINGS = "bindings"
    """SELECT."""
    BOOLEAN = "boolean"
    """ASK."""
    GRAPH = "graph"
    """CONSTRUCT and DESCRIBE."""


@dataclass(frozen=True, slots=True)
class Query:
    """A SPARQL query with the dataset of the request (SPARQL 1.1 Protocol, section 2.1.4)."""

    text: str
    """Its relative IRIs are meant from :data:`kg.vocab.BASE`, unless it has a BASE of its own."""
    default_graphs: tuple[str, ...] = ()
    """IRIs that replace FROM; with both tuples empty the query's own dataset or the store's holds."""
    named_graphs: tuple[str, ...] = ()
    """IRIs that replace FROM NAMED."""


@dataclass(frozen=True, slots=True)
class Format:
    """A way to write an answer or a graph."""

    name: str
    """Short, as in ``--format`` and ``?format=``."""
    media_type: str
    """Without parameters."""
    extension: str
    """File name extension without the dot."""


BINDINGS_FORMATS = (
    Format("json", "application/sparql-results+json", "srj"),
    Format("xml", "application/sparql-results+xml", "srx"),
    Format("csv", "text/csv", "csv"),
    Format("tsv", "text/tab-separated-values", "tsv"),
)
GRAPH_FORMATS = (
    Format("turtle", "text/turtle", "ttl"),
    Format("ntriples", "application/n-triples", "nt"),
    Format("jsonld", "application/ld+json", "jsonld"),
    Format("rdfxml", "application/rdf+xml", "rdf"),
)
DATASET_FORMATS = (
    Format("nquads", "application/n-quads", "nq"),
    Format("trig", "application/trig", "trig"),
)
FORMATS = {
    Form.BINDINGS: BINDINGS_FORMATS,
    Form.BOOLEAN: BINDINGS_FORMATS,
    Form.GRAPH: GRAPH_FORMATS + DATASET_FORMATS,
}
"""The formats of each form of answer, the default one first."""


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
