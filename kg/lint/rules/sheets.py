"""Cheat sheets: the sections of their template, and words that must be spelt right to be understood."""

from __future__ import annotations

import re
from collections.abc import Iterator

from kg.findings import Severity
from kg.lint.context import Context
from kg.lint.rule import Rule, RuleMatch
from kg.lint.unfinished import is_unfinished
from kg.page import Block, BlockKind, Page
from kg.site import Profile

_LONGEST = 4
"""Words of the longest bullet that is a statement on openness."""
_BEHIND_NAME = re.compile(r"(?:\(|\s[\u2013\u2014-]\s+)(\w+)\)?$")
"""The one word in brackets or behind a dash that ends a bullet."""


def _missing(page: Page, context: Context) -> Iterator[RuleMatch]:
    profile = context.site.profile
    if not context.site.is_cheat_sheet(page) or is_unfinished(page, context.site):
        return
    there = {profile.section(block.text) for block in page.blocks if block.kind is BlockKind.HEADING}
    for section in profile.table("sections"):
        if section not in there:
            yield RuleMatch(page.body_line, f"no heading opens the section {section.replace('-', ' ')!r}")


def _openness(page: Page, context: Context) -> Iterator[RuleMatch]:
    if not context.site.is_cheat_sheet(page):
        return
    profile = context.site.profile
    for block in page.blocks:
        for word in _stating(block, profile) if block.kind is BlockKind.BULLET else ():
            meant = profile.openness_word(word)
            if meant and word.lower() != meant:
                yield RuleMatch(block.line, f"{word!r} is misspelt; write {meant.capitalize()!r}")


def _stating(block: Block, profile: Profile) -> list[str]:
    """Return the words of a bullet that may say whether a format is open."""
    last = block.links[-1] if block.links else None
    said = block.text[last.at + len(last.label) :] if last else block.text
    words = re.findall(r"\w+", said)
    if len(words) > _LONGEST:
        return _BEHIND_NAME.findall(said)
    rest = profile.beside_format(said)
    return rest if len(rest) == 1 or len(rest) < len(words) else _BEHIND_NAME.findall(said)


RULES = (
    Rule("missing-section", Severity.NOTE, _missing),
    Rule("misspelt-openness", Severity.WARNING, _openness),
)
