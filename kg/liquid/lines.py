"""Line numbers that survive the rendering of a template: each line starts and ends with its number.

The numbers are written in U+001C to U+001F, which Python and Liquid treat as white space: whitespace control
(``{%- -%}``) removes them together with the line breaks, and nothing else is affected. These characters are removed
from the source first.
"""

from __future__ import annotations

import re
from bisect import bisect_left
from collections.abc import Callable, Iterator
from functools import cached_property
from itertools import pairwise, zip_longest

_DIGITS, _END = "\x1c\x1d\x1e", "\x1f"
_SIGN = re.compile(f"[{_DIGITS}{_END}]")
_NUMBER = re.compile(f"([{_DIGITS}]+){_END}")
_OPENING = re.compile(r"\{[%{]")
_LITERAL = re.compile(r"\{%-?\s*(raw|comment|doc)\s*-?%\}")
_LITERAL_END = re.compile(r"\{%-?\s*end(raw|comment|doc)\s*-?%\}")
_UNREAD = re.compile(r"\{\{|\{%-?\s*(?:raw|doc)\b")
_LONG_BLANK = re.compile(r"\s{100,}")
_STRING = re.compile(r"\"[^\"]*\"|'[^']*'")


class NeverClosesError(Exception):
    """A tag, value or literal of a template is not closed."""

    def __init__(self, opening: str, row: int) -> None:
        super().__init__(f"{opening} never closes")
        self.row = row
        """0-based line of the template where it opens."""


class Rows:
    """The rows of offsets in a text, 0-based."""

    def __init__(self, text: str) -> None:
        self.text = text

    def row(self, offset: int) -> int:
        """Return the row of an offset."""
        return bisect_left(self._breaks, offset)

    @cached_property
    def _breaks(self) -> list[int]:
        return [found.start() for found in re.finditer("\n", self.text)]


def numbered(source: str) -> str:
    """Insert 0-based line numbers around the line breaks of a template, except between the words of a tag.

    Raises:
        NeverClosesError: when a tag, value or literal is not closed.

    >>> [n for n in unnumbered(numbered("one\\n{% if x\\n %}two"))[1]]
    [0, 1, 2]
    """
    source = plain(source)
    pieces, row, end = list[str](), 0, 0
    for start, stop in _tags(source):
        text, row = _number(source[end:start], row)
        tag, row = _in_tag(source[start:stop], row)
        pieces += [text, tag]
        end = stop
    text, row = _number(source[end:], row)
    return "".join([*pieces, text, _write(row)])


def _tags(source: str) -> Iterator[tuple[int, int]]:
    """Yield the start and end offsets of each tag, value and literal, in one pass."""
    pos = 0
    while found := _OPENING.search(source, pos):
        start = found.start()
        literal = _LITERAL.match(source, start)
        closing = (
            _literal_end(source, literal) if literal else source.find("%}" if found[0] == "{%" else "}}", start + 2)
        )
        if closing < 0:
            raise NeverClosesError(literal[0] if literal else found[0], source.count("\n", 0, start))
        pos = closing if literal else closing + 2
        yield start, pos


def _literal_end(source: str, literal: re.Match[str]) -> int:
    """Return the end of the tag that closes a literal, or -1."""
    found = next((end for end in _LITERAL_END.finditer(source, literal.end()) if end[1] == literal[1]), None)
    return found.end() if found else -1


def _in_tag(tag: str, row: int) -> tuple[str, int]:
    """Number the lines of a tag's strings and of the text between ``raw`` and ``endraw``; only count the others."""
    if literal := _LITERAL.match(tag):
        start, stop = tag.index("%}") + 2, tag.rindex("{%")
        row += tag.count("\n", 0, start)
        # openings in a comment need not be closed, so they are removed before the library reads them
        text, row = _number(tag[start:stop] if literal[1] == "raw" else _UNREAD.sub("", tag[start:stop]), row)
        return tag[:start] + text + tag[stop:], row + tag.count("\n", stop)
    pieces, end = list[str](), 0
    for found in _STRING.finditer(tag):
        row += tag.count("\n", end, found.start())
        text, row = _number(found[0], row)
        pieces += [_LONG_BLANK.sub(" ", tag[end : found.start()]), text]
        end = found.end()
    return "".join([*pieces, _LONG_BLANK.sub(" ", tag[end:])]), row + tag.count("\n", end)


def _number(text: str, row: int) -> tuple[str, int]:
    lines = text.split("\n")
    last = row + len(lines) - 1
    numbers = [_write(row + n) for n in range(len(lines))]
    breaks = [f"{ended}\n{begun}" for ended, begun in pairwise(numbers)]
    return "".join(piece for pair in zip_longest(lines, breaks, fillvalue="") for piece in pair), last


def unnumbered(rendered: str) -> tuple[str, tuple[int, ...]]:
    """Return the text without numbers, and for each of its lines the 0-based line of the source.

    A line without a number was output by a tag, and gets the number of the next numbered line: that of the tag.
    """
    lines = rendered.split("\n")
    rows = [[_read(number) for number in _NUMBER.findall(line)] for line in lines]
    last = max((row for found in rows for row in found), default=-1) + 1
    places: list[int] = []
    for found in reversed(rows):
        last = found[0] if found else last
        places.append(last)
    return plain(rendered), tuple(reversed(places))


def plain(text: str) -> str:
    """Return a text without numbers."""
    return _SIGN.sub("", text)


def numbers(text: str) -> tuple[str, Callable[[int], str]]:
    """Return a text without its numbers, and the function from a line of it to its number as it is written."""
    text, rows = (plain(text), ()) if _END not in text else unnumbered(text)
    return text, lambda row: _write(rows[min(row, len(rows) - 1)]) if rows else ""


def _write(number: int) -> str:
    digits = _DIGITS[number % 3]
    while number := number // 3:
        digits = _DIGITS[number % 3] + digits
    return digits + _END


def _read(digits: str) -> int:
    number = 0
    for digit in digits:
        number = number * 3 + _DIGITS.index(digit)
    return number
