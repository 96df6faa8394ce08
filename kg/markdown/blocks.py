"""Conversion of Markdown tokens to blocks: headings, bullets and paragraphs, with links, lines and parents."""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from typing import Any

from markdown_it.token import Token

from kg.markdown.definitions import less_indented, without_attribute_lines
from kg.markdown.details import DetailReader
from kg.markdown.html import OPENED
from kg.markdown.inline import HtmlPart, InlinePart, InlineReader, html_parts
from kg.markdown.kramdown import Anchors, AnchorsWithinHtml, heading_id, parser, split_header_id
from kg.markdown.notes import footnotes
from kg.page import MARK, Block, BlockKind, CiteTag, Detail, ToolTag

_PSEUDO_BULLET = re.compile(r"[ \t]+[-*+][ \t]+")
_HTML_WITH_PARTS = re.compile(r"<a|<h[1-6]")
PARSER = parser()


def parse(
    text: str, line: Callable[[int], int] = lambda row: row + 1, tags: Sequence[tuple[str, str]] = ()
) -> tuple[Block, ...]:
    r"""Return the blocks of a Markdown text.

    ``line`` maps a 0-based line of the text to the 1-based line of the file; ``tags`` are the kind and name of each
    tag, in the order of the numbers of their marks in the text (:func:`kg.page.mark`): ``tool`` and its id, ``cite``
    and a key of the bibliography.

    Pseudo-lists (indented bullets that Markdown reads as part of a paragraph), real lists, and indented lists below a
    paragraph all become bullets whose ``parent`` is the block that contains them.

    >>> [(b.kind.value, b.line, b.text, b.parent) for b in parse("[SAM](http://a.b)\n\t- Open Format")]
    [('paragraph', 1, 'SAM', None), ('bullet', 2, 'Open Format', 0)]
    """
    return parsed(text, line, tags).blocks


@dataclass(frozen=True, slots=True)
class Parsed:
    """A Markdown text as :func:`parsed` returns it."""

    blocks: tuple[Block, ...]
    details: tuple[Detail, ...]
    tokens: list[Token]
    environment: dict[str, Any]
    """Environment in which to render the tokens."""


def parsed(source: str, line: Callable[[int], int], tags: Sequence[tuple[str, str]]) -> Parsed:
    """Return the blocks of a Markdown text as :func:`parse` does, its details, and its tokens."""
    text, notes = footnotes(source)
    written = less_indented(text)
    text = without_attribute_lines(written)
    builder, details = _BlockBuilder(text.split("\n"), line, written.split("\n"), tags), DetailReader(line)
    environment = {"notes": notes}
    tokens = PARSER.parse(text, environment)
    for token in tokens:
        builder.take(token)
        details.take(token)
    return Parsed(tuple(builder.blocks), tuple(details.finish(written, source, notes)), tokens, environment)


def parse_html(
    text: str, line: Callable[[int], int] = lambda row: row + 1, tags: Sequence[tuple[str, str]] = ()
) -> tuple[tuple[Block, ...], tuple[Detail, ...]]:
    r"""Return the headings and links of an HTML text as blocks, and its details.

    The arguments are those of :func:`parse`.

    >>> [(b.kind.value, b.line, b.text) for b in parse_html("<h2>Data</h2>\n<p><a href='u'>x</a></p>")[0]]
    [('heading', 1, 'Data'), ('paragraph', 2, 'x')]
    """
    lines = text.split("\n")
    builder, details = _BlockBuilder(lines, line, lines, tags), DetailReader(line)
    token = Token("html_block", "", 0, content=text, map=[0, len(lines)])
    builder.take(token)
    details.take(token)
    return tuple(builder.blocks), tuple(details.found)


