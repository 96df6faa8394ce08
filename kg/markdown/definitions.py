"""kramdown's block rules for what a page defines or leaves out, from references to fences and formulas.

They follow kramdown 2 (``parser/kramdown/link.rb``, ``abbreviation.rb``, ``extensions.rb``, ``math.rb``) and are
plug-ins of markdown-it-py, but for ``less_indented``, which prepares the text.
"""

from __future__ import annotations

import re
from bisect import bisect_left

from markdown_it import MarkdownIt
from markdown_it.common.utils import normalizeReference
from markdown_it.rules_block import StateBlock, fence

_REFERENCE = re.compile(r"\[([^\n\]^][^\n\]]*)\]:[ \t]*(\S.*)")
_IN_ANGLES = re.compile(r"<([^>]*)>[ \t]*(.*)")
_TITLE_BEGINS = re.compile(r"[ \t](?=[\"'])")
_ABBREVIATION = re.compile(r"\*\[.+?\]:")
_EXTENSION = re.compile(r"\{::(\w+)(?:\s[^}\n]*?)?(/)?\}[ \t]*\Z")
_STOP = re.compile(r"\{:/(\w*)\}[ \t]*\Z")
_DEFINITION = re.compile(r" {0,3}:[ \t]+\S")
_FAR_ITEM = re.compile(r"( *(?:[-*+]|\d{1,9}\.)[ \t])( {4,}| *\t[ \t]*)(?=\S)")
_ATTRIBUTE_LINE = re.compile(r" {0,3}\{:(?![:/])([^}\n]*)\}[ \t]*\Z")
_IDENTIFIER = re.compile(r"(?:\A|\s)(?:\.[^\s.#]+)*#([A-Za-z][\w:-]*)(?=[\s.#]|\Z)")


def add_rules(md: MarkdownIt) -> None:
    """Let the parser follow kramdown in what is no text of the page."""
    md.block.ruler.at("reference", _reference)
    md.block.ruler.at("fence", _closed_fence, {"alt": ["paragraph", "reference", "blockquote", "list"]})
    md.block.ruler.before("reference", "abbreviation", _abbreviation)
    md.block.ruler.before("reference", "extension", _extension)
    md.block.ruler.before("reference", "maths", _maths)


def _line(state: StateBlock, line: int) -> str:
    return state.src[state.bMarks[line] + state.tShift[line] : state.eMarks[line]].rstrip()


def _reference(state: StateBlock, start: int, end: int, silent: bool) -> bool:
    """A link definition; its address may hold blanks, and the last one with a label holds."""
    found = None if state.is_code_block(start) else _REFERENCE.match(_line(state, start))
    if found is None:
        return False
    below = _line(state, start + 1) if start + 1 < end else ""
    address, lines = _address(found[2], below)
    if address is None:
        return False
    if not silent:
        state.env.setdefault("references", {})[normalizeReference(found[1])] = {"title": "", "href": address}
        state.line = start + lines
    return True


def _address(text: str, below: str) -> tuple[str | None, int]:
    """The address of a definition and how many lines it takes with its title; ``None`` where it is no definition."""
    if angles := _IN_ANGLES.match(text):
        address, rest = angles[1], angles[2]
    elif begun := _TITLE_BEGINS.search(text):
        address, rest = text[: begun.start()].rstrip(), text[begun.end() :]
    else:
        address, rest = text, ""
    if rest:
        return (address if _is_title(rest) else None), 1
    return address, 2 if _is_title(below) else 1


def _is_title(text: str) -> bool:
    return len(text) > 2 and text[0] in "\"'" and text[-1] == text[0]


def _abbreviation(state: StateBlock, start: int, end: int, silent: bool) -> bool:
    """The meaning of an abbreviation, which is shown as a hint only."""
    if state.is_code_block(start) or not _ABBREVIATION.match(_line(state, start)):
        return False
    state.line = start + 1
    return True


