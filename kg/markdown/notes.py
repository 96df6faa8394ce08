"""Footnotes: the extent of their definitions, and which of them are published (``parser/kramdown/footnote.rb``)."""

from __future__ import annotations

import re
from dataclasses import dataclass

from kg.markdown.scan import without_code

MARK = re.compile(r"\[\^(\w[\w-]*)\]")
_DEFINITION = re.compile(r" {0,3}\[\^(\w[\w-]*)\]:[ \t]*")
_INDENTED = re.compile(r"(?:\t| {4})(?=[ \t]*\S)")
_ENDS_LAZINESS = re.compile(r" {0,3}(?:\{:|\^[ \t]*$|</?[A-Za-z])")
_NO_PARAGRAPH = re.compile(r"\s*$|#{1,6}|\{:| {0,3}<| {0,3}([-*_])(?:[ \t]*\1){2,}[ \t]*$")
"""A line after which no paragraph continues, so that a definition may start on the next one."""


@dataclass(frozen=True, slots=True)
class _Note:
    name: str
    start: int
    end: int
    """Line after the last line of the definition."""


def footnotes(text: str) -> tuple[str, frozenset[str]]:
    r"""Turn the definitions of footnotes into paragraphs; return the text and the names of the published footnotes.

    Definitions without a reference, and all but the last definition of a name, become blank lines, so that every other
    line keeps its number.

    >>> footnotes("A[^b]\n\n[^b]: See [c](d).\n[^e]: Not [this](f).")
    ('A[^b]\n\nSee [c](d).\n', frozenset({'b'}))
    """
    if "[^" not in text:
        return text, frozenset()
    lines = text.split("\n")
    notes = _notes(lines)
    published = _published(lines, notes)
    for note in notes:
        if published.get(note.name) is not note:
            lines[note.start : note.end] = [""] * (note.end - note.start)
            continue
        lines[note.start] = _DEFINITION.sub("", lines[note.start], count=1)
        for n in range(note.start + 1, note.end):
            lines[n] = _INDENTED.sub("", lines[n], count=1)
    return "\n".join(lines), frozenset(published)


def _notes(lines: list[str]) -> list[_Note]:
    found, n, begins = list[_Note](), 0, True
    while n < len(lines):
        definition = _DEFINITION.match(lines[n]) if begins else None
        if definition is None:
            begins, n = _NO_PARAGRAPH.match(lines[n]) is not None, n + 1
            continue
        end = _end(lines, n + 1)
        found.append(_Note(definition[1], n, end))
        n = end
    return found


def _end(lines: list[str], start: int) -> int:
    """Return the line after a definition, which includes indented lines and the unindented ones that continue them."""
    end, n = start, start
    while n < len(lines):
        if _INDENTED.match(lines[n]):
            end = n = n + 1
            while n < len(lines) and lines[n].strip() and not _ENDS_LAZINESS.match(lines[n]):
                end = n = n + 1
        elif lines[n].strip():
            break
        else:
            n += 1
    return end


def _published(lines: list[str], notes: list[_Note]) -> dict[str, _Note]:
    """Return a mapping of name to footnote, for those referenced by the page or by another published footnote."""
    known = {note.name: note for note in notes}
    inside = {n for note in notes for n in range(note.start, note.end)}
    asked = _marks([line for n, line in enumerate(lines) if n not in inside])
    published: dict[str, _Note] = {}
    while asked:
        name = asked.pop()
        if name in known and name not in published:
            published[name] = note = known[name]
            asked |= _marks([_DEFINITION.sub("", lines[note.start], count=1), *lines[note.start + 1 : note.end]])
    return published


def _marks(lines: list[str]) -> set[str]:
    return {found[1] for line in lines if "[^" in line for found in MARK.finditer(without_code(line))}
