"""References: pages by page_id, tools by id, data management plans by uuid, laws by number."""

from __future__ import annotations

import re
from collections.abc import Iterator
from uuid import UUID

from kg.findings import Severity
from kg.identifiers import legislation
from kg.lint.context import Context
from kg.lint.rule import Rule, RuleMatch
from kg.page import Page
from kg.site.tools import TOOLS
from kg.site.yaml_text import Scalar


def _related(page: Page, context: Context) -> Iterator[tuple[Scalar, str, str]]:
    """Yield each related page of the front matter, at any depth: value, key of its group, page_id."""
    for scalar in context.front(page):
        page_id = scalar.value.strip()
        if "related_pages" in scalar.keys and page_id and not page_id.startswith("<!--"):
            yield scalar, scalar.keys[-1], page_id


def _unknown_page(page: Page, context: Context) -> Iterator[RuleMatch]:
    for scalar, group, page_id in _related(page, context):
        if page_id not in context.page_ids:
            advice = _advice(page, page_id, group, context)
            yield RuleMatch(scalar.line, f"no page of this site has the page_id {page_id!r}{advice}")


def _advice(page: Page, page_id: str, group: str, context: Context) -> str:
    if meant := context.file_names.get(page_id):
        return f"; {meant.path} has {meant.text('page_id')!r}"
    close = context.closest(page, page_id.lower().replace(" ", "_"), context.known_ids)
    if close is None:
        return ""
    types = _types_elsewhere(close, group, context)
    return f"; there is {close!r}" + (f" of type {' and '.join(map(repr, types))}" if types else "")


def _types_elsewhere(page_id: str, group: str, context: Context) -> tuple[str, ...]:
    """Return the types of a page if it is not shown under the key ``group`` of related pages."""
    types = context.page_ids[page_id].texts("type")
    return () if group in (*types, "related_pages") else tuple(types)


def _page_type(page: Page, context: Context) -> Iterator[RuleMatch]:
    for scalar, group, page_id in _related(page, context):
        if types := _types_elsewhere(page_id, group, context) if page_id in context.page_ids else ():
            kind = " and ".join(map(repr, types))
            yield RuleMatch(
                scalar.line, f"page {page_id!r} is listed under {group!r} but is of type {kind}, so it is not shown"
            )


def _unknown_tool(page: Page, context: Context) -> Iterator[RuleMatch]:
    if not context.tools:
        is_there = any(path.rpartition("/")[2] in TOOLS for path in context.data_paths(None))
        for tag in page.tool_tags if not is_there else ():  # a list without a tool has findings of its own
            yield RuleMatch(tag.line, f"no tool has the id {tag.tool!r}: this site has no list of tools")
        return
    for tag in page.tool_tags:
        if tag.tool not in context.tools:
            yield RuleMatch(tag.line, f"no tool has the id {tag.tool!r}{_close(page, tag.tool, context)}")
    for scalar in context.front(page):
        tool = scalar.value.strip()
        named = scalar.keys[-1:] == ("instance_of",) or scalar.keys[:1] == ("ref_to_main_resources",)
        if named and tool and not tool.startswith("<!--") and tool not in context.tools:
            yield RuleMatch(scalar.line, f"no tool has the id {tool!r}{_close(page, tool, context)}")


def _unknown_citation(page: Page, context: Context) -> Iterator[RuleMatch]:
    bibliography = context.site.bibliography
    if not bibliography.files or bibliography.findings:
        return
    for tag in page.cite_tags:
        if tag.key not in bibliography.sources:
            close = context.closest(page, tag.key, context.known_sources)
            advice = f"; there is {close!r}" if close else ""
            yield RuleMatch(tag.line, f"no entry of the bibliography has the key {tag.key!r}{advice}")


def _close(page: Page, tool: str, context: Context) -> str:
    close = context.closest(page, tool, context.known_tools)
    return f"; there is {close!r}" if close else ""


def _uuid(page: Page, context: Context) -> Iterator[RuleMatch]:
    for scalar in context.front(page):
        value = scalar.value.strip()
        # anything but a single word is a path or a template's id in the site's Data Stewardship Wizard
        if (
            scalar.keys[:1] == ("dsw",)
            and scalar.keys[-1] == "uuid"
            and re.fullmatch(r"[\w-]+", value)
            and not _is_uuid(value)
        ):
            yield RuleMatch(scalar.line, f"{value!r} is no uuid")


def _is_uuid(text: str) -> bool:
    try:
        return str(UUID(text)) == text.lower()
    except ValueError:
        return False


def _invalid_law(page: Page, context: Context) -> Iterator[RuleMatch]:
    for block in page.blocks:
        for start, written in legislation.impossible_laws_in(block.text):
            yield RuleMatch(block.line_at(start), f"{written} is no law: there is no such day")


RULES = (
    Rule("unknown-page", Severity.WARNING, _unknown_page),
    Rule("wrong-page-type", Severity.WARNING, _page_type),
    Rule("unknown-tool", Severity.WARNING, _unknown_tool),
    Rule("unknown-citation", Severity.WARNING, _unknown_citation),
    Rule("invalid-law", Severity.WARNING, _invalid_law),
    Rule("invalid-uuid", Severity.WARNING, _uuid),
)