def _extension(state: StateBlock, start: int, end: int, silent: bool) -> bool:
    """A comment, which is left out, or text without Markdown, which is HTML."""
    found = None if state.is_code_block(start) else _EXTENSION.match(_line(state, start))
    if found is None or found[1] not in ("comment", "nomarkdown") or found[2]:
        return False
    stop = _stop(state, found[1], start, end)
    if stop is None:
        return False
    if found[1] == "nomarkdown":
        token = state.push("html_block", "", 0)
        token.map = [start + 1, stop]
        token.content = state.getLines(start + 1, stop, 0, True)
    state.line = stop + 1
    return True


def _maths(state: StateBlock, start: int, end: int, silent: bool) -> bool:
    """A formula in lines of its own between doubled dollar signs, also across blank lines."""
    begin = state.bMarks[start] + state.tShift[start]
    if silent or state.is_code_block(start) or not state.src.startswith("$$", begin):
        return False
    close = state.src.find("$$", begin + 2, state.eMarks[end - 1])
    last = bisect_left(state.eMarks, close + 2, start, end) if close >= 0 else end
    if last == end or state.src[close + 2 : state.eMarks[last]].strip():
        return False
    if last + 1 < end and not state.isEmpty(last + 1):
        return False
    state.line = last + 1
    return True


def _stop(state: StateBlock, name: str, start: int, end: int) -> int | None:
    key = f"no stop of {name} before {end}"
    if key in state.env:
        return None
    for line in range(start + 1, end):
        found = _STOP.match(_line(state, line))
        if found and found[1] in ("", name):
            return line
    state.env[key] = True
    return None


def _closed_fence(state: StateBlock, start: int, end: int, silent: bool) -> bool:
    """A listing; kramdown takes a fence that is never closed as text."""
    begun = _line(state, start)
    length = len(begun) - len(begun.lstrip(begun[:1]))
    key = f"no fence of {begun[:1]} before {end} within {state.blkIndent}"
    if length >= state.env.get(key, length + 1):
        return False
    line = state.line
    if not fence(state, start, end, silent):
        return False
    if silent:
        return True
    token = state.tokens[-1]
    last = token.map[1] - 1 if token.map else start
    closing = _line(state, last)
    if last > start and len(closing) >= length and not closing.strip(begun[0]):
        return True
    state.tokens.pop()
    state.line = line
    state.env[key] = length
    return False


def less_indented(text: str) -> str:
    """The text with what kramdown does not take for code no longer indented as code.

    That is what belongs to a definition, and an item that begins far behind its marker.

    >>> less_indented("-     item\\n\\n      more")
    '- item\\n\\n  more'
    """
    lines, needed, cut = text.split("\n"), 0, 0
    for n, line in enumerate(lines):
        if item := _FAR_ITEM.match(line):
            needed, cut = item.end(), len(item[2])
            lines[n] = item[1] + line[item.end() :]
        elif _DEFINITION.match(line):
            needed = cut = 4
        elif needed and line.startswith((" " * needed, "\t")):
            lines[n] = line[1:] if line.startswith("\t") else line[cut:]
        elif line.strip():
            needed = 0
    return "\n".join(lines)


def without_attribute_lines(text: str) -> str:
    """Blank the lines that hold only a block's attribute list, so that every other line keeps its number."""
    if "{:" not in text:
        return text
    return "\n".join("" if _ATTRIBUTE_LINE.match(line) else line for line in text.split("\n"))


def identifier(lines: list[str], start: int, end: int) -> str:
    """The identifier that an attribute list gives a block of the lines from ``start`` to ``end``, below it or above.

    >>> identifier(["## Formats", "{: #formats}"], 0, 1)
    'formats'
    """
    below = _given(lines[end : end + 1])
    starts_block = start < 2 or not lines[start - 2].strip()
    return below or (_given(lines[start - 1 : start]) if start and starts_block else "")


def _given(lines: list[str]) -> str:
    found = _ATTRIBUTE_LINE.match(lines[0]) if lines else None
    given = _IDENTIFIER.search(found[1]) if found else None
    return given[1] if given else ""
