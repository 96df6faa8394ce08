"""A page as its source says it: every part with its line, and nothing of RDF."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from enum import Enum
from typing import Any

_MARK, _MARK_END = "\ufdd0", "\ufdd1"
_MARK_DIGITS = "".join(map(chr, range(0xFDD2, 0xFDDC)))
MARK = re.compile(f"{_MARK}([{_MARK_DIGITS}]+){_MARK_END}")
"""A mark that :func:`mark` made."""
NO_MARKS = dict.fromkeys(map(ord, _MARK + _MARK_END + _MARK_DIGITS))
"""For ``str.translate``: takes marks out of a text."""


def mark(number: int) -> str:
    """Return a mark that stands in a text through Liquid and Markdown: Unicode noncharacters, which no text has.

    Neither a word nor white space, it changes no heading's identifier.

    >>> MARK.fullmatch(mark(207)) is not None, marked(mark(207))
    (True, 207)
    """
    return f"{_MARK}{''.join(_MARK_DIGITS[int(digit)] for digit in str(number))}{_MARK_END}"


def marked(text: str) -> int:
    """Return the number of a mark."""
    return int("".join(str(_MARK_DIGITS.index(digit)) for digit in text[1:-1]))


@dataclass(frozen=True, slots=True)
class Link:
    """A link of the published page."""

    href: str
    """The destination as the published page has it, unrepaired."""
    label: str
    """The link's text without Markdown, white space folded."""
    line: int
    """1-based line of the file where the link starts."""
    at: int
    """Offset of the label in the text of its block."""
    is_struck: bool = False
    """Whether the page strikes it through."""


@dataclass(frozen=True, slots=True)
class ToolTag:
    """A ``{% tool "id" %}`` of the theme: the page names an entry of the site's list of tools."""

    tool: str
    """The id as written."""
    line: int
    """1-based line of the file; of a tag in an include or a loop the line of the include's or the loop's tag."""
    at: int
    """Offset of the tool's name in the text of its block."""


@dataclass(frozen=True, slots=True)
class CiteTag:
    """A ``{% cite key %}`` of jekyll-scholar: the page cites an entry of the site's bibliography."""

    key: str
    line: int
    """1-based line of the file, as of a :class:`ToolTag`."""


class BlockKind(Enum):
    """What a block is to its author."""

    HEADING = "heading"
    BULLET = "bullet"
    """An item of a list, or a line that looks like one inside a paragraph."""
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
    """Without Markdown, white space folded."""
    links: tuple[Link, ...]
    parent: int | None = None
    """The bullet or paragraph it stands under."""
    heading: int | None = None
    """The nearest heading above; for a heading, the nearest one of a lower level."""
    level: int = 0
    """1 to 6 for a heading."""
    anchor: str = ""
    """Identifier of a heading on the published page."""
    tags: tuple[ToolTag, ...] = ()
    """The tools that it names by a tag."""
    cites: tuple[CiteTag, ...] = ()
    """The sources that it cites by a tag."""
    breaks: tuple[tuple[int, int], ...] = ()
    """Where the text goes on in another line of the file: offset in the text and 1-based line, ascending."""

    def line_at(self, offset: int) -> int:
        """1-based line of the file that the text at an offset stands in.

        >>> Block(BlockKind.PARAGRAPH, 7, "one two", (), breaks=((4, 8),)).line_at(5)
        8
        """
        return next((line for start, line in reversed(self.breaks) if start <= offset), self.line)


@dataclass(frozen=True, slots=True)
class Page:
    """A Markdown page of a site."""

    path: str
    """Relative to the site's folder, with forward slashes."""
    front: Mapping[str, Any]
    """Front matter merged over the site's defaults; scalars are text, booleans or ``None``."""
    lines: Mapping[str, int]
    """Key of the front matter → 1-based line of the file."""
    blocks: tuple[Block, ...]
    body: str
    """The Markdown below the front matter."""
    body_line: int
    """1-based line of the file where ``body`` starts."""

    @property
    def tool_tags(self) -> Iterator[ToolTag]:
        """The tools that the body tags, in the order of the page."""
        return (tag for block in self.blocks for tag in block.tags)

    @property
    def cite_tags(self) -> Iterator[CiteTag]:
        """The sources that the body cites by a tag, in the order of the page."""
        return (tag for block in self.blocks for tag in block.cites)

    def text(self, key: str) -> str:
        """A front-matter value as text; empty where it is missing, null or no scalar."""
        value = self.front.get(key)
        return value.strip() if isinstance(value, str) else ""

    def texts(self, key: str) -> tuple[str, ...]:
        """A front-matter value as a list of texts; a single scalar counts as a list of one.

        >>> Page("p.md", {"contributors": [" Ada ", None, ""], "tags": "one"}, {}, (), "", 1).texts("contributors")
        ('Ada',)
        """
        value = self.front.get(key)
        items = value if isinstance(value, list) else [value]
        return tuple(item.strip() for item in items if isinstance(item, str) and item.strip())

    def line(self, key: str) -> int:
        """Line of a front-matter key; 1 where the page does not have it."""
        return self.lines.get(key, 1)
