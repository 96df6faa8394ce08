"""Begin and end of the front matter of a page, by Jekyll's pattern."""

from __future__ import annotations

import re
from dataclasses import dataclass
from pathlib import Path

_OPENING = re.compile(r"\ufeff?---[ \t\f\v]*(?:\r\n|\n|\r)")
_CLOSING = re.compile(r"(?<=[\r\n])(?:---|\.\.\.)[ \t\f\v\r\n]*(?=[\r\n]|\Z)")
_LINE_END = re.compile(r"\r\n|\n|\r")
_HYPHEN = "[-\u2010-\u2015]"
_NEARLY = re.compile(rf"(?P<before>[\s\ufeff\u00ad\u200b-\u200f\u2060]*){_HYPHEN}{{3}}[^\n]*\n\s*[\"'\w-]+[ \t]*:")
_NEARLY_CLOSING = re.compile(rf"(?<=\n)(?:{_HYPHEN}{{3,}}|\.\.\.)[ \t]*(?:\n|\Z)")
_PAGE_ID = re.compile(rb"^page_id:[ \t]*([\"']?)([\w.-]+)\1[ \t\r]*$", re.MULTILINE)
_LONGEST = 4000
"""Bytes of a file in which its ``page_id`` is looked for."""


@dataclass(frozen=True, slots=True)
class YamlHeader:
    """The front matter of a page, and what follows it."""

    yaml: str
    start: int
    """Offset of ``yaml`` in the text of the page."""
    body: str
    """Text behind the line that closes the front matter and the blank lines below it."""
    body_line: int
    """1-based line where ``body`` starts."""

    LINE = 2
    """1-based line where ``yaml`` starts."""


def is_opened(text: str) -> bool:
    """Return whether a text begins with the line of three hyphens that makes it a page."""
    return _OPENING.match(text) is not None


def split(text: str) -> YamlHeader | None:
    r"""Return the front matter of a page, ``None`` if the text has none or does not close it.

    A byte-order mark before it is Jekyll's business (see :func:`kept_from`).

    >>> split("---\ntitle: A\n...\nText\n")
    YamlHeader(yaml='title: A\n', start=4, body='\nText\n', body_line=3)
    >>> split("---\ntitle: A\n----\n"), split("-----\ntitle: A\n---\n")
    (None, None)
    """
    opening = _OPENING.match(text)
    closing = _CLOSING.search(text, opening.end()) if opening else None
    if opening is None or closing is None:
        return None
    yaml = text[opening.end() : closing.start()]
    lines = len(_LINE_END.findall(text, 0, closing.end()))
    return YamlHeader(yaml, opening.end(), text[closing.end() :], lines + 1)


def kept_from(text: str) -> str | None:
    r"""Return what keeps Jekyll from seeing the front matter that a text seems to have, or ``None``.

    >>> kept_from("\n---\ntitle: A\n---\n"), kept_from("---\ntitle: A\n---\n"), kept_from("# A\n")
    ('blank lines or spaces stand before it', None, None)
    """
    found = _NEARLY.match(text)
    if found is None or not _NEARLY_CLOSING.search(text, found.end()):
        return None
    hidden = found["before"].strip()
    if hidden.startswith("\ufeff"):
        return "a byte-order mark stands before it; save the file as UTF-8 without one"
    if hidden:
        return f"the invisible character U+{ord(hidden[0]):04X} stands before it"
    if found["before"]:
        return "blank lines or spaces stand before it"
    return None if is_opened(text) else "its first line is not three hyphens alone"


def page_id_in(file: Path) -> str:
    """Return the ``page_id`` that a line of a file gives, though the rest of it may be faulty; empty for none."""
    try:
        with file.open("rb") as content:
            found = _PAGE_ID.search(content.read(_LONGEST))
    except OSError:
        return ""
    return found[2].decode() if found else ""
