"""Formats of the report on FAIRsharing records; every function returns the whole text."""

from __future__ import annotations

import csv
import io
import json
from collections.abc import Callable, Mapping, Sequence
from typing import Any

from kg.fairsharing.report import Entry, UseToMend
from kg.findings import markdown_text, printable

_COLUMNS = (
    "record", "name", "abbreviation", "called", "identifiers", "page", "tool", "recommends", "role", "site", "file",
    "line", "written", "mend",
)  # fmt: skip


def as_table(entries: Sequence[Entry]) -> str:
    """Format the report for a terminal: a paragraph for each record, a line for each place."""
    return "\n".join(_paragraph(entry) for entry in entries)


def as_csv(entries: Sequence[Entry]) -> str:
    """Format the report as CSV (RFC 4180): a row for each place, which begins with the record's facts."""
    out = io.StringIO()
    writer = csv.writer(out)
    writer.writerow(_COLUMNS)
    for entry in entries:
        for place in entry.places:
            writer.writerow([*_facts_of(entry), *_facts_at(place)])
    return out.getvalue()


def as_markdown(entries: Sequence[Entry]) -> str:
    """Format the report as Markdown: a heading and a table for each record."""
    return "\n".join(_chapter(entry) for entry in entries)


def as_json(entries: Sequence[Entry]) -> str:
    """Format the report as JSON: a list with an object for each record, which contains its places."""
    return json.dumps([_object(entry) for entry in entries], indent=1, ensure_ascii=False) + "\n"


FORMATS: Mapping[str, Callable[[Sequence[Entry]], str]] = {
    "table": as_table,
    "csv": as_csv,
    "markdown": as_markdown,
    "json": as_json,
}


def _paragraph(entry: Entry) -> str:
    lines = [entry.name, f"  {entry.iri}"]
    lines += [f"  ids: {', '.join(entry.identifiers)}"] if entry.identifiers else []
    lines += [f"  called: {'; '.join(entry.labels)}"] if entry.labels else []
    lines += [f"  recommended by: {', '.join(entry.recommended_by)}"] if entry.recommended_by else []
    for place in entry.places:
        use = place.use
        lines.append(f"  {use.place}: {use.written or use.label}{f' ({use.role})' if use.role else ''}")
        lines += [f"    mend: {place.mend}"] if place.mend else []
    return "".join(f"{printable(line)}\n" for line in lines)


def _chapter(entry: Entry) -> str:
    rows = [
        f"| {markdown_text(place.use.place)} | {markdown_text(place.use.identifier)} | {markdown_text(place.use.role)} "
        f"| {markdown_text(place.use.tool)} | {markdown_text(place.use.written)} | {markdown_text(place.mend)} |\n"
        for place in entry.places
    ]
    more = [words for words in (", ".join(entry.identifiers), "; ".join(entry.labels)) if words]
    about = "  \n".join([f"## {markdown_text(entry.name)}\n\n<{entry.iri}>", *map(markdown_text, more)])
    head = "| where | page | as | tool | written | to mend |\n| --- | --- | --- | --- | --- | --- |\n"
    return f"{about}\n\n{head}{''.join(rows)}"


def _object(entry: Entry) -> dict[str, Any]:
    record = entry.record
    return {
        "record": entry.iri,
        "name": entry.name,
        "abbreviation": record.abbreviation if record else "",
        "registry": record.registry if record else "",
        "type": (record.asserted_type if record else None) or "",
        "called": list(entry.labels),
        "identifiers": list(entry.identifiers),
        "recommended_by": list(entry.recommended_by),
        "places": [_place(place) for place in entry.places],
    }


def _place(place: UseToMend) -> dict[str, Any]:
    use = place.use
    return {
        "site": use.site,
        "path": use.path,
        "line": use.line or None,
        "by": use.by,
        "identifier": use.identifier,
        "tool": use.tool,
        "title": use.title,
        "label": use.label,
        "role": use.role,
        "recommends": use.recommends,
        "written": use.written,
        "mend": place.mend,
    }


def _facts_of(entry: Entry) -> tuple[str, ...]:
    abbreviation = entry.record.abbreviation if entry.record else ""
    return entry.iri, entry.name, abbreviation, "; ".join(entry.labels), " ".join(entry.identifiers)


def _facts_at(place: UseToMend) -> tuple[str, ...]:
    use = place.use
    line = str(use.line) if use.line else ""
    recommends = "yes" if use.recommends else "no"
    return use.identifier, use.tool, recommends, use.role, use.site, use.path, line, use.written, place.mend
