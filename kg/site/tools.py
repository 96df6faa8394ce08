"""The list of tools and resources in a site's ``_data``, with their entries in registries."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from difflib import get_close_matches
from typing import Any

from kg.findings import Finding, Place, Severity
from kg.identifiers import fairsharing, registries
from kg.iri import whole_web_address
from kg.site.data_files import DataFile, text_of

TOOLS = ("tool_and_resource_list.yml", "tool_and_resource_list.yaml")
REGISTRIES = ("biotools", "europmc", "fairsharing", "fairsharing-coll", "tess")
"""The registries that the theme supports."""
_NONE = ("", "na", "n/a", "none", "-")


@dataclass(frozen=True, slots=True)
class Tool:
    """An entry of the list of tools and resources."""

    id: str
    """The id in ``{% tool "id" %}``; not unique if the list has a mistake."""
    name: str
    url: str
    """As written, not checked."""
    description: str
    registry: Mapping[str, str]
    """Registry of ``REGISTRIES`` → value as written, blanks trimmed; registries without a value are left out."""
    place: Place


@dataclass(frozen=True, slots=True)
class ToolList:
    """The tools of a site."""

    path: str = ""
    """The file, relative to the site's folder; empty if the site has none."""
    entries: tuple[Tool, ...] = ()
    """All entries, in the order of the file."""
    by_id: Mapping[str, Tool] = field(default_factory=dict)
    """Id → the entry that the theme uses: the first."""
    findings: tuple[Finding, ...] = ()


def read_tools(file: DataFile) -> ToolList:
    """Read the tools of a file, with the findings about them."""
    entries, findings = list[Tool](), list[Finding]()
    for index, (facts, place) in enumerate(file.entries()):
        if not text_of(facts, "id"):
            findings.append(_warning("tool-without-id", "no page can name this entry: it has no id", place))
            continue
        values = registry_values(facts)
        identifier, name, url, description = (text_of(facts, key) for key in ("id", "name", "url", "description"))
        entries.append(Tool(identifier, name, url, description, values, place))
        for key, severity, rule, message in _registry_problems(facts, values):
            findings.append(Finding(severity, rule, message, file.place(index, "registry", key)))
        if whole_web_address(url) is None:
            message = f"the address of tool {identifier!r} is none: {url!r}"
            findings.append(_warning("invalid-url", message, file.place(index, "url")))
    by_id = {tool.id: tool for tool in reversed(entries)}
    findings += [finding for tool in entries for finding in _tool_findings(tool, by_id)]
    return ToolList(file.path, tuple(entries), by_id, tuple(findings))


def registry_values(facts: Any) -> dict[str, str]:
    """Return registry → value of an entry with a ``registry`` mapping; keys in any case, ``NA`` counts as missing.

    >>> registry_values({"registry": {"biotools": "NA", "FAIRsharing": " 588e65 ", "tess": None}})
    {'fairsharing': '588e65'}
    """
    values = facts.get("registry") if isinstance(facts, dict) else None
    names = {str(key).strip().lower(): str(key) for key in values} if isinstance(values, dict) else {}
    found = {name: text_of(values, names[name]) for name in REGISTRIES if name in names}
    return {name: value for name, value in found.items() if value.lower() not in _NONE}


def _registry_problems(facts: Any, values: Mapping[str, str]) -> Iterator[tuple[str, Severity, str, str]]:
    """Yield key as written, severity, rule and message of each fault in an entry's ``registry``."""
    written = facts.get("registry") if isinstance(facts, dict) else None
    if written is not None and not isinstance(written, dict):
        yield "", Severity.WARNING, "unknown-registry", "the registry is no mapping from registry to identifier"
        return
    for key in map(str, written or ()):
        name = key.strip().lower()
        if key not in REGISTRIES:
            meant = get_close_matches(name, REGISTRIES, n=1)
            advice = f"write {meant[0]!r}" if meant else f"there are {', '.join(REGISTRIES)}"
            yield key, Severity.WARNING, "unknown-registry", f"no registry {key!r}; {advice}"
        if name in values and (problem := _value_problem(name, values[name])):
            yield key, *problem


def _value_problem(registry: str, value: str) -> tuple[Severity, str, str] | None:
    """Return severity, rule and message of the fault in a registry's value, or ``None``."""
    if registry.startswith("fairsharing"):
        return _fairsharing_problem(value)
    if registry == "biotools" and registries.biotools(value) is None:
        return Severity.WARNING, "invalid-biotools", f"{value!r} cannot be an identifier of bio.tools"
    if registry == "europmc" and registries.europe_pmc(value) is None:
        return Severity.WARNING, "invalid-europmc", f"{value!r} is no identifier of Europe PMC"
    return None


def _fairsharing_problem(value: str) -> tuple[Severity, str, str] | None:
    reference, rule = fairsharing.parse(value), "unknown-fairsharing"
    if reference is None:
        return Severity.WARNING, rule, f"{value!r} is no identifier of a FAIRsharing record"
    problem = fairsharing.unknown_reference(value, reference, fairsharing.FairsharingCrosswalk.load())
    return (problem[0], rule, f"{value!r}: {problem[1]}") if problem else None


def _tool_findings(tool: Tool, by_id: Mapping[str, Tool]) -> Iterator[Finding]:
    first = by_id[tool.id]
    if first is not tool:
        message = f"tool id {tool.id!r} is that of line {first.place.line} already, which tags on pages mean"
        yield _warning("duplicate-tool", message, tool.place)
    if not tool.name:
        yield _warning("tool-without-name", f"tool {tool.id!r} has no name", tool.place)


def _warning(rule: str, message: str, place: Place) -> Finding:
    return Finding(Severity.WARNING, rule, message, place)
