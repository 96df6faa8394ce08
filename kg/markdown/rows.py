"""kramdown's blocks that CommonMark does not know as such: rows of cells without a head, code that goes on unindented.

They follow kramdown 2 (``parser/kramdown/table.rb``, ``codeblock.rb``) and are plug-ins of markdown-it-py.
"""

from __future__ import annotations

import re

from markdown_it import MarkdownIt
from markdown_it.rules_block import StateBlock, code, paragraph
from markdown_it.rules_inline import StateInline

_CODE = re.compile(r"(`+)(?!`).*?(?<!`)\1(?!`)|<code.*?</code>")
_BAR = re.compile(r"(?<!\\)\|")
_ENDS_LAZINESS = re.compile(r"\^[ \t]*\Z|</?[A-Za-z]")


def add_rules(md: MarkdownIt) -> None:
    """Let the parser follow kramdown in rows and in code."""
    md.block.ruler.at("code", _lazy_code)
    md.block.ruler.at("paragraph", _paragraph_or_rows)


def _lazy_code(state: StateBlock, start: int, end: int, silent: bool) -> bool:
    """Indented code; lines right behind it belong to it."""
    if not code(state, start, end, silent):
        return False
    line = state.line
    while line < end and not state.isEmpty(line) and state.sCount[line] >= state.blkIndent:
        if state.isEmpty(line - 1) or _ENDS_LAZINESS.match(state.src, state.bMarks[line] + state.tShift[line]):
            break
        line += 1
    state.line = line
    return True


def _paragraph_or_rows(state: StateBlock, start: int, end: int, silent: bool) -> bool:
    """A paragraph; where every line of it has a bar, it is a table, and no link goes over a bar."""
    above = state.tokens[-1].type if state.tokens else ""
    begins = start == 0 or state.isEmpty(start - 1) or above.endswith(("item_open", "quote_open"))
    done = paragraph(state, start, end, silent)
    text = state.tokens[-2].content
    ends = state.line >= end or state.isEmpty(state.line) or state.sCount[state.line] < state.blkIndent
    if "|" in text and begins and ends and all(_BAR.search(_CODE.sub("", line)) for line in text.split("\n")):
        state.env.setdefault("rows", set()).add(text)
    return done


def is_over_bar(state: StateInline, end: int) -> bool:
    """Whether what goes from the present place to ``end`` would be in two cells of a row."""
    rows: set[str] = state.env.get("rows", set())
    return state.src in rows and _BAR.search(state.src, state.pos, end) is not None
