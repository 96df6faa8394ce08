"""A named graph under construction, with the source line of each statement; callers pass IRIs as plain strings."""

from __future__ import annotations

import re
from collections.abc import Iterator
from contextlib import contextmanager
from functools import lru_cache

from rdflib import Graph, Literal, URIRef

from kg.iri import AT, EMAIL, absolute_iri
from kg.vocab import BASE, RDF, RDFS, XSD

_HAS_AT = re.compile(AT, re.IGNORECASE)
_CREDENTIALS = re.compile(r"(?i:https?|ftp)://[^/?#@]*@")
_REMEMBERED = 1 << 12
"""Number of IRIs that are not checked again; most occur many times on a page."""


def without_addresses(text: str) -> str:
    """Return a text without the e-mail addresses in it.

    >>> without_addresses("Write to us (help@example.org).")
    'Write to us ().'
    """
    return EMAIL.sub("", text).strip() if _HAS_AT.search(text) else text


def has_address(iri: str) -> bool:
    """Return whether an IRI has a user name, a password or an e-mail address in it.

    >>> has_address("https://user:secret@example.org/"), has_address("https://example.org/?to=ada%40example.org")
    (True, True)
    >>> has_address("https://social.example/@ada")
    False
    """
    return _CREDENTIALS.match(iri) is not None or (_HAS_AT.search(iri) is not None and EMAIL.search(iri) is not None)


class Statements:
    """Collects the statements of one named graph."""

    def __init__(self, name: str) -> None:
        self.graph = Graph("SimpleMemory", URIRef(name), bind_namespaces="none")
        self._line = 0
        self.lines: dict[tuple[str, str, str], int] = {}
        """Mapping of (subject, predicate, IRI or text of the object) to the first source line of the statement."""

    @contextmanager
    def at(self, line: int) -> Iterator[None]:
        """Record a line for the statements added in this context: 1-based, or 0 where the mention has the line.

        Contexts nest: after the inner one, the line of the outer one applies again.
        """
        outer, self._line = self._line, line
        try:
            yield
        finally:
            self._line = outer

    def a(self, subject: str, *classes: str) -> None:
        """Add ``rdf:type`` statements for the classes."""
        for cls in classes:
            self.iri(subject, RDF.type, cls)

    def iri(self, subject: str, predicate: str, value: str | None) -> None:
        """Add a statement with an IRI; add nothing for ``None``, an empty text or an invalid IRI.

        An IRI of a page with a password or a person's e-mail address in it is not added either.
        """
        if value and (iri := _publishable(value)):
            self._add(subject, predicate, iri)

    def plain(self, subject: str, predicate: str, value: str | None) -> None:
        """Add a plain literal, such as an identifier or a link, without e-mail addresses and passwords.

        Add nothing where it is empty.
        """
        value = without_addresses(_CREDENTIALS.sub("", value)) if value else ""
        if value:
            self._add(subject, predicate, Literal(value))

    def prose(self, subject: str, predicate: str, value: str | None, language: str) -> None:
        """Add a statement with a text in a language, without its e-mail addresses; add nothing where it is empty."""
        value = without_addresses(value) if value else ""
        if value:
            self._add(subject, predicate, Literal(value, lang=language))

    def label(self, subject: str, text: str, language: str) -> None:
        """Add the label of a mention, even an empty one, because a link may have no text."""
        self._add(subject, RDFS.label, Literal(without_addresses(text), lang=language))

    def integer(self, subject: str, predicate: str, value: int) -> None:
        """Add a statement with an ``xsd:integer``."""
        self._add(subject, predicate, Literal(str(value), datatype=URIRef(XSD.integer)))

    def _add(self, subject: str, predicate: str, value: URIRef | Literal) -> None:
        self.graph.add((_uri(subject), _uri(predicate), value))
        if self._line:
            self.lines.setdefault((subject, predicate, str(value)), self._line)


@lru_cache(_REMEMBERED)
def _publishable(text: str) -> URIRef | None:
    """Return a text as an IRI; ``None`` if it is none, or one of a page with a password or an e-mail address in it."""
    iri = absolute_iri(text)
    return _uri(iri) if iri and (iri.startswith(BASE) or not has_address(iri)) else None


_uri = lru_cache(_REMEMBERED)(URIRef)
