"""Format query results as tables for a terminal."""

from __future__ import annotations

import shutil
from collections.abc import Mapping
from typing import Any

from kg.vocab import prefixed_name


def table(results: Mapping[str, Any], headings: Mapping[str, str]) -> tuple[str, int]:
    """Return SPARQL JSON results as text, and their number: a table, or a block for each row if it is too wide.

    ``headings`` are those of variables that have one; a column that has one and no value is left out.

    >>> row = {"role": {"type": "uri", "value": "https://w3id.org/rdm-kg/role/data-format"}}
    >>> print(table({"head": {"vars": ["role"]}, "results": {"bindings": [row]}}, {"role": "Role"})[0], end="")
    Role
    ----------------
    role:data-format
    """
    if "boolean" in results:
        return ("yes\n" if results["boolean"] else "no\n"), 1
    found = results["results"]["bindings"]
    variables = [name for name in results["head"]["vars"] if name not in headings or any(name in row for row in found)]
    rows = [[_cell(row.get(name)) for name in variables] for row in found]
    names = [headings.get(name, name) for name in variables]
    widths = [max(map(len, column)) for column in zip(names, *rows, strict=True)]
    if sum(widths) + 2 * len(widths) > shutil.get_terminal_size((120, 24)).columns:
        return _blocks(names, rows), len(rows)
    lines = [names, ["-" * width for width in widths], *rows]
    text = ("  ".join(cell.ljust(width) for cell, width in zip(line, widths, strict=True)).rstrip() for line in lines)
    return "\n".join(text) + "\n", len(rows)


def _blocks(names: list[str], rows: list[list[str]]) -> str:
    width = max(map(len, names))
    blocks = (
        "".join(f"{name.ljust(width)}  {cell}\n" for name, cell in zip(names, row, strict=True) if cell) for row in rows
    )
    return "\n".join(blocks)


def _cell(term: Mapping[str, Any] | None) -> str:
    """Return a term on one line, with control characters replaced by spaces."""
    if term is None:
        return ""
    if term["type"] == "triple":
        return " ".join(_cell(term["value"][part]) for part in ("subject", "predicate", "object"))
    text = str(term["value"])
    if term["type"] == "uri":
        text = prefixed_name(text)
    return "".join(character if character.isprintable() else " " for character in text)
