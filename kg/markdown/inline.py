"""Conversion of the inline tokens of one block to text and links, split at pseudo-bullets."""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass, field, replace

from markdown_it.token import Token

from kg.markdown.tags import Tag, pieces
from kg.page import MARK, Link, marked, without_marks

_SPACE = re.compile(r"\s+")
_MARKER = re.compile(r"[-*+] ")
_STRIKING = re.compile(r"<(/?)(?:del|s|strike)\b", re.IGNORECASE)
_HEADING = re.compile(r"h[1-6]")
_BLOCKS = frozenset("p div li dt dd".split())
"""Elements that begin a part of their own in a block of HTML."""
_APART = _BLOCKS | frozenset("br td th tr".split())
"""Elements whose text is separated by a space from the text before."""


@dataclass(slots=True)
class InlinePart:
    """Text and links of a block, or of one pseudo-bullet in it.

    A row is a 0-based line within the source of the block.
    """

    row: int
    """Row where the part starts."""
    links: list[Link] = field(default_factory=list)
    """Links of the part; their ``line`` is a row."""
    breaks: list[tuple[int, int]] = field(default_factory=list)
    """Offset in the text and row, for each row except the first."""
    marks: list[tuple[int, int, int]] = field(default_factory=list)
    """Number, offset in the text and row of each tool mark."""
    _pieces: list[str] = field(default_factory=list)
    _length: int = 0

    @property
    def text(self) -> str:
        """Text added so far, with white space collapsed."""
        return "".join(self._pieces)

    def add(self, text: str, row: int) -> None:
        """Append text that starts in a row; record the marks in it and remove them."""
        start = 0
        for found in MARK.finditer(text):
            self._add(text[start : found.start()])
            row += text.count("\n", start, found.start())
            self.marks.append((marked(found[0]), self._length, row))
            start = found.end()
        self._add(text[start:])

    def _add(self, text: str) -> None:
        """Append text; a run of white space becomes one space, even across calls."""
        folded = _SPACE.sub(" ", text)
        if folded.startswith(" ") and (not self._pieces or self._pieces[-1].endswith(" ")):
            folded = folded[1:]
        if folded:
            self._pieces.append(folded)
            self._length += len(folded)

    def mark(self) -> tuple[int, int]:
        """Return the current end of the text: number of pieces and offset."""
        return len(self._pieces), self._length

    def since(self, pieces: int) -> str:
        """Return the text added after a number of pieces."""
        return "".join(self._pieces[pieces:]).strip()

    def without_marker(self) -> InlinePart:
        """Return the part without the list marker (``- ``) of a pseudo-bullet."""
        found = _MARKER.match(self.text)
        if not found:
            return self
        cut = found.end()
        links = [replace(link, at=max(link.at - cut, 0)) for link in self.links]
        breaks = [(max(offset - cut, 0), row) for offset, row in self.breaks]
        marks = [(number, max(offset - cut, 0), row) for number, offset, row in self.marks]
        return InlinePart(self.row, links, breaks, marks, [self.text[cut:]], self._length - cut)


class InlineReader:
    """Reads inline tokens one by one; ``parts()`` returns the result.

    ``is_bullet`` returns whether a pseudo-bullet starts in a row of the block.
    """

    def __init__(self, is_bullet: Callable[[int], bool]) -> None:
        self._parts = [InlinePart(0)]
        self._is_bullet = is_bullet
        self._row = 0
        self._open: tuple[str, int, tuple[int, int]] | None = None
        """Destination, row and start of the open link."""
        self._struck = 0
        """Number of open elements that strike text through."""

    def parts(self) -> list[InlinePart]:
        """Return the block's first part, and one more for each pseudo-bullet."""
        self._end()  # an element that is not closed ends with its block
        first, *bullets = self._parts
        return [first, *(part.without_marker() for part in bullets)]

    def take(self, token: Token) -> None:
        """Read the next token."""
        self._row = token.meta.get("line", self._row)
        match token.type:
            case "link_open":
                self._begin(str(token.attrs.get("href", "")))
            case "link_close":
                self._end()
            case "html_inline":
                self._html(token.content)
            case "s_open" | "s_close":
                self._struck += token.nesting
            case "text" | "code_inline" | "image" | "text_special":
                self._parts[-1].add(token.content, self._row)
        self._row = token.meta.get("end", self._row)
        if token.type in ("softbreak", "hardbreak"):
            self._break()

    def _break(self) -> None:
        self._parts[-1].add(" ", self._row)
        if self._open is None and self._is_bullet(self._row):
            self._parts.append(InlinePart(self._row))
        else:
            self._parts[-1].breaks.append((self._parts[-1].mark()[1], self._row))

    def _begin(self, href: str) -> None:
        self._open = (without_marks(href), self._row, self._parts[-1].mark())

    def _end(self) -> None:
        if self._open is not None:
            href, row, (pieces, at) = self._open
            part = self._parts[-1]
            label = part.since(pieces)
            label = label.removeprefix("mailto:") if label == href else label
            part.links.append(Link(href, label, row, at, self._struck > 0))
            self._open = None

    def _html(self, html: str) -> None:
        reader = _HtmlReader(self._parts[-1], is_in_link=self._open is not None)
        reader.read(html, self._row)
        if reader.destination is not None:
            self._begin(reader.destination)
            if html.endswith("/>"):
                self._end()
        elif html.lower().startswith("</a"):
            self._end()
        elif striking := _STRIKING.match(html):
            self._struck = max(self._struck + (-1 if striking[1] else 1), 0)


