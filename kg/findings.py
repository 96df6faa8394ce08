"""Findings in the content of sites and their places; escaping of texts for terminals and Markdown."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Mapping
from dataclasses import dataclass
from enum import IntEnum
from typing import Any

_ADDRESS = re.compile(r"(?<![\w.+-])([\w.+-])[\w.+-]*+@(?=[\w-]+\.[\w-])")


class Severity(IntEnum):
    """Severity of a finding; a greater value is worse."""

    NOTE = 1
    WARNING = 2
    ERROR = 3
    """Severity of a finding that excludes its page from the graph."""

    def __str__(self) -> str:
        return self.name.lower()


@dataclass(frozen=True, slots=True, order=True)
class Place:
    """A line of a source file.

    >>> print(Place("pages/pic.md", 24))
    pages/pic.md:24
    """

    path: str
    """Path relative to the site's folder, with forward slashes."""
    line: int
    """1-based line number."""

    def __str__(self) -> str:
        return f"{self.path}:{self.line}"


@dataclass(frozen=True, slots=True)
class Finding:
    """A problem in the content of a site or in the graph, with its place.

    >>> print(Finding(Severity.ERROR, "front-matter", "it never closes", Place("pages/pic.md", 1)))
    pages/pic.md:1: error: front-matter: it never closes
    """

    severity: Severity
    rule: str
    """Name of the rule: lower-case words with hyphens."""
    message: str
    """Description of the problem and, if known, its solution, on one line; e-mail addresses are masked."""
    place: Place

    def __post_init__(self) -> None:
        object.__setattr__(self, "message", masked(self.message))

    def __str__(self) -> str:
        return printable(f"{self.place}: {self.severity}: {self.rule}: {self.message}")


def reported(facts: Mapping[str, Any]) -> Finding:
    """Return the finding of an entry in the report of a build."""
    place = Place(facts["path"], facts["line"])
    return Finding(Severity[facts["severity"].upper()], facts["rule"], facts["message"], place)


def masked(text: str) -> str:
    """Return the text with its e-mail addresses made unusable.

    >>> masked("write to ada.example@example.org")
    'write to a…@example.org'
    """
    return _ADDRESS.sub(r"\1…@", text) if "@" in text else text


_MARKDOWN = str.maketrans({**{mark: f"\\{mark}" for mark in "\\`*_[]|#~"}, "<": "&lt;", ">": "&gt;", "&": "&amp;"})
_UNSEEN = ("Cc", "Cf", "Cs", "Zl", "Zp")
"""Unicode categories of control, format, surrogate and separator characters, which affect terminals."""


def printable(text: str) -> str:
    """Return the text on one line, with control characters escaped.

    >>> print(printable("red: \\x1b[31m, right to left: \\u202e"))
    red: \\x1b[31m, right to left: \\u202e
    """
    if text.isprintable():
        return text
    return "".join(
        character.encode("unicode_escape").decode() if unicodedata.category(character) in _UNSEEN else character
        for character in text
    )


def markdown_text(text: str) -> str:
    """Return the text escaped for Markdown, on one line, also for cells of tables: no markup, HTML or links.

    >>> print(markdown_text("a|b *c* <d> https://e.example/"))
    a\\|b \\*c\\* &lt;d&gt; https:&#47;&#47;e.example/
    """
    return printable(text).translate(_MARKDOWN).replace("://", ":&#47;&#47;")
