"""Cheat sheets: the sections of the template, and misspelt keywords."""

from __future__ import annotations

import re
from collections.abc import Iterator

from kg.closest import closest
from kg.findings import Severity
from kg.identifiers import fairsharing
from kg.lint.context import Context
from kg.lint.rule import Rule, RuleMatch
from kg.lint.unfinished import is_unfinished
from kg.page import Block, BlockKind, Page
from kg.site import DEEPEST_SECTION, Profile, Site

_LONGEST = 4
"""Maximum number of words of a bullet that states openness."""
_OF_A_SHEET = 4
"""Number of sections of the template by which a page is taken for a cheat sheet that lacks its type."""
_STANDARDS = frozenset({"data-format", "terminology", "reporting-guideline", "identifier-scheme", "standard"})
_EXCLUDED = {
    **dict.fromkeys(("data-types", "metadata-standards"), frozenset({"database", "knowledgebase", "policy"})),
    **dict.fromkeys(("reusable-sources", "deposition-repositories"), _STANDARDS | {"policy"}),
}
"""Section → kinds of records that do not belong in that section."""
_BEHIND_NAME = re.compile(r"(?:\(|\s[\u2013\u2014-]\s+)(\w+)\)?$")
"""A single word in brackets or after a dash at the end of a bullet."""


def _missing(page: Page, context: Context) -> Iterator[RuleMatch]:
    profile = context.site.profile
    if not context.site.is_cheat_sheet(page) or is_unfinished(page, context.site):
        return
    there = {profile.section(block.text) for block in page.blocks if block.kind is BlockKind.HEADING}
    for section in profile.table("sections"):
        if section not in there:
            yield RuleMatch(page.body_line, f"no heading opens the section {section.replace('-', ' ')!r}")


def _misspelt_section(page: Page, context: Context) -> Iterator[RuleMatch]:
    if not context.site.is_cheat_sheet(page):
        return
    for block in page.blocks:
        meant = context.site.profile.heading_meant(block.text) if 0 < block.level <= DEEPEST_SECTION else None
        if meant:
            yield RuleMatch(block.line, f"{block.text!r} opens no section of a cheat sheet; did you mean {meant!r}?")


def _no_sheet(page: Page, context: Context) -> Iterator[RuleMatch]:
    site = context.site
    if site.is_cheat_sheet(page):
        return
    types = sorted(site.profile.settings["cheat_sheet_types"])
    kind = site.page_type(page)
    near = closest(kind.lower(), types) if kind else None
    there = {site.profile.section(block.text) for block in page.blocks if block.kind is BlockKind.HEADING} - {None}
    if near:
        yield RuleMatch(page.line("type"), f"the type {kind!r} makes no cheat sheet; did you mean {near!r}?")
    elif types and len(there) >= _OF_A_SHEET:
        text = f"{len(there)} headings are those of a cheat sheet, which a page is only with 'type: {types[0]}'"
        yield RuleMatch(page.line("type"), text)


def _openness(page: Page, context: Context) -> Iterator[RuleMatch]:
    for line, word, meant in misspelt_openness(page, context.site):
        yield RuleMatch(line, f"{word!r} is misspelt; write {meant!r}")


def misspelt_openness(page: Page, site: Site) -> Iterator[tuple[int, str, str]]:
    """Yield line, word and right spelling of each misspelt statement of openness in a cheat sheet."""
    for block in page.blocks if site.is_cheat_sheet(page) else ():
        for word in _stating(block, site.profile) if block.kind is BlockKind.BULLET else ():
            meant = site.profile.openness_word(word)
            if meant and word.lower() != meant:
                yield block.line, word, meant.capitalize()


def _stating(block: Block, profile: Profile) -> list[str]:
    """Return the words of a bullet that may state whether a format is open."""
    last = block.links[-1] if block.links else None
    statement = block.text[last.at + len(last.label) :] if last else block.text
    words = re.findall(r"\w+", statement)
    if len(words) > _LONGEST:
        return _BEHIND_NAME.findall(statement)
    rest = profile.beside_format(statement)
    return rest if len(rest) == 1 or len(rest) < len(words) else _BEHIND_NAME.findall(statement)


def _other_kind(page: Page, context: Context) -> Iterator[RuleMatch]:
    if not context.site.is_cheat_sheet(page):
        return
    section = None
    for block in page.blocks:
        if block.level:
            section = context.site.profile.section(block.text) or section
        for link in block.links if section in _EXCLUDED else ():
            reference = fairsharing.parse_url(link.href)
            record = context.crosswalk.resolve(reference) if reference else None
            if record and record.kind in _EXCLUDED[section or ""]:
                kind, where = (text.replace("-", " ") for text in (record.kind, section or ""))
                name = record.abbreviation or record.name or link.label
                yield RuleMatch(
                    link.line, f"{name} is a {kind} to FAIRsharing, so it is not taken for one of the {where}"
                )


RULES = (
    Rule("other-kind", Severity.WARNING, _other_kind),
    Rule("missing-section", Severity.NOTE, _missing),
    Rule("misspelt-section", Severity.WARNING, _misspelt_section),
    Rule("not-a-cheat-sheet", Severity.WARNING, _no_sheet),
    Rule("misspelt-openness", Severity.WARNING, _openness),
)
