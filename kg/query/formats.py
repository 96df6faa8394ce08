"""The forms of answers and the table of formats.

Content negotiation, service description, OpenAPI, pages, uploads, ``kg query`` and ``kg export`` derive their formats
from this table. To serve another format, add a row; if the engine cannot write the format, also add a module of its
name to :mod:`kg.writers`.
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import Enum

FORMATS_NAMESPACE = "http://www.w3.org/ns/formats/"
"""Namespace of W3C's IRIs of formats."""


class Form(Enum):
    """The forms of an answer (SPARQL 1.1 Query, section 16)."""

    BINDINGS = "bindings"
    """SELECT."""
    BOOLEAN = "boolean"
    """ASK."""
    GRAPH = "graph"
    """CONSTRUCT and DESCRIBE."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Format:
    """A format of answers, graphs or link sets."""

    name: str
    """Short name for ``--format`` and ``?format=``; unique."""
    label: str
    """Name for people."""
    media_type: str
    """Media type without parameters."""
    extension: str
    """File name extension without the dot; unique."""
    iri: str
    """IRI in service descriptions; W3C's, if it lists the format in :data:`FORMATS_NAMESPACE`."""
    other_media_types: tuple[str, ...] = ()
    """Further media types that clients send for this format."""
    other_names: tuple[str, ...] = ()
    """Further short names that clients send for this format."""
    is_readable: bool = True
    """True if the engine parses the format, so that graphs can be uploaded in it."""

    @property
    def media_types(self) -> tuple[str, ...]:
        """All media types of the format, its own first."""
        return (self.media_type, *self.other_media_types)

    @property
    def names(self) -> tuple[str, ...]:
        """All short names of the format, its own first."""
        return (self.name, *self.other_names)


JSON = Format(
    name="json",
    label="JSON",
    media_type="application/sparql-results+json",
    extension="srj",
    iri=f"{FORMATS_NAMESPACE}SPARQL_Results_JSON",
    other_media_types=("application/json", "text/json"),
)
TURTLE = Format(
    name="turtle",
    label="Turtle",
    media_type="text/turtle",
    extension="ttl",
    iri=f"{FORMATS_NAMESPACE}Turtle",
    other_media_types=("text/n3", "text/rdf+n3", "application/x-turtle", "application/turtle"),
    other_names=("ttl", "n3"),
)
N_QUADS = Format(
    name="nquads",
    label="N-Quads",
    media_type="application/n-quads",
    extension="nq",
    iri=f"{FORMATS_NAMESPACE}N-Quads",
    other_media_types=("text/x-nquads",),
    other_names=("nq",),
)
BINDINGS_FORMATS = (
    JSON,
    Format(
        name="xml",
        label="XML",
        media_type="application/sparql-results+xml",
        extension="srx",
        iri=f"{FORMATS_NAMESPACE}SPARQL_Results_XML",
        other_media_types=("application/xml", "text/xml"),
    ),
    Format(
        name="csv",
        label="CSV",
        media_type="text/csv",
        extension="csv",
        iri=f"{FORMATS_NAMESPACE}SPARQL_Results_CSV",
    ),
    Format(
        name="tsv",
        label="TSV",
        media_type="text/tab-separated-values",
        extension="tsv",
        iri=f"{FORMATS_NAMESPACE}SPARQL_Results_TSV",
        other_media_types=("text/plain",),
    ),
)
"""Formats of SELECT and ASK."""
GRAPH_FORMATS = (
    TURTLE,
    Format(
        name="ntriples",
        label="N-Triples",
        media_type="application/n-triples",
        extension="nt",
        iri=f"{FORMATS_NAMESPACE}N-Triples",
        other_media_types=("text/plain",),
        other_names=("nt",),
    ),
    Format(
        name="jsonld",
        label="JSON-LD",
        media_type="application/ld+json",
        extension="jsonld",
        iri=f"{FORMATS_NAMESPACE}JSON-LD",
        other_media_types=("application/json",),
        other_names=("json", "json-ld"),
    ),
    Format(
        name="rdfxml",
        label="RDF/XML",
        media_type="application/rdf+xml",
        extension="rdf",
        iri=f"{FORMATS_NAMESPACE}RDF_XML",
        other_media_types=("application/xml", "text/xml"),
        other_names=("xml", "rdf", "rdf+xml"),
    ),
)
"""Formats of one graph; a whole dataset is the union of its graphs in them."""
DATASET_FORMATS = (
    N_QUADS,
    Format(
        name="trig",
        label="TriG",
        media_type="application/trig",
        extension="trig",
        iri=f"{FORMATS_NAMESPACE}TriG",
        other_media_types=("application/x-trig",),
    ),
)
"""Formats that keep named graphs."""
FORMATS = {
    Form.BINDINGS: BINDINGS_FORMATS,
    Form.BOOLEAN: BINDINGS_FORMATS,
    Form.GRAPH: GRAPH_FORMATS + DATASET_FORMATS,
}
"""Mapping of form to its formats, the default first."""
FORMATS_BY_NAME = {known.name: known for formats in FORMATS.values() for known in formats}
"""Mapping of short name to format, formats of bindings first."""
FORMATS_BY_EXTENSION = {known.extension: known for known in FORMATS_BY_NAME.values()}
"""Mapping of file name extension to format."""


def graphs_in(wanted: Format) -> str:
    """Return in words which graphs a whole dataset has in a format.

    >>> graphs_in(TURTLE), graphs_in(N_QUADS)
    ('the union of all named graphs', 'the named graphs')
    """
    return "the named graphs" if wanted in DATASET_FORMATS else "the union of all named graphs"
