"""A named graph under construction, with the source line of each statement; callers pass IRIs as plain strings."""

from __future__ import annotations

import re
from collections.abc import Generator, Iterable, Iterator
from contextlib import contextmanager
from functools import lru_cache
from typing import Any, Self

from rdflib import Graph, Literal, URIRef
from rdflib.term import Node

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


class QuickGraph(Graph):
    """A graph to which statements are added and in which they are found faster than in one of rdflib's stores.

    None can be removed, and it is no context of another graph.
    """

    def __init__(self, name: str | None = None) -> None:
        super().__init__(identifier=URIRef(name) if name else None, bind_namespaces="none")  # its store stays empty
        self._of_subject: dict[Node, dict[Node, dict[Node, None]]] = {}

    def add(self, triple: Any) -> Self:
        """Add a statement."""
        s, p, o = triple
        self._of_subject.setdefault(s, {}).setdefault(p, {})[o] = None
        return self

    def addN(self, quads: Iterable[Any]) -> Self:  # noqa: N802  # rdflib's name
        """Add statements, whatever graph they are of."""
        for *triple, _ in quads:
            self.add(triple)
        return self

    def triples(self, triple: Any) -> Generator[Any, None, None]:
        """Yield the statements that match a pattern."""
        s, p, o = triple
        for subject in self._of_subject if s is None else (s,):
            of_subject = self._of_subject.get(subject, {})
            for q in of_subject if p is None else (p,):
                values = of_subject.get(q, {})
                yield from ((subject, q, value) for value in (values if o is None else (o,) if o in values else ()))

    def objects(self, subject: Any = None, predicate: Any = None, unique: bool = False) -> Any:
        """Yield the objects of the statements with a subject and a predicate."""
        if subject is None or predicate is None:
            return super().objects(subject, predicate, unique)
        return iter(self._of_subject.get(subject, {}).get(predicate, ()))

    def __len__(self) -> int:
        """Return the number of statements."""
        return sum(len(values) for of_subject in self._of_subject.values() for values in of_subject.values())


class Statements:
    """Collects the statements of one named graph."""

    def __init__(self, name: str) -> None:
        self.graph = QuickGraph(name)
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
