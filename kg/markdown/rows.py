"""Rules of kramdown for tables without a header and for lazy continuation of code, as plug-ins of markdown-it-py.

They follow kramdown 2 (``parser/kramdown/table.rb``, ``codeblock.rb``).
"""

from __future__ import annotations

import re

from markdown_it import MarkdownIt
from markdown_it.rules_block import StateBlock, code, paragraph
from markdown_it.rules_inline import StateInline

from kg.markdown.scan import without_code

_CODE_ELEMENT = re.compile(r"<code.*?</code>")
_BAR = re.compile(r"(?<!\\)\|")
_ENDS_LAZINESS = re.compile(r"\^[ \t]*\Z|</?[A-Za-z]")


def add_rules(md: MarkdownIt) -> None:
    """Add the rules of this module to a parser."""
    md.block.ruler.at("code", _lazy_code)
    md.block.ruler.at("paragraph", _paragraph_or_rows)


def _lazy_code(state: StateBlock, start: int, end: int, silent: bool) -> bool:
    """Parse indented code with the unindented lines directly after it."""
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
    """Parse a paragraph, and record it as the rows of a table where every line contains a bar (``|``)."""
    above = state.tokens[-1].type if state.tokens else ""
    begins = start == 0 or state.isEmpty(start - 1) or above.endswith(("item_open", "quote_open"))
    done = paragraph(state, start, end, silent)
    text = state.tokens[-2].content
    ends = state.line >= end or state.isEmpty(state.line) or state.sCount[state.line] < state.blkIndent
    if "|" in text and begins and ends and all(map(_has_bar, text.split("\n"))):
        state.env.setdefault("rows", set()).add(text)
    return done


def _has_bar(line: str) -> bool:
    """Return whether a line has a bar outside of code."""
    # behind the last end of an element every search for one would be in vain
    before, end, behind = without_code(line).rpartition("</code>")
    return _BAR.search(_CODE_ELEMENT.sub("", before + end) + behind) is not None


def is_over_bar(state: StateInline, end: int) -> bool:
    """Return whether the text from the current position to ``end`` would span two cells of a row."""
    rows: set[str] = state.env.get("rows", set())
    return state.src in rows and _BAR.search(state.src, state.pos, end) is not None