class _BlockBuilder:
    """Builds blocks token by token, with a stack of the open headings, lists and items."""

    def __init__(
        self,
        source: list[str],
        line: Callable[[int], int],
        written: list[str],
        tags: Sequence[tuple[str, str]],
    ) -> None:
        self.blocks: list[Block] = []
        self._source = source
        self._written = written
        """Lines of the source before the attribute lists of blocks were removed."""
        self._line = line
        self._tags = tags
        self._anchors, self._anchors_within = Anchors(), AnchorsWithinHtml()
        self._headings: list[int] = []
        """Indices of the headings above, in ascending order of level."""
        self._lists: list[int | None] = []
        """Parent of the items of each open list."""
        self._items: list[int | None] = []
        """Block of each open list item; ``None`` before the item's first text."""
        self._level = 0
        """Level of the open heading; 0 outside of one."""
        self._elements = [0]
        """Open elements of HTML around what is read, for the page and each open item and quote in it."""
        self._opened = Token("heading_open", "", 1)
        """The token of the last heading, which gets its identifier."""

    def take(self, token: Token) -> None:
        """Process the next block token."""
        if token.type in ("list_item_open", "blockquote_open"):
            self._elements.append(self._elements[-1])
        elif token.type in ("list_item_close", "blockquote_close"):
            self._elements.pop()
        self._elements[-1] = max(0, self._elements[-1] + token.meta.get(OPENED, 0))
        match token.type:
            case "heading_open":
                self._level, self._opened = int(token.tag[1:]), token
            case "bullet_list_open" | "ordered_list_open":
                self._lists.append(self._list_parent(token))
            case "bullet_list_close" | "ordered_list_close":
                self._lists.pop()
            case "list_item_open":
                self._items.append(None)
            case "list_item_close":
                self._items.pop()
            case "inline" if self._level:
                self._heading(token)
            case "inline":
                self._text(token)
            case "html_block":
                self._html(token)

    def _list_parent(self, token: Token) -> int | None:
        """Return the item around a list, or the paragraph above an indented list."""
        if self._items:
            return self._items[-1]
        last = self.blocks[-1] if self.blocks else None
        leads_in = last and last.kind is BlockKind.PARAGRAPH and last.parent is None
        return len(self.blocks) - 1 if leads_in and _indent(self._source[_row(token)]) else None

    def _heading(self, token: Token) -> None:
        (part,) = self._parts(token, pseudo_lists=False)
        text, _ = split_header_id(part.text)
        block = replace(self._block(BlockKind.HEADING, part, _row(token), None), text=text.strip())
        given = self._opened.attrGet("id")  # of a heading in HTML
        anchors = self._anchors_within if self._elements[-1] else self._anchors
        anchor = heading_id(token, self._written, anchors) if given is None else str(given)
        self._opened.attrSet("id", anchor)
        self._add_heading(block, self._level, anchor)
        self._level = 0

    def _text(self, token: Token) -> None:
        row = _row(token)
        first, *bullets = self._parts(token, pseudo_lists=True)
        if self._items and self._items[-1] is None:
            self._items[-1] = len(self.blocks)
            kind, parent = BlockKind.BULLET, self._lists[-1]
        else:
            kind, parent = BlockKind.PARAGRAPH, self._items[-1] if self._items else None
        above = [(-1, len(self.blocks))]
        self.blocks.append(self._block(kind, first, row, parent))
        for part in bullets:
            indent = _indent(self._source[row + part.row])
            while above[-1][0] >= indent:
                above.pop()
            above.append((indent, len(self.blocks)))
            self.blocks.append(self._block(BlockKind.BULLET, part, row, above[-2][1]))

    def _html(self, token: Token) -> None:
        content = token.content.lower()
        if not (_HTML_WITH_PARTS.search(content) or MARK.search(token.content)):
            return
        for part in html_parts(token.content):
            if part.level:
                self._html_heading(part, _row(token))
            elif part.text.links or part.text.marks:
                item = self._items[-1] if self._items else None
                self.blocks.append(self._block(BlockKind.PARAGRAPH, part.text, _row(token), item))

    def _html_heading(self, part: HtmlPart, row: int) -> None:
        """Add an HTML heading, whose anchor is its ``id`` attribute; kramdown generates none for it."""
        self._add_heading(self._block(BlockKind.HEADING, part.text, row, None), part.level, part.anchor)

    def _add_heading(self, block: Block, level: int, anchor: str) -> None:
        while self._headings and self.blocks[self._headings[-1]].level >= level:
            self._headings.pop()
        heading = self._headings[-1] if self._headings else None
        self._headings.append(len(self.blocks))
        self.blocks.append(replace(block, heading=heading, level=level, anchor=anchor))

    def _parts(self, token: Token, *, pseudo_lists: bool) -> list[InlinePart]:
        row = _row(token)
        reader = InlineReader(lambda n: pseudo_lists and bool(_PSEUDO_BULLET.match(self._source[row + n])))
        for child in token.children or ():
            reader.take(child)
        return reader.parts()

    def _block(self, kind: BlockKind, part: InlinePart, row: int, parent: int | None) -> Block:
        links = tuple(replace(link, line=self._line(row + link.line)) for link in part.links)
        heading = self._headings[-1] if self._headings else None
        breaks = tuple((offset, self._line(row + below)) for offset, below in part.breaks)
        marks = [mark for mark in part.marks if mark[0] < len(self._tags)]
        tagged = [(*self._tags[number], self._line(row + below), offset) for number, offset, below in marks]
        tags = tuple(ToolTag(name, line, offset) for kind, name, line, offset in tagged if kind == "tool")
        cites = tuple(CiteTag(name, line) for kind, name, line, _ in tagged if kind == "cite")
        line = self._line(row + part.row)
        return Block(kind, line, part.text.strip(), links, parent, heading, tags=tags, cites=cites, breaks=breaks)


def _row(token: Token) -> int:
    """Return the 0-based line of the text where a token starts."""
    return token.map[0] if token.map else 0


def _indent(line: str) -> int:
    expanded = line.expandtabs(4)
    return len(expanded) - len(expanded.lstrip(" "))
