"""The model of a parsed page: blocks, links and tool tags with their source lines, independent of RDF."""

from __future__ import annotations

import re
from bisect import bisect_right
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from enum import Enum
from operator import itemgetter
from typing import Any

_MARK, _MARK_END = "\ufdd0", "\ufdd1"
_MARK_DIGITS = "".join(map(chr, range(0xFDD2, 0xFDDC)))
MARK = re.compile(f"{_MARK}([{_MARK_DIGITS}]+){_MARK_END}")
"""Pattern of the marks that :func:`mark` returns."""
_OF_MARKS = re.compile(f"[{_MARK}{_MARK_END}{_MARK_DIGITS}]")


def mark(number: int) -> str:
    """Return a number encoded in Unicode noncharacters, which survives the rendering of Liquid and Markdown.

    Noncharacters do not occur in text, and do not change the identifier of a heading.

    >>> MARK.fullmatch(mark(207)) is not None, marked(mark(207))
    (True, 207)
    """
    return f"{_MARK}{''.join(_MARK_DIGITS[int(digit)] for digit in str(number))}{_MARK_END}"


def without_marks(text: str) -> str:
    """Return a text without the characters of marks.

    >>> without_marks(f"a {mark(207)}tool")
    'a tool'
    """
    return _OF_MARKS.sub("", text)


def marked(text: str) -> int:
    """Return the number encoded in a mark."""
    return int("".join(str(_MARK_DIGITS.index(digit)) for digit in text[1:-1]))


@dataclass(frozen=True, slots=True)
class Link:
    """A link of the published page."""

    href: str
    """Destination as on the published page, not repaired."""
    label: str
    """Text of the link without Markdown, white space collapsed."""
    line: int
    """1-based line of the file where the link starts."""
    at: int
    """Offset of the label in the text of its block."""
    is_struck: bool = False
    """True if the link is struck through."""


@dataclass(frozen=True, slots=True)
class ToolTag:
    """A tag ``{% tool "id" %}`` of the theme, which names an entry of the site's list of tools."""

    tool: str
    """Id as written."""
    line: int
    """1-based line of the file; for a tag in an include or a loop, the line of the ``include`` or ``for`` tag."""
    at: int
    """Offset of the tool's name in the text of its block."""


@dataclass(frozen=True, slots=True)
class CiteTag:
    """A ``{% cite key %}`` of jekyll-scholar: the page cites an entry of the site's bibliography."""

    key: str
    line: int
    """1-based line of the file, as of a :class:`ToolTag`."""


class BlockKind(Enum):
    """Kind of a block."""

    HEADING = "heading"
    BULLET = "bullet"
    """An item of a list, or a line of a paragraph that looks like one."""
    PARAGRAPH = "paragraph"


@dataclass(frozen=True, slots=True)
class Block:
    """A heading, a bullet or a paragraph, in document order.

    ``parent`` and ``heading`` are indices into the page's blocks, smaller than the block's own.
    """

    kind: BlockKind
    line: int
    """1-based line of the file where the block starts."""
    text: str
    """Text without Markdown, white space collapsed."""
    links: tuple[Link, ...]
    parent: int | None = None
    """Index of the bullet or paragraph that contains the block."""
    heading: int | None = None
    """Index of the nearest heading above; for a heading, of the nearest one of a lower level."""
    level: int = 0
    """1 to 6 for a heading, 0 for any other block."""
    anchor: str = ""
    """Identifier of a heading on the published page; empty for any other block."""
    tags: tuple[ToolTag, ...] = ()
    """Tool tags in the block."""
    cites: tuple[CiteTag, ...] = ()
    """Citation tags in the block."""
    breaks: tuple[tuple[int, int], ...] = ()
    """Offset in the text and 1-based line of the file for each line after the first, ascending."""

    def line_at(self, offset: int) -> int:
        """Return the 1-based line of the file for an offset in the text.

        >>> Block(BlockKind.PARAGRAPH, 7, "one two", (), breaks=((4, 8),)).line_at(5)
        8
        """
        above = bisect_right(self.breaks, offset, key=itemgetter(0))
        return self.breaks[above - 1][1] if above else self.line


