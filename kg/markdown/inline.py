"""From the inline tokens of one block to its text and links, split where the author began a pseudo-bullet."""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass, field, replace

from markdown_it.token import Token

from kg.markdown.tags import pieces
from kg.page import MARK, Link, marked

_SPACE = re.compile(r"\s+")
_MARKER = re.compile(r"[-*+] ")
_STRIKING = re.compile(r"<(/?)(?:del|s|strike)\b", re.IGNORECASE)
_HEADING = re.compile(r"h[1-6]")
_APART = frozenset("p div li br td th tr".split())
"""Elements whose text stands apart from the text before."""


@dataclass(slots=True)
class InlinePart:
    """Text and links of a block, or of one pseudo-bullet in it."""

    row: int
    """Line breaks before it in the block's source; the links' lines count likewise."""
    links: list[Link] = field(default_factory=list)
    breaks: list[tuple[int, int]] = field(default_factory=list)
    """Offset in the text and row, for each row but the first."""
    marks: list[tuple[int, int, int]] = field(default_factory=list)
    """Number, offset in the text and row of each mark."""
    _pieces: list[str] = field(default_factory=list)
    _length: int = 0

    @property
    def text(self) -> str:
        """Everything added, white space folded."""
        return "".join(self._pieces)

    def add(self, text: str, row: int) -> None:
        """Append text that begins in a row; marks in it are noted and taken out."""
        start = 0
        for found in MARK.finditer(text):
            self._add(text[start : found.start()])
            row += text.count("\n", start, found.start())
            self.marks.append((marked(found[0]), self._length, row))
            start = found.end()
        self._add(text[start:])

    def _add(self, text: str) -> None:
        """Append text; a run of white space becomes one blank, also across pieces."""
        folded = _SPACE.sub(" ", text)
        if folded.startswith(" ") and (not self._pieces or self._pieces[-1].endswith(" ")):
            folded = folded[1:]
        if folded:
            self._pieces.append(folded)
            self._length += len(folded)

    def mark(self) -> tuple[int, int]:
        """Where the text ends now: number of pieces and offset."""
        return len(self._pieces), self._length

    def since(self, pieces: int) -> str:
        """The text added after a mark."""
        return "".join(self._pieces[pieces:]).strip()

    def without_marker(self) -> InlinePart:
        """The same part without the ``- `` that made it a pseudo-bullet."""
        found = _MARKER.match(self.text)
        if not found:
            return self
        cut = found.end()
        links = [replace(link, at=max(link.at - cut, 0)) for link in self.links]
        breaks = [(max(offset - cut, 0), row) for offset, row in self.breaks]
        marks = [(number, max(offset - cut, 0), row) for number, offset, row in self.marks]
        return InlinePart(self.row, links, breaks, marks, [self.text[cut:]], self._length - cut)


class InlineReader:
    """Reads inline tokens one by one; ``parts()`` gives what was read.

    ``is_bullet`` tells of a row of the block, 0 being its first line, whether the author began a bullet there.
    """

    def __init__(self, is_bullet: Callable[[int], bool]) -> None:
        self._parts = [InlinePart(0)]
        self._is_bullet = is_bullet
        self._row = 0
        self._open: tuple[str, int, tuple[int, int]] | None = None
        """Destination, row and mark of the link that is open."""
        self._struck = 0
        """How many things that strike through are open."""

    def parts(self) -> list[InlinePart]:
        """The block's first part and one more for each pseudo-bullet."""
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
        self._open = (href, self._row, self._parts[-1].mark())

    def _end(self) -> None:
        if self._open is not None:
            href, row, (pieces, at) = self._open
            part = self._parts[-1]
            label = part.since(pieces)
            label = label.removeprefix("mailto:") if label == href else label
            part.links.append(Link(href, label, row, at, self._struck > 0))
            self._open = None

    def _html(self, html: str) -> None:
        reader = _HtmlReader(self._parts[-1])
        reader.read(html, self._row)
        if reader.destination is not None:
            self._begin(reader.destination)
        elif html.lower().startswith("</a"):
            self._end()
        elif striking := _STRIKING.match(html):
            self._struck = max(self._struck + (-1 if striking[1] else 1), 0)


def unfolded(token: Token) -> str:
    """The text of an inline token with its blanks as the author wrote them, as kramdown makes identifiers of it."""
    shown = ("text", "code_inline", "text_special")
    return "".join(child.content for child in token.children or () if child.type in shown)


@dataclass(slots=True)
class HtmlPart:
    """A heading in a block of HTML, or what stands between headings."""

    text: InlinePart
    level: int = 0
    """1 to 6 for a heading."""
    anchor: str = ""
    """The heading's identifier; empty where it has none."""


def html_parts(html: str) -> list[HtmlPart]:
    """Return text and links of a block of HTML, in parts that its headings divide."""
    parts = [HtmlPart(InlinePart(0))]
    row, counted, start = 0, 0, 0
    reader = _HtmlReader(parts[0].text)
    for pos, piece in pieces(html):
        if isinstance(piece, str) or not _HEADING.fullmatch(piece.name):
            continue
        row, counted = row + html.count("\n", counted, start), start
        reader.read(html[start:pos], row)
        reader.end_link()
        start = html.find(">", pos) + 1 or len(html)
        level, anchor = (0, "") if piece.is_closing else (int(piece.name[1]), piece.id)
        parts.append(HtmlPart(InlinePart(html.count("\n", 0, start)), level, anchor))
        reader = _HtmlReader(parts[-1].text)
    row += html.count("\n", counted, start)
    reader.read(html[start:], row)
    reader.end_link()
    return parts


class _HtmlReader:
    """Adds what HTML says to a part."""

    def __init__(self, part: InlinePart) -> None:
        self.destination: str | None = None
        """Of the link that is open."""
        self._part = part
        self._begun = (0, (0, 0))

    def read(self, html: str, row: int) -> None:
        """Read a piece of HTML that begins in a row; a link that it does not close stays open."""
        counted = 0
        for pos, piece in pieces(html):
            row, counted = row + html.count("\n", counted, pos), pos
            if isinstance(piece, str):
                self._part.add(piece, row)
            elif piece.name == "a" and piece.is_closing:
                self.end_link()
            elif piece.name == "a" and piece.href is not None:
                self.end_link()
                self.destination = piece.href.strip()
                self._begun = (row, self._part.mark())
            elif piece.name in _APART and not piece.is_closing:
                self._part.add(" ", row)

    def end_link(self) -> None:
        """Take the link that is open as closed here."""
        if self.destination is not None:
            row, (pieces_before, at) = self._begun
            self._part.links.append(Link(self.destination, self._part.since(pieces_before), row, at))
            self.destination = None
