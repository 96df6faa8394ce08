"""A graph under construction: IRIs are plain strings until they come here."""

from __future__ import annotations

import re
from collections.abc import Iterator
from contextlib import contextmanager

from rdflib import Graph, Literal, URIRef

from kg.iri import absolute_iri
from kg.vocab import PREFIXES, RDF, RDFS, XSD

_EMAIL = re.compile(r"(?:mailto:)?[\w.+-]{1,64}@[\w-]+(?:\.[\w-]+)+")


def without_addresses(text: str) -> str:
    """A text without the e-mail addresses that stand in it.

    >>> without_addresses("Write to us (help@example.org).")
    'Write to us ().'
    """
    return _EMAIL.sub("", text).strip() if "@" in text else text


class Statements:
    """Collects the triples of one named graph."""

    def __init__(self, name: str) -> None:
        self.graph = Graph("SimpleMemory", URIRef(name), bind_namespaces="none")
        for prefix, namespace in PREFIXES.items():
            self.graph.bind(prefix, namespace, replace=True)
        self._line = 0
        self.lines: dict[tuple[str, str, str], int] = {}
        """Subject, predicate, and IRI or text of the object of what stands on a line → the first such line."""

    @contextmanager
    def at(self, line: int) -> Iterator[None]:
        """Say that what the block adds stands on a line of the file, 1-based; 0 where a mention tells the line.

        Blocks nest: behind the inner one the outer one's line holds again.
        """
        outer, self._line = self._line, line
        try:
            yield
        finally:
            self._line = outer

    def a(self, subject: str, *classes: str) -> None:
        """The subject is of these classes."""
        for cls in classes:
            self.iri(subject, RDF.type, cls)

    def iri(self, subject: str, predicate: str, value: str | None) -> None:
        """The value is an IRI; nothing is said where there is none, or one that cannot be written down."""
        iri = absolute_iri(value) if value else None
        if iri:
            self._add(subject, predicate, URIRef(iri))

    def plain(self, subject: str, predicate: str, value: str | None) -> None:
        """The value is an identifier, a link or another text of no language; nothing is said where it is empty."""
        if value:
            self._add(subject, predicate, Literal(value))

    def prose(self, subject: str, predicate: str, value: str | None, language: str) -> None:
        """The value is text in a language, without e-mail addresses; nothing is said where it is empty."""
        value = without_addresses(value) if value else ""
        if value:
            self._add(subject, predicate, Literal(value, lang=language))

    def label(self, subject: str, text: str, language: str) -> None:
        """The subject's label, also where it is empty: a link may have no text."""
        self._add(subject, RDFS.label, Literal(without_addresses(text), lang=language))

    def integer(self, subject: str, predicate: str, value: int) -> None:
        """The value is a whole number."""
        self._add(subject, predicate, Literal(str(value), datatype=URIRef(XSD.integer)))

    def _add(self, subject: str, predicate: str, value: URIRef | Literal) -> None:
        self.graph.add((URIRef(subject), URIRef(predicate), value))
        if self._line:
            self.lines.setdefault((subject, predicate, str(value)), self._line)
