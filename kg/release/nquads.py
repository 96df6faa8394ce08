"""Lines of a release's ``graph.nq``, read without an RDF library: one statement each, sorted, no blank nodes."""

from __future__ import annotations

import re
from typing import NamedTuple

_ESCAPE = re.compile(r"\\(?:u([0-9A-Fa-f]{4})|U([0-9A-Fa-f]{8})|(.))", re.DOTALL)
_NAMED = {"t": "\t", "b": "\b", "n": "\n", "r": "\r", "f": "\f"}


class Quad(NamedTuple):
    """A statement; each part is a term as N-Quads write it."""

    subject: str
    predicate: str
    object: str
    graph: str


def split(line: str) -> Quad:
    """The parts of a line.

    >>> split('<http://a/s> <http://a/p> "two words"@en <http://a/g> .\\n').object
    '"two words"@en'
    """
    subject, predicate, rest = line.split(" ", 2)
    value, graph, _ = rest.rsplit(" ", 2)
    return Quad(subject, predicate, value, graph)


def value(term: str) -> str:
    """What a term means: the address of an IRI, the text of a literal without language and type.

    >>> value("<http://a/s>"), value('"say \\\\"no\\\\""@en'), value('"3"^^<http://a/integer>')
    ('http://a/s', 'say "no"', '3')
    """
    if term.startswith("<"):
        return _unescaped(term[1:-1])
    return _unescaped(term[1 : term.rindex('"')])


def _unescaped(text: str) -> str:
    return _ESCAPE.sub(_character, text) if "\\" in text else text


def _character(found: re.Match[str]) -> str:
    digits = found[1] or found[2]
    return chr(int(digits, 16)) if digits else _NAMED.get(found[3], found[3])
