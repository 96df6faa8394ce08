"""Rendering of a page's Markdown as HTML, with the source line of every block as its ``id``."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence

from markdown_it.token import Token

from kg.markdown.blocks import PARSER, blocks_and_tokens
from kg.markdown.kramdown import split_header_id
from kg.page import Block

LINE_ID = "L"
"""Prefix of the ``id`` of a block, before the 1-based line of the file where the block starts."""
_BLOCKS = frozenset({"paragraph_open", "list_item_open", "blockquote_open", "tr_open"})


def parse_and_render(
    text: str, line: Callable[[int], int] = lambda row: row + 1, tags: Sequence[tuple[str, str]] = ()
) -> tuple[tuple[Block, ...], str]:
    r"""Return the blocks of a Markdown text, as :func:`kg.markdown.parse` does, and the text as HTML, unsanitised.

    >>> parse_and_render("# Data\n\nSee [a](b).")[1]
    '<h1 id="data">Data</h1>\n<p id="L3">See <a href="b">a</a>.</p>\n'
    """
    blocks, tokens, environment = blocks_and_tokens(text, line, tags)
    _name_blocks(tokens, line)
    return blocks, str(PARSER.renderer.render(tokens, PARSER.options, environment))


def converted(text: str, number: Callable[[int], str]) -> str:
    r"""Return the HTML of a Markdown text with its headings' identifiers, and before each line what ``number`` returns.

    >>> converted("# Data\n\nSee\n[a](b).", lambda row: f"({row})")
    '<h1 id="data">(0)Data</h1>\n<p>(2)See\n(3)<a href="b">a</a>.</p>\n'
    """
    _, tokens, environment = blocks_and_tokens(text, lambda row: row, ())
    for token, following in zip(tokens, [*tokens, None][1:], strict=True):
        if token.type == "heading_open":
            _drop_written_id(following)
        elif token.type == "inline" and token.map:
            token.children = list(_numbered(token, token.map[0], number))
    return str(PARSER.renderer.render(tokens, PARSER.options, environment))


def _numbered(token: Token, row: int, number: Callable[[int], str]) -> Iterator[Token]:
    """Yield the inline tokens of a block, and before those of each line its number."""
    yield Token("html_inline", "", 0, content=number(row))
    for child in token.children or ():
        yield child
        if child.type in ("softbreak", "hardbreak"):
            row += 1
            yield Token("html_inline", "", 0, content=number(row))


def _name_blocks(tokens: Sequence[Token], line: Callable[[int], int]) -> None:
    """Set the ``id`` of the outermost block of each line, unless it is a heading, to the line."""
    seen = set[str]()
    for token, following in zip(tokens, [*tokens, None][1:], strict=True):
        if token.type == "heading_open":
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
