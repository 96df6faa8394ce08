"""Parse lines of a release's ``graph.nq`` without an RDF library: one statement a line, without blank nodes."""

from __future__ import annotations

import re
from bisect import bisect_left
from collections.abc import Iterator
from itertools import islice
from pathlib import Path
from typing import BinaryIO, NamedTuple

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


class _Part:
    """The next lines of a sorted file."""

    def __init__(self, file: BinaryIO, size: int) -> None:
        self.lines, self._file, self._size = list[bytes](), file, size
        self.is_last = False

    def fill(self, end: bytes) -> None:
        """Read more lines if there are few, or none behind the subject ``end``."""
        if not self.is_last and (len(self.lines) < self._size or self.end == end):
            more = list(islice(self._file, self._size))
            self.is_last = len(more) < self._size
            self.lines += more

    @property
    def end(self) -> bytes:
        """The last subject, which the next lines may be about as well."""
        return self.lines[-1].partition(b" ")[0] + b" "

    def take(self, end: bytes | None) -> list[bytes]:
        """Take the lines before the subject ``end``."""
        at = len(self.lines) if end is None else bisect_left(self.lines, end)
        taken, self.lines = self.lines[:at], self.lines[at:]
        return taken


def side_by_side(before: Path, now: Path, size: int = 1000) -> Iterator[tuple[list[bytes], list[bytes]]]:
    """Yield the lines of two sorted files in pairs of parts about the same subjects, of about ``size`` lines."""
    with before.open("rb") as old, now.open("rb") as new:
        parts, end = (_Part(old, size), _Part(new, size)), None
        while not all(part.is_last for part in parts):
            for part in parts:
                part.fill(end or b"")
            end = min((part.end for part in parts if not part.is_last), default=None)
            one, other = (part.take(end) for part in parts)
            if one or other:
                yield one, other


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
