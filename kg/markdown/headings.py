"""Rules of kramdown for headings and the lines below their text, as plug-ins of markdown-it-py.

They follow kramdown 2 (``parser/kramdown/header.rb``) and kramdown-parser-gfm 1.1 (``ATX_HEADER_START``).
"""

from __future__ import annotations

import re

from markdown_it import MarkdownIt
from markdown_it.rules_block import StateBlock, heading, hr

_ATX = re.compile(r"#{1,6}[ \t]+\S")
_UNDERLINE = re.compile(r"(?:-+|=+)[ \t]*\Z")


def add_rules(md: MarkdownIt) -> None:
    """Add the rules of this module to a parser."""
    interrupting = ["paragraph", "reference", "blockquote"]
    md.block.ruler.at("heading", _atx_heading, {"alt": interrupting})
    md.block.ruler.at("lheading", _setext_heading)
    md.block.ruler.at("hr", _rule, {"alt": [*interrupting, "list"]})


def _atx_heading(state: StateBlock, start: int, end: int, silent: bool) -> bool:
    """Parse a heading that is not empty and begins where the lines of its parent do; with spaces before it is text."""
    indent = state.sCount[start]
    if indent != state.blkIndent and not (silent and indent <= state.listIndent):
        return False
    begin = state.bMarks[start] + state.tShift[start]
    return _ATX.match(state.src, begin, state.eMarks[start]) is not None and heading(state, start, end, silent)


def _setext_heading(state: StateBlock, start: int, end: int, silent: bool) -> bool:
    """Parse one underlined line at the start of a block; CommonMark allows several lines."""
    if silent or state.is_code_block(start) or not _starts_block(state, start) or start + 1 >= end:
        return False
    if not _is_underline(state, start + 1):
        return False
    below = state.bMarks[start + 1] + state.tShift[start + 1]
    name = "h1" if state.src[below] == "=" else "h2"
    state.push("heading_open", name, 1).map = [start, start + 2]
    token = state.push("inline", "", 0)
    token.content = state.src[state.bMarks[start] + state.tShift[start] : state.eMarks[start]].strip()
    token.map, token.children = [start, start + 1], []
    state.push("heading_close", name, -1)
    state.line = start + 2
    return True


def _starts_block(state: StateBlock, line: int) -> bool:
    """Return whether a line stands below a blank one or is the first of its parent."""
    above = state.tokens[-1].type if state.tokens else ""
    return line == 0 or state.isEmpty(line - 1) or above.endswith(("item_open", "quote_open"))


def _is_underline(state: StateBlock, line: int) -> bool:
    """Return whether a line of hyphens or equals signs begins where the lines of its parent, or of one around it, do.

    Within a quote, the indentation of a line that has no mark of the quote is given as -1.
    """
    indent = state.sCount[line]
    is_lazy = indent <= state.listIndent if indent >= 0 else state.tShift[line] == 0
    begin = state.bMarks[line] + state.tShift[line]
    text = state.src[begin : state.eMarks[line]]
    return (indent == state.blkIndent or is_lazy) and _UNDERLINE.match(text) is not None


def _rule(state: StateBlock, start: int, end: int, silent: bool) -> bool:
    """Parse a rule; a line of hyphens below a quote belongs to the quote."""
    if silent and state.parentType == "blockquote" and not state.isEmpty(start - 1) and _is_underline(state, start):
        return False
    return hr(state, start, end, silent)
