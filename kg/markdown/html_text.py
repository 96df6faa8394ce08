"""A page's Markdown as the HTML that its site publishes, with the line of the file at every block."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence

from markdown_it.token import Token

from kg.markdown.definitions import less_indented, without_attribute_lines
from kg.markdown.kramdown import parser, split_header_id
from kg.markdown.notes import footnotes

LINE_ID = "L"
"""What the identifier of a block begins with, before the line of the file that it starts in."""
_PARSER = parser()
_BLOCKS = frozenset({"paragraph_open", "list_item_open", "blockquote_open", "tr_open"})


def to_html(text: str, anchors: Iterable[str], line: Callable[[int], int] = lambda row: row + 1) -> str:
    r"""HTML of a Markdown text, unsanitised; ``anchors`` are its headings' identifiers, ``line`` is as for ``parse``.

    >>> to_html("# Data\n\nSee [a](b).", ["data"])
    '<h1 id="data">Data</h1>\n<p id="L3">See <a href="b">a</a>.</p>\n'
    """
    text, notes = footnotes(text)
    env = {"notes": notes}
    tokens = _PARSER.parse(without_attribute_lines(less_indented(text)), env)
    _name_blocks(tokens, iter(anchors), line)
    return str(_PARSER.renderer.render(tokens, _PARSER.options, env))


def _name_blocks(tokens: Sequence[Token], anchors: Iterator[str], line: Callable[[int], int]) -> None:
    """Give each heading its identifier and each other block its line; two blocks of one line share the outer one's."""
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
    """Take out the identifier that is written behind a heading's text."""
    last = token.children[-1] if token and token.children else None
    if last and last.type == "text":
        last.content = split_header_id(last.content)[0]
