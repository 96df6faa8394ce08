"""Parse lines of a release's ``graph.nq`` without an RDF library: one statement a line, without blank nodes."""

from __future__ import annotations

import re
from typing import NamedTuple

_ESCAPE = re.compile(r"\\(?:u([0-9A-Fa-f]{4})|U([0-9A-Fa-f]{8})|(.))", re.DOTALL)
_NAMED = {"t": "\t", "b": "\b", "n": "\n", "r": "\r", "f": "\f"}


class Quad(NamedTuple):
    """A quad; each part is a term in N-Quads syntax."""

    subject: str
    predicate: str
    object: str
    graph: str


def split(line: str) -> Quad:
    """Split a line into its terms.

    >>> split('<http://a/s> <http://a/p> "two words"@en <http://a/g> .\\n').object
    '"two words"@en'
    """
    subject, predicate, rest = line.split(" ", 2)
    value, graph, _ = rest.rsplit(" ", 2)
    return Quad(subject, predicate, value, graph)


def value(term: str) -> str:
    """Return the value of a term: the IRI itself, or the lexical form of a literal.

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
