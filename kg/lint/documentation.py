"""The documentation pages of the rules."""

from __future__ import annotations

import re
from dataclasses import dataclass
from pathlib import Path

from kg.closest import did_you_mean
from kg.errors import UnknownName

_DOCS = Path(__file__).with_name("docs")
_HEADING = re.compile(r"# (?P<name>[\w-]+)\n\n(?P<summary>[^\n]+(?:\n[^\n]+)*)\n")


@dataclass(frozen=True, slots=True)
class Documentation:
    """The documentation page of a rule."""

    summary: str
    """The page's first paragraph, on one line."""
    text: str
    """The whole page, Markdown."""


def documented(rule: str) -> Documentation:
    """Return the documentation page of a rule.

    Raises:
        UnknownName: when there is no such rule; the message lists the rules.
    """
    there = sorted(file.stem for file in _DOCS.glob("*.md"))
    if rule not in there:
        raise UnknownName(f"no rule {rule!r}; {did_you_mean(rule, there)}")
    text = (_DOCS / f"{rule}.md").read_text(encoding="utf-8")
    heading = _HEADING.match(text)
    return Documentation(" ".join(heading["summary"].split()) if heading else "", text)
