"""Format query results as tables for a terminal."""

from __future__ import annotations

import shutil
from collections.abc import Mapping, Sequence
from typing import Any

from kg.vocab import prefixed_name


def table(results: Mapping[str, Any], headings: Mapping[str, str]) -> tuple[str, int]:
    """Return SPARQL JSON results as text, and their number: a table, or a block for each row if it is too wide.

    ``headings`` are those of variables that have one, in their order; a column that has one and no value is left out.
    Values that are the same in all of several rows stand once above them.

    >>> row = {"role": {"type": "uri", "value": "https://w3id.org/rdm-kg/role/data-format"}}
    >>> print(table({"head": {"vars": ["role"]}, "results": {"bindings": [row]}}, {"role": "Role"})[0], end="")
    Role
    ----------------
    role:data-format
    """
    if "boolean" in results:
        return ("yes\n" if results["boolean"] else "no\n"), 1
    found = results["results"]["bindings"]
    if not found:
        return "", 0
    given = results["head"]["vars"]
    ordered = dict.fromkeys([*(name for name in headings if name in given), *given])
    columns = {name: [_cell(row.get(name)) for row in found] for name in ordered}
    columns = {name: cells for name, cells in columns.items() if name not in headings or any(cells)}
    same = {name for name, cells in columns.items() if len(cells) > 1 and len(set(cells)) == 1}
    if len(same) == len(columns):  # rows that are all alike are only to be counted
        same = set()
    above = [(headings.get(name, name), cells[0]) for name, cells in columns.items() if name in same]
    names = [headings.get(name, name) for name in columns if name not in same]
    rows = list(zip(*(cells for name, cells in columns.items() if name not in same), strict=True))
    once = f"{_block(above)}\n" if above else ""
    return once + _aligned(names, rows), len(found)


def _aligned(names: Sequence[str], rows: Sequence[Sequence[str]]) -> str:
    widths = [max(map(len, column)) for column in zip(names, *rows, strict=True)]
    if sum(widths) + 2 * len(widths) > shutil.get_terminal_size((120, 24)).columns:
        return "\n".join(_block(list(zip(names, row, strict=True))) for row in rows)
    lines = [names, ["-" * width for width in widths], *rows]
    text = ("  ".join(cell.ljust(width) for cell, width in zip(line, widths, strict=True)).rstrip() for line in lines)
    return "\n".join(text) + "\n"


def _block(cells: Sequence[tuple[str, str]]) -> str:
    width = max(len(name) for name, _ in cells)
    return "".join(f"{name.ljust(width)}  {cell}\n" for name, cell in cells if cell)


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
