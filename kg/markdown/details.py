"""The parts of a rendered page beside its blocks: identifiers, pictures, and texts that were meant as links."""

from __future__ import annotations

import re
from bisect import bisect_right
from collections.abc import Callable, Iterator

from markdown_it.token import Token

from kg.markdown.definitions import attribute_lines, given_identifier
from kg.markdown.notes import MARK
from kg.markdown.tags import TAG, Tag, pieces
from kg.page import Detail, DetailKind, without_marks

_ATTRIBUTE = re.compile(r"""\s(id|name|src)\s*=\s*(?:"([^"]*)"|'([^']*)'|([^\s"'=<>`]+))""", re.IGNORECASE)
_ABSENT = "\ufffc"
"""Stands for what is no plain text: code, HTML, a picture, a link."""
_ADDRESS = r"(?:https?://|www\.|mailto:)"
_PLACE = rf"(?:{_ADDRESS}|\.{{1,2}}/|/?[\w-]+(?:/[\w-]+)*\.(?:md|html)\b)"
"""The beginning of an address, or of a path to a page."""
_NO_LINK = re.compile(
    rf"(?:\[[^\[\]\n]*)?\]\({_PLACE}[^()\s]*"  # never closes
    rf"|\({_PLACE}[^()\s]*\)\[[^\[\]\n]+\]|\([^()\n]+\)\[{_PLACE}[^\[\]\s]*\]"  # the two kinds of brackets swapped
    rf"|\[(?![\d ]*\]|.\])[^\[\]\n]+\][ \t]+\({_PLACE}[^()\s]*\)"  # a blank between them
    rf"|\[[^\[\]()\n]*\({_ADDRESS}[^()\s]*\)(?![^\[\n]*\])"  # a bracket without its fellow
    rf"|(?<![\w\]{_ABSENT}])\[[^\W\d][\w ,.'-]+\]\[[^\W\d][\w ,.'-]+\](?![\[(])"  # a reference that is not defined
)
_IN_HTML = re.compile(rf"\[[^\[\]\n]+\]\({_PLACE}[^()\s]*\)")
_NEAR = 100
"""Characters before a closing bracket in which its fellow is looked for."""
_MOST_MISSING = 20
"""Texts of a block, at most, that are looked for in its source and are not there, being escaped."""
_OPAQUE = frozenset(("code", "kbd", "pre", "samp", "textarea"))


class DetailReader:
    """Collects the details of a page token by token; ``line`` is as for :func:`kg.markdown.parse`."""

    def __init__(self, line: Callable[[int], int]) -> None:
        self.found: list[Detail] = []
        self._line = line
        self._code: list[range] = []
        """Rows of blocks of code."""

    def take(self, token: Token) -> None:
        """Process the next block token."""
        row = token.map[0] if token.map else 0
        if token.type in ("fence", "code_block") and token.map:
            self._code.append(range(*token.map))
        elif token.type == "html_block":
            self._html(token.content, row)
            self._add_all(DetailKind.NO_LINK, _links_in_html(token.content), row)
        elif token.type == "inline":
            self._inline(token, row)

    def finish(self, written: str, text: str, notes: frozenset[str]) -> list[Detail]:
        """Return all details of a page, with those of its attribute lists, its table of contents and its footnotes.

        ``text`` is the page, and ``written`` the same with its footnotes moved and its attribute lists still there.
        """
        for row, attributes in attribute_lines(written):
            if any(row in code for code in self._code):
                continue
            identifier = given_identifier(attributes)
            if re.search(r"(?:\A|\s)toc(?=\s|\Z)", attributes):
                self._add(DetailKind.CONTENTS, identifier or "markdown-toc", row)
            elif identifier:
                self._add(DetailKind.ATTRIBUTE, identifier, row)
        for row, line in enumerate(text.split("\n") if notes else ()):
            for note in MARK.findall(line):
                if note in notes:
                    self._add(DetailKind.NOTE, note, row)
        return self.found

    def _inline(self, token: Token, base: int) -> None:
        row, within = 0, 0
        plain, places = "", [(0, 0)]
        for child in token.children or ():
            row = child.meta.get("line", row)
            places.append((len(plain), row))
            within += child.nesting if child.type in ("link_open", "link_close") else 0
            plain += _plain(child) if not within else ""
            if child.type == "image":
                self._add(DetailKind.PICTURE, str(child.attrs.get("src", "")), base + row)
            elif child.type == "html_inline":
                self._html(child.content, base + row)
            elif child.type == "attributes" and (identifier := given_identifier(child.content)):
                self._add(DetailKind.ELEMENT, identifier, base + row)
            row = child.meta.get("end", row)
        for start, text in _no_links(plain, token.content):
            place = places[bisect_right(places, (start, len(plain))) - 1]
            self._add(DetailKind.NO_LINK, text, base + place[1] + plain.count("\n", place[0], start))

    def _html(self, html: str, row: int) -> None:
        counted = 0
        for pos, piece in pieces(html):
            row, counted = row + html.count("\n", counted, pos), pos
            tag = TAG.match(html, pos) if isinstance(piece, Tag) and not piece.is_closing else None
            if tag is None:
                continue
            attributes = {name.lower(): "".join(value) for name, *value in reversed(_ATTRIBUTE.findall(tag[2]))}
            is_anchor = tag[1].lower() == "a"
            if identifier := attributes.get("id") or (attributes.get("name") if is_anchor else None):
                kind = DetailKind.HEADING if re.fullmatch("h[1-6]", tag[1].lower()) else DetailKind.ELEMENT
                self._add(kind, identifier, row)
            if tag[1].lower() == "img" and "src" in attributes:
                self._add(DetailKind.PICTURE, attributes["src"], row)

    def _add_all(self, kind: DetailKind, found: Iterator[tuple[int, str]], base: int) -> None:
        for row, text in found:
            self._add(kind, text, base + row)

    def _add(self, kind: DetailKind, text: str, row: int) -> None:
        self.found.append(Detail(kind, without_marks(text).strip(), self._line(row)))


def _plain(child: Token) -> str:
    if child.type == "text":
        return child.content
    if child.type in ("softbreak", "hardbreak"):
        return "\n"
    return _ABSENT if child.type in ("code_inline", "html_inline", "image", "text_special", "link_close") else ""


def _no_links(plain: str, source: str) -> Iterator[tuple[int, str]]:
    """Yield offset and text of what was meant as a link in the plain text of a block, but not what is escaped."""
    after = missing = 0
    for found in _NO_LINK.finditer(plain):
        at = source.find(found[0], after) if missing < _MOST_MISSING else -1
        missing += at < 0
        is_escaped = at < 0 or source[at - 1 : at] == "\\"
        after = max(at + 1, after)
        # a bracket alone may be that of a link, or its fellow may be escaped
        is_of_link = found[0][0] == "]" and _ABSENT in plain[max(found.start() - _NEAR, 0) : found.start()]
        if not is_escaped and not is_of_link:
            yield found.start(), found[0]


def _links_in_html(html: str) -> Iterator[tuple[int, str]]:
    """Yield row and text of each Markdown link in the texts of a block of HTML, where Markdown is not read."""
    opaque = row = counted = 0
    for pos, piece in pieces(html):
        row, counted = row + html.count("\n", counted, pos), pos
        if isinstance(piece, Tag):
            opaque = max(opaque + (-1 if piece.is_closing else 1), 0) if piece.name in _OPAQUE else opaque
        elif not opaque:
            below = before = 0
            for found in _IN_HTML.finditer(piece):
                below, before = below + piece.count("\n", before, found.start()), found.start()
                yield row + below, found[0]
