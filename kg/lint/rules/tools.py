"""The list of tools as a whole: entries that no page names, and entries that stand twice."""

from __future__ import annotations

from collections.abc import Iterator

from kg.findings import Severity
from kg.iri import host_and_path
from kg.lint.context import Context, SourceFile, identity
from kg.lint.rule import Rule, RuleMatch
from kg.page import Page
from kg.site.data_files import text_of


def _unused(file: SourceFile, context: Context) -> Iterator[RuleMatch]:
    tools = context.site.directory.tool_list
    for tool in tools.by_id.values() if file.path == tools.path else ():
        if context.is_unused(tool.id):
            yield RuleMatch(tool.place.line, f"no page names the tool {tool.id!r}")


def _doubled(file: SourceFile, context: Context) -> Iterator[RuleMatch]:
    """Find the entries with the address or name of an earlier one under another id."""
    tools = context.site.directory.tool_list
    for tool in tools.entries if file.path == tools.path else ():
        for what, value in identity(tool.name, tool.url):
            first = context.tools_by_identity.get((what, value), tool)
            if first.id != tool.id and tools.by_id[tool.id] is tool:
                yield RuleMatch(
                    tool.place.line, f"this tool has the {what} of the one in line {first.place.line}", Severity.NOTE
                )
                break


def _as_resource(page: Page, context: Context) -> Iterator[RuleMatch]:
    """Find the national resources that are in the list of tools and do not say so."""
    listed = page.front.get("national_resources")
    for entry in listed if isinstance(listed, list) and context.tools else ():
        if text_of(entry, "instance_of"):
            continue
        name, url = text_of(entry, "name"), text_of(entry, "url")
        same = (context.tools_by_identity.get(key) for key in identity(name, url))
        tool = next(filter(None, same), None)
        if tool and not _is_neighbour(url, tool.url):
            is_listed = tool.id in page.texts("ref_to_main_resources")
            advice = "the page refers to it already" if is_listed else f"say so by instance_of: {tool.id}"
            yield RuleMatch(
                next((scalar.line for scalar in context.front(page) if scalar.value.strip() in (name, url)), 1),
                f"the resource {name} is in the list of tools; {advice}",
                Severity.NOTE,
            )


def _is_neighbour(url: str, other: str) -> bool:
    """Return whether two addresses are other places of one host; an instance has a host of its own."""
    place, another = host_and_path(url), host_and_path(other)
    return place is not None and another is not None and place[0] == another[0] and place[1] != another[1]


RULES = (
    Rule("unused-tool", Severity.NOTE, on_data=_unused),
    Rule("duplicate-tool", Severity.WARNING, _as_resource, _doubled),
)
