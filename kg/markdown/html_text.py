"""Rendering of a page's Markdown as HTML, with the source line of every block as its ``id``."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence

from markdown_it.token import Token

from kg.markdown.blocks import PARSER, parsed
from kg.markdown.kramdown import split_header_id
from kg.page import Block, Detail

LINE_ID = "L"
"""Prefix of the ``id`` of a block, before the 1-based line of the file where the block starts."""
_BLOCKS = frozenset({"paragraph_open", "list_item_open", "blockquote_open", "tr_open"})


def parse_and_render(
    text: str, line: Callable[[int], int] = lambda row: row + 1, tags: Sequence[tuple[str, str]] = ()
) -> tuple[tuple[Block, ...], str, tuple[Detail, ...]]:
    r"""Return the blocks of a Markdown text, as :func:`kg.markdown.parse` does, the text as HTML, and its details.

    The HTML is not sanitised.

    >>> parse_and_render("# Data\n\nSee [a](b).")[1]
    '<h1 id="data">Data</h1>\n<p id="L3">See <a href="b">a</a>.</p>\n'
    """
    found = parsed(text, line, tags)
    _name_blocks(found.tokens, (block.anchor for block in found.blocks if block.level), line)
    html = str(PARSER.renderer.render(found.tokens, PARSER.options, found.environment))
    return found.blocks, html, found.details


def _name_blocks(tokens: Sequence[Token], anchors: Iterator[str], line: Callable[[int], int]) -> None:
    """Set the ``id`` of each heading to its anchor, and that of the outermost other block of each line to the line."""
    seen = set[str]()
    for token, following in zip(tokens, [*tokens, None][1:], strict=True):
        if token.type == "heading_open":
            token.attrSet("id", next(anchors, ""))
            _drop_written_id(following)
        elif token.type in _BLOCKS and token.map and not token.hidden:
            name = f"{LINE_ID}{line(token.map[0])}"
            if name not in seen:
                seen.add(name)
                token.attrSet("id", name)


def _drop_written_id(token: Token | None) -> None:
    """Remove a written identifier (``{#id}``) from the end of a heading's text."""
    last = token.children[-1] if token and token.children else None
    if last and last.type == "text":
        last.content = split_header_id(last.content)[0]
