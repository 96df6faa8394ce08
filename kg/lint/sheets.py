"""Cheat sheets: the sections of their template, and words that must be spelt right to be understood."""

from __future__ import annotations

import re
from collections.abc import Iterator
from difflib import get_close_matches

from kg.findings import Severity
from kg.lint._context import Context
from kg.lint._rule import Problem, Rule
from kg.lint._unfinished import is_unfinished
from kg.page import Kind, Page

_LONGEST = 4
"""Words of the longest bullet that is a statement on openness."""
_FORMAT = re.compile(r"\b(?:file|data)?\s*(?:formats?|standards?|software)\b", re.IGNORECASE)


def _missing(page: Page, context: Context) -> Iterator[Problem]:
    profile = context.site.profile
    if not context.site.is_cheat_sheet(page.text("type")) or is_unfinished(page, context.site):
        return
    there = {profile.section(block.text) for block in page.blocks if block.kind is Kind.HEADING}
    for section in profile.table("sections"):
        if section not in there:
            yield Problem(page.body_line, f"no heading opens the section {section.replace('-', ' ')!r}")


def _openness(page: Page, context: Context) -> Iterator[Problem]:
    if not context.site.is_cheat_sheet(page.text("type")):
        return
    known = context.site.profile.table("statements")["openness"]
    for block in page.blocks:
        words = re.findall(r"\w+", block.text)
        if block.kind is not Kind.BULLET or block.links or not 0 < len(words) <= _LONGEST:
            continue
        rest = _FORMAT.sub("", block.text).split()
        for word in rest if len(rest) == 1 or len(rest) < len(words) else ():
            meant = get_close_matches(word.lower(), [term for term in known if len(term) > 4], n=1, cutoff=0.8)
            if meant and word.lower().strip(".,;") != meant[0]:
                yield Problem(block.line, f"{word!r} is misspelt; write {meant[0].capitalize()!r}")


RULES = (
    Rule("missing-section", Severity.NOTE, _missing),
    Rule("misspelt-openness", Severity.WARNING, _openness),
)
