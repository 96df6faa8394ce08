"""Index of the ends of brackets, tags and lines in a text, computed in one pass.

Searching for the end of each opening bracket separately takes quadratic time on a page of nothing but brackets.
"""

from __future__ import annotations

import re
from bisect import bisect_left
from collections import defaultdict
from collections.abc import MutableMapping
from functools import cached_property
from typing import Any

_LABEL_STOP = re.compile(r"\\|`+|[<>\[\]]")
MARKDOWN = re.compile(r"\bmarkdown\s*=\s*[\"']?(?:1|block|span)\b")
"""An attribute by which kramdown reads the content of an element as Markdown."""
_TAG = re.compile(r"<[A-Za-z][^<>]*+>")
_CODE_MARK = re.compile(r"`+")
_DESTINATION_STOP = re.compile(r"[()]")


class Scan:
    r"""Finds the ends of brackets, titles, tags and comments in one text; each index is computed once, on first use.

    Positions are offsets in the text; an end is the offset after the closing characters.

    >>> Scan("a [b `]` c] d").label_end(3)
    10
    >>> Scan("[a](b_(c) 'x')").parentheses_end(3)
    >>> Scan("one\ntwo").line(5)
    1
    """

    def __init__(self, text: str) -> None:
        self.text = text

    def line(self, pos: int) -> int:
        """Return the 0-based line of a position."""
        return bisect_left(self._breaks, pos)

    def label_end(self, start: int) -> int:
        """Return the position of the bracket that closes the label starting at ``start``, or -1; skip code and tags."""
        stops, ends = self._labels
        return ends[bisect_left(stops, start)]

    def parentheses_end(self, start: int) -> int | None:
        """Return the end of the parentheses opened at ``start``; ``None`` if unclosed or if a title starts inside."""
        end = self._parentheses.get(start, 0)
        quote = self.quote(start)
        return end if end and (quote is None or end <= quote) else None

    def quote(self, start: int) -> int | None:
        """Return the position of the next quotation mark that follows white space, or ``None``."""
        return _next(self._quotes, start)

    def title_end(self, quote: int) -> int | None:
        """Return the end of the parenthesis after the title opened by the quotation mark at ``quote``, or ``None``."""
        closings = self._titles[self.text[quote]]
        found = bisect_left(closings, (quote + 2,))
        return closings[found][1] if found < len(closings) else None

    def closing_angle(self, start: int) -> int | None:
        """Return the position of the next ``>`` on the same line, or ``None``."""
        found = _next(self._angles, start)
        return found if found is not None and self.line(found) == self.line(start) else None

    def comment_end(self, start: int) -> int | None:
        """Return the end of the comment that starts at ``start``, or ``None``."""
        found = _next(self._comments, start)
        return None if found is None else found + 3

    def extension_stop(self, name: str, start: int) -> tuple[int, int] | None:
        """Return start and end of the stop of the extension ``comment`` or ``nomarkdown``, or ``None``."""
        stops = self._stops[name]
        found = bisect_left(stops, (start,))
        return stops[found] if found < len(stops) else None

    def element_end(self, name: str, start: int, limit: int) -> int | None:
        """Return the end of the next closing tag of an element, ``None`` if there is none before ``limit``."""
        closings = self._closings[name.lower()]
        found = bisect_left(closings, start)
        return closings[found] if found < len(closings) and closings[found] <= limit else None

    @cached_property
    def _closings(self) -> defaultdict[str, list[int]]:
        """Name of each heading → ends of its closing tags."""
        found = defaultdict[str, list[int]](list)
        for closing in re.finditer(r"</(h[1-6])\s*>", self.text, re.IGNORECASE):
            found[closing[1].lower()].append(closing.end())
        return found

    def markdown_tag(self, start: int) -> tuple[int, int] | None:
        """Return start and end of the next tag with the attribute ``markdown``, or ``None``."""
        found = bisect_left(self._markdown_tags, (start,))
        return self._markdown_tags[found] if found < len(self._markdown_tags) else None

    @cached_property
    def _markdown_tags(self) -> list[tuple[int, int]]:
        return [found.span() for found in _TAG.finditer(self.text) if MARKDOWN.search(found[0])]

    @cached_property
    def _stops(self) -> dict[str, list[tuple[int, int]]]:
        return {
            name: [found.span() for found in re.finditer(rf"\{{:/(?:{name})?\}}", self.text)]
            for name in ("comment", "nomarkdown")
        }

    @cached_property
    def _breaks(self) -> list[int]:
        return _places("\n", self.text)

    @cached_property
    def _angles(self) -> list[int]:
        return _places(">", self.text)

    @cached_property
    def _comments(self) -> list[int]:
        return _places("-->", self.text)

    @cached_property
    def _quotes(self) -> list[int]:
        return [found + 1 for found in _places(r"\s(?=['\"])", self.text)]

    @cached_property
    def _titles(self) -> dict[str, list[tuple[int, int]]]:
        return {
            quote: [(found.start(), found.end()) for found in re.finditer(rf"{quote}\s*\)", self.text)]
            for quote in "\"'"
        }

    @cached_property
    def _parentheses(self) -> dict[int, int]:
        ends, opened = dict[int, int](), list[int]()
        for found in _DESTINATION_STOP.finditer(self.text):
            if found[0] == "(":
                opened.append(found.start())
            elif opened:
                ends[opened.pop()] = found.end()
        return ends

    @cached_property
    def _labels(self) -> tuple[list[int], list[int]]:
        """Positions of brackets, code marks and angles, and for each the end of the label around it, or -1.

        The positions are visited from the last to the first.
        """
        stops = list(_LABEL_STOP.finditer(self.text))
        starts = [stop.start() for stop in stops]
        ends = [-1] * (len(stops) + 1)
        code: dict[int, int] = {}
        angle: re.Match[str] | None = None
        for n in range(len(stops) - 1, -1, -1):
            stop = stops[n]
            after = stop.end()
            if stop[0] == "\\":
                after += 1
            elif stop[0].startswith("`"):
                length = len(stop[0])
                after, code[length] = code.get(length, after), after
            elif stop[0] in "<>":
                after = self._tag_end(after, angle) if stop[0] == "<" else after
                angle = stop
            elif stop[0] == "[":
                inner = ends[n + 1]
                after = inner + 1 if inner >= 0 else len(self.text) + 1
            ends[n] = stop.start() if stop[0] == "]" else ends[bisect_left(starts, after)]
        return starts, ends

    def _tag_end(self, begun: int, angle: re.Match[str] | None) -> int:
        """Return the end of a tag or comment whose ``<`` is before ``begun``; ``angle`` is the next angle bracket."""
        if angle and angle[0] == ">" and angle.start() > begun and not self.text[begun].isspace():
            return angle.end()
        if self.text.startswith("!--", begun):
            return self.comment_end(begun + 3) or begun
        return begun


def without_code(text: str) -> str:
    """Return a text without its code spans.

    >>> without_code("a `b` ``c` d`` `e")
    'a   `e'
    """
    marks = list(_CODE_MARK.finditer(text))
    following, closing = dict[str, re.Match[str]](), list[re.Match[str] | None]()
    for mark in reversed(marks):
        closing.append(following.get(mark[0]))
        following[mark[0]] = mark
    kept, pos = list[str](), 0
    for mark, close in zip(marks, reversed(closing), strict=True):
        if close and mark.start() >= pos:
            kept.append(text[pos : mark.start()])
            pos = close.end()
    return "".join([*kept, text[pos:]])


def scan(text: str, env: MutableMapping[str, Any]) -> Scan:
    """Return the scan of the text being parsed, cached in the parser's environment until the text changes."""
    known = env.get("scan")
    if not isinstance(known, Scan) or known.text is not text:
        known = env["scan"] = Scan(text)
    return known


def _places(pattern: str, text: str) -> list[int]:
    return [found.start() for found in re.finditer(pattern, text)]


def _next(places: list[int], start: int) -> int | None:
    found = bisect_left(places, start)
    return places[found] if found < len(places) else None
