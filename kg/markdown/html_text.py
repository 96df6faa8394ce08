"""Rendering of a page's Markdown as HTML, with the source line of every block as its ``id``."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence

from markdown_it.token import Token

from kg.markdown.definitions import less_indented, without_attribute_lines
from kg.markdown.kramdown import Anchors, heading_id, parser, split_header_id
from kg.markdown.notes import footnotes

LINE_ID = "L"
"""Prefix of the ``id`` of a block, before the 1-based line of the file where the block starts."""
_PARSER = parser()
_BLOCKS = frozenset({"paragraph_open", "list_item_open", "blockquote_open", "tr_open"})


def to_html(text: str, anchors: Iterable[str], line: Callable[[int], int] = lambda row: row + 1) -> str:
    r"""Render a Markdown text as HTML, unsanitised.

    ``anchors`` are the identifiers of the headings; ``line`` is as for :func:`kg.markdown.parse`.

    >>> to_html("# Data\n\nSee [a](b).", ["data"])
    '<h1 id="data">Data</h1>\n<p id="L3">See <a href="b">a</a>.</p>\n'
    """
    text, notes = footnotes(text)
    env = {"notes": notes}
    tokens = _PARSER.parse(without_attribute_lines(less_indented(text)), env)
    _name_blocks(tokens, iter(anchors), line)
    return str(_PARSER.renderer.render(tokens, _PARSER.options, env))


def converted(text: str, number: Callable[[int], str]) -> str:
    r"""Return the HTML of a Markdown text with its headings' identifiers, and before each line what ``number`` returns.

    >>> converted("# Data\n\nSee\n[a](b).", lambda row: f"({row})")
    '<h1 id="data">(0)Data</h1>\n<p>(2)See\n(3)<a href="b">a</a>.</p>\n'
    """
    text, notes = footnotes(text)
    text = less_indented(text)
    lines, anchors, env = text.split("\n"), Anchors(), {"notes": notes}
    tokens = _PARSER.parse(without_attribute_lines(text), env)
    for token, following in zip(tokens, [*tokens, None][1:], strict=True):
        if token.type == "heading_open" and following:
            token.attrSet("id", heading_id(following, lines, anchors))
            _drop_written_id(following)
        elif token.type == "inline" and token.map:
            token.children = list(_numbered(token, token.map[0], number))
    return str(_PARSER.renderer.render(tokens, _PARSER.options, env))


def _numbered(token: Token, row: int, number: Callable[[int], str]) -> Iterator[Token]:
    """Yield the inline tokens of a block, and before those of each line its number."""
    yield Token("html_inline", "", 0, content=number(row))
    for child in token.children or ():
        yield child
        if child.type in ("softbreak", "hardbreak"):
            row += 1
            yield Token("html_inline", "", 0, content=number(row))


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