class DetailKind(Enum):
    """Kind of a detail."""

    ELEMENT = "element"
    """The identifier of an element other than a heading."""
    HEADING = "heading"
    """The identifier of an HTML heading."""
    ATTRIBUTE = "attribute"
    """The identifier in the attribute list of a block, which may be a heading."""
    CONTENTS = "contents"
    """The identifier of a table of contents that kramdown makes."""
    NOTE = "note"
    """The name of a footnote where the text refers to it."""
    PICTURE = "picture"
    """The address of a picture."""
    NO_LINK = "no link"
    """Text that was meant as a link and is published as text."""


@dataclass(frozen=True, slots=True)
class Detail:
    """Something on a page that is neither a block nor a link."""

    kind: DetailKind
    text: str
    line: int
    """1-based line of the file."""


@dataclass(frozen=True, slots=True)
class PageSection:
    """A heading of a page with the text below it, up to the next heading."""

    anchor: str
    """Identifier of the heading on the published page; empty for the text above all headings."""
    heading: str
    """Text of the heading, after those of the headings around it."""
    text: str
    """Texts of the blocks."""


@dataclass(frozen=True, slots=True)
class Page:
    """A Markdown page of a site."""

    path: str
    """Path relative to the site's folder, with forward slashes."""
    front: Mapping[str, Any]
    """Front matter merged over the site's defaults; scalars are text, booleans or ``None``."""
    lines: Mapping[str, int]
    """Mapping of each key of the front matter to its 1-based line of the file."""
    blocks: tuple[Block, ...]
    body: str
    """Markdown below the front matter."""
    body_line: int
    """1-based line of the file where ``body`` starts."""
    details: tuple[Detail, ...] = ()
    html: str = ""
    """The body as HTML, unsanitised; see :mod:`kg.markdown.html_text`."""
    tags: tuple[tuple[str, str], ...] = ()
    """Kind and name of each tag, in the order of the numbers of their marks in ``html`` (:func:`mark`)."""

    @property
    def sections(self) -> Iterator[PageSection]:
        """Sections of the body, in page order; the first has no heading and is the text above all headings."""
        headings: dict[int | None, str] = {None: ""}
        texts: dict[int | None, list[str]] = {None: []}
        for at, block in enumerate(self.blocks):
            if block.level:
                headings[at] = " / ".join(filter(None, (headings[block.heading], block.text)))
                texts[at] = []
            else:
                texts[block.heading].append(block.text)
        for number, heading in headings.items():
            anchor = "" if number is None else self.blocks[number].anchor
            if heading or texts[number]:
                yield PageSection(anchor, heading, " ".join(texts[number]))

    @property
    def tool_tags(self) -> Iterator[ToolTag]:
        """Tool tags of the body, in page order."""
        return (tag for block in self.blocks for tag in block.tags)

    @property
    def cite_tags(self) -> Iterator[CiteTag]:
        """The sources that the body cites by a tag, in the order of the page."""
        return (tag for block in self.blocks for tag in block.cites)

    def text(self, key: str) -> str:
        """Return a front-matter value as text; empty where it is missing, null or not a scalar."""
        value = self.front.get(key)
        return value.strip() if isinstance(value, str) else ""

    def texts(self, key: str) -> tuple[str, ...]:
        """Return a front-matter value as texts; a single scalar counts as a list of one item.

        >>> Page("p.md", {"contributors": [" Ada ", None, ""], "tags": "one"}, {}, (), "", 1).texts("contributors")
        ('Ada',)
        """
        value = self.front.get(key)
        items = value if isinstance(value, list) else [value]
        return tuple(item.strip() for item in items if isinstance(item, str) and item.strip())

    def line(self, key: str) -> int:
        """Return the 1-based line of a front-matter key; 1 where the page does not have the key."""
        return self.lines.get(key, 1)
