"""The forms that an answer has, and the formats that each form is written in."""

from __future__ import annotations

from dataclasses import dataclass
from enum import Enum


class Form(Enum):
    """What an answer consists of (SPARQL 1.1 Query, section 16)."""

    BINDINGS = "bindings"
    """SELECT."""
    BOOLEAN = "boolean"
    """ASK."""
    GRAPH = "graph"
    """CONSTRUCT and DESCRIBE."""


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