@dataclass(slots=True)
class HtmlPart:
    """A heading, paragraph or item in a block of HTML, or the content between two of them."""

    text: InlinePart
    level: int = 0
    """1 to 6 for a heading, 0 for other content."""
    anchor: str = ""
    """The ``id`` of a heading; empty where it has none."""


def html_parts(html: str) -> list[HtmlPart]:
    """Return the text and links of a block of HTML, split at its headings, paragraphs and items of lists."""
    parts = [HtmlPart(InlinePart(0))]
    row = start = 0
    reader = _HtmlReader(parts[0].text)
    for pos, piece in pieces(html):
        if isinstance(piece, str) or not _is_boundary(piece):
            continue
        reader.read(html[start:pos], row)
        before, start = start, html.find(">", pos) + 1 or len(html)
        row += html.count("\n", before, start)
        is_heading = piece.name not in _BLOCKS and not piece.is_closing
        level, anchor = (int(piece.name[1]), piece.id) if is_heading else (0, "")
        parts.append(HtmlPart(InlinePart(row), level, anchor))
        reader.continue_in(parts[-1].text)
    reader.read(html[start:], row)
    reader.end_link()
    return parts


def _is_boundary(tag: Tag) -> bool:
    """Return whether a part ends at a tag and another begins."""
    return tag.name in _BLOCKS or _HEADING.fullmatch(tag.name) is not None


class _HtmlReader:
    """Adds the text and links of HTML to a part."""

    def __init__(self, part: InlinePart, *, is_in_link: bool = False) -> None:
        self.destination: str | None = None
        """Destination of the open link."""
        self._is_in_link = is_in_link
        self._part = part
        self._owner = part
        """Part where the open link's text begins."""
        self._begun = (0, (0, 0))
        """Row and start of the open link."""
        self._label: list[str] = []
        """Text of the open link in the parts before."""

    def read(self, html: str, row: int) -> None:
        """Read a piece of HTML that starts in a row; an unclosed link stays open."""
        counted = 0
        for pos, piece in pieces(html):
            row, counted = row + html.count("\n", counted, pos), pos
            if isinstance(piece, str):
                self._part.add(piece, row)
            elif piece.name == "a" and piece.is_closing:
                self.end_link()
            elif piece.name == "a" and piece.href is not None:
                self.end_link()
                self.destination = without_marks(piece.href).strip()
                self._owner, self._label, self._begun = self._part, [], (row, self._part.mark())
            elif piece.name in _APART and not piece.is_closing:
                self._part.add(" ", row)
            elif piece.alt and (self._is_in_link or self.destination is not None):
                self._part.add(piece.alt, row)

    def end_link(self) -> None:
        """Close the open link, if any."""
        if self.destination is not None:
            row, (pieces_before, at) = self._begun
            label = " ".join(filter(None, [*self._label, self._part.since(pieces_before)]))
            self._owner.links.append(Link(self.destination, label, row, at))
            self.destination = None

    def continue_in(self, part: InlinePart) -> None:
        """Add what follows to another part; an open link stays open and belongs to the part where its text begins."""
        if self.destination is not None:
            row, (pieces_before, at) = self._begun
            if before := self._part.since(pieces_before):
                self._label.append(before)
            if not self._label:
                self._owner, at = part, 0
            self._begun = (row, (0, at))
        self._part = part
