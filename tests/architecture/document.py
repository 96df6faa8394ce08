"""The tables of ``ARCHITECTURE.md``."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass

from tests.conftest import ROOT

TEXT = (ROOT / "ARCHITECTURE.md").read_text(encoding="utf-8")
_CODE = re.compile(r"`([^`]+)`")


@dataclass(frozen=True)
class Row:
    """A row of the table of things to add."""

    files: tuple[str, ...]
    """Files to touch, relative to the repository; ``<name>`` stands for the name of what is added."""
    tests: tuple[str, ...]


def rows(heading: str) -> Iterator[list[str]]:
    """Yield the cells of each row of the table below a heading."""
    section = TEXT.partition(f"\n## {heading}\n")[2].partition("\n## ")[0]
    lines = [line for line in section.splitlines() if line.startswith("|")]
    for line in lines[2:]:
        yield [cell.strip() for cell in line.strip("|").split("|")]


def packages() -> list[str]:
    """Return the packages that have a row, in order."""
    return [name.strip("`") for name, _ in rows("Packages")]


def additions() -> dict[str, Row]:
    """Return what can be added, with its row."""
    return {
        thing: Row(tuple(_CODE.findall(files)), tuple(_CODE.findall(tests)))
        for thing, files, tests in rows("To add something")
    }
