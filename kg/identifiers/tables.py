"""Tab-separated tables with a YAML header in ``#`` comments: the form of every file in ``ontology/crosswalks``."""

from __future__ import annotations

import csv
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from operator import itemgetter
from pathlib import Path
from typing import Any

import yaml

from kg.errors import CrosswalkError
from kg.resources import shipped

CROSSWALKS = shipped("ontology") / "crosswalks"
"""The folder of the crosswalks that ship with the program."""


@dataclass(frozen=True, slots=True)
class CrosswalkTable:
    """A table as its file says it; every row has a cell for every column."""

    path: Path
    metadata: dict[str, Any]
    """The YAML of the comment header."""
    columns: tuple[str, ...]
    lines: list[str]
    """The file's lines below the column names."""
    first_line: int
    """1-based line of ``lines[0]`` in the file."""

    def rows(self) -> Iterator[tuple[int, list[str]]]:
        """Each row, in the order of ``columns``, with the 1-based line where it ends."""
        reader = csv.reader(self.lines, delimiter="\t")
        width = len(self.columns)
        for cells in reader:
            line = self.first_line + reader.line_num - 1
            if len(cells) != width:
                raise CrosswalkError(f"{self.path}:{line}: {len(cells)} cells, but there are {width} columns")
            yield line, cells

    def select(self, columns: Sequence[str]) -> Iterator[tuple[int, tuple[str, ...]]]:
        """Each row's cells of at least two columns, in that order, with the 1-based line where the row ends."""
        chosen = itemgetter(*map(self.columns.index, columns))
        return ((line, chosen(cells)) for line, cells in self.rows())


def read_table(path: Path, required: Sequence[str]) -> CrosswalkTable:
    """The table in a file; raises :class:`kg.errors.CrosswalkError` unless it has the required columns."""
    lines = _lines(path)
    header = next((n for n, line in enumerate(lines) if not line.startswith("#")), len(lines))
    if header == len(lines):
        raise CrosswalkError(f"{path}: no line with column names")
    columns = tuple(lines[header].split("\t"))
    if missing := [name for name in required if name not in columns]:
        raise CrosswalkError(f"{path}:{header + 1}: no column {', '.join(missing)}; there are {', '.join(columns)}")
    return CrosswalkTable(path, _metadata(path, lines[:header]), columns, lines[header + 1 :], header + 2)


def _lines(path: Path) -> list[str]:
    try:
        return path.read_text("utf-8").splitlines()
    except (OSError, UnicodeDecodeError) as error:
        raise CrosswalkError(f"{path}: cannot be read: {error}") from error


def _metadata(path: Path, comments: list[str]) -> dict[str, Any]:
    try:
        data = yaml.safe_load("\n".join(line[1:] for line in comments)) or {}
    except yaml.YAMLError as error:
        raise CrosswalkError(f"{path}:1: the comment header is not YAML: {error}") from error
    if not isinstance(data, dict):
        raise CrosswalkError(f"{path}:1: the comment header is not a YAML mapping")
    return data
