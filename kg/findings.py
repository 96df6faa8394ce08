"""Problems in content or graph, their places, and texts that are safe to show in a terminal or as Markdown."""

from __future__ import annotations

import unicodedata
from dataclasses import dataclass
from enum import IntEnum


class Severity(IntEnum):
    """How bad a finding is; greater is worse."""

    NOTE = 1
    WARNING = 2
    ERROR = 3
    """Keeps the page that it stands on out of the graph."""

    def __str__(self) -> str:
        return self.name.lower()


@dataclass(frozen=True, slots=True, order=True)
class Place:
    """A line of a source file.

    >>> print(Place("pages/pic.md", 24))
    pages/pic.md:24
    """

    path: str
    """Relative to the site's folder, with forward slashes."""
    line: int
    """1-based."""

    def __str__(self) -> str:
        return f"{self.path}:{self.line}"


@dataclass(frozen=True, slots=True)
class Finding:
    """Something wrong with content or graph, and where.

    >>> print(Finding(Severity.ERROR, "front-matter", "it never closes", Place("pages/pic.md", 1)))
    pages/pic.md:1: error: front-matter: it never closes
    """

    severity: Severity
    rule: str
    """The rule's name: lower-case words with hyphens."""
    message: str
    """What is wrong, and what to do where that is known; one line."""
    place: Place

    def __str__(self) -> str:
        return printable(f"{self.place}: {self.severity}: {self.rule}: {self.message}")


_MARKDOWN = str.maketrans({**{mark: f"\\{mark}" for mark in "\\`*_[]|#~"}, "<": "&lt;", ">": "&gt;", "&": "&amp;"})
_UNSEEN = ("Cc", "Cf", "Cs", "Zl", "Zp")
"""Unicode's categories of characters that steer a terminal or the order of what it shows, or that none can show."""


def printable(text: str) -> str:
    """Return the text on one line, with its control characters spelled out.

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
    """Return Markdown that shows the text on one line, in a table's cell too: nothing in it is markup, HTML or a link.

    >>> print(markdown_text("a|b *c* <d> https://e.example/"))
    a\\|b \\*c\\* &lt;d&gt; https:&#47;&#47;e.example/
    """
    return printable(text).translate(_MARKDOWN).replace("://", ":&#47;&#47;")
