"""Block rules of kramdown for definitions, extensions, formulas and fences, as plug-ins of markdown-it-py.

They follow kramdown 2 (``parser/kramdown/link.rb``, ``abbreviation.rb``, ``extensions.rb``, ``math.rb``).
``less_indented`` and ``without_attribute_lines`` prepare the text before it is parsed.
"""

from __future__ import annotations

import re
from bisect import bisect_left

from markdown_it import MarkdownIt
from markdown_it.common.utils import normalizeReference
from markdown_it.rules_block import StateBlock, fence

from kg.markdown.lists import with_lazy_items

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
    """Add the rules of this module to a parser."""
    md.block.ruler.at("reference", _reference)
    md.block.ruler.at("fence", _closed_fence, {"alt": ["paragraph", "reference", "blockquote", "list"]})
    md.block.ruler.before("reference", "abbreviation", _abbreviation)
    md.block.ruler.before("reference", "extension", _extension)
    md.block.ruler.before("reference", "maths", _maths)


def _line(state: StateBlock, line: int) -> str:
    return state.src[state.bMarks[line] + state.tShift[line] : state.eMarks[line]].rstrip()


def _reference(state: StateBlock, start: int, end: int, silent: bool) -> bool:
    """Parse a link definition; its address may contain spaces, and the last definition of a label wins."""
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
    """Return the address of a definition, ``None`` where it is invalid, and the number of its lines with the title."""
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
    """Drop the definition of an abbreviation, which the published page shows only as a tooltip."""
    if state.is_code_block(start) or not _ABBREVIATION.match(_line(state, start)):
        return False
    state.line = start + 1
    return True


def _extension(state: StateBlock, start: int, end: int, silent: bool) -> bool:
    """Drop a block extension ``comment``, or turn the text of ``nomarkdown`` into an HTML block."""
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
    """Drop a formula between ``$$`` that starts and ends a block, even across blank lines."""
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
    """Parse a fenced code block only where the fence is closed; kramdown reads an unclosed one as text."""
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
    """Change the indentation of lines that CommonMark would read as code and kramdown does not.

    These are the lines of a definition, those of a list item whose text starts far behind its marker, and the items of
    :mod:`kg.markdown.lists`.

    >>> less_indented("-     item\\n\\n      more")
    '- item\\n\\n  more'
    """
    lines, needed, cut = with_lazy_items(text).split("\n"), 0, 0
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
    """Blank the lines that contain only a block's attribute list; every other line keeps its number."""
    if "{:" not in text:
        return text
    return "\n".join("" if _ATTRIBUTE_LINE.match(line) else line for line in text.split("\n"))


def identifier(lines: list[str], start: int, end: int) -> str:
    """Return the identifier in the attribute list below or above the block of lines ``start`` to ``end``, or ``""``.

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
