"""Tab-separated tables with a YAML header in ``#`` comments: the form of every file in ``ontology/crosswalks``."""

from __future__ import annotations

import csv
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from operator import itemgetter
from pathlib import Path
from typing import Any

import yaml

from kg.errors import CrosswalkError, in_words
from kg.resources import shipped

CROSSWALKS = shipped("ontology") / "crosswalks"
"""Folder of the shipped crosswalks."""


@dataclass(frozen=True, slots=True)
class CrosswalkTable:
    """The contents of a table file, not yet split into cells."""

    path: Path
    metadata: dict[str, Any]
    """Parsed YAML of the comment header."""
    columns: tuple[str, ...]
    lines: list[str]
    """Lines of the file after the column names."""
    first_line: int
    """1-based line of ``lines[0]`` in the file."""

    def rows(self) -> Iterator[tuple[int, list[str]]]:
        """Yield each row with the 1-based line of its end; cells are in the order of ``columns``.

        Raises:
            CrosswalkError: when a row does not have a cell for every column.
        """
        reader = csv.reader(self.lines, delimiter="\t")
        width = len(self.columns)
        for cells in reader:
            line = self.first_line + reader.line_num - 1
            if len(cells) != width:
                raise CrosswalkError(f"{self.path}:{line}: {len(cells)} cells, but there are {width} columns")
            yield line, cells

    def select(self, columns: Sequence[str]) -> Iterator[tuple[int, tuple[str, ...]]]:
        """Yield the cells of at least two columns of each row, in that order, with the 1-based line of the row's end.

        Raises:
            CrosswalkError: as :meth:`rows` does.
        """
        chosen = itemgetter(*map(self.columns.index, columns))
        return ((line, chosen(cells)) for line, cells in self.rows())


def read_table(path: Path, required: Sequence[str]) -> CrosswalkTable:
    """Read the table in a file.

    Raises:
        CrosswalkError: when the file cannot be read, its header is malformed, or it lacks a required column.
    """
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
        raise CrosswalkError(f"{path}: cannot be read: {in_words(error)}") from error


def _metadata(path: Path, comments: list[str]) -> dict[str, Any]:
    try:
        data = yaml.safe_load("\n".join(line[1:] for line in comments)) or {}
    except yaml.YAMLError as error:
        raise CrosswalkError(f"{path}:1: the comment header is not YAML: {error}") from error
    if not isinstance(data, dict):
        raise CrosswalkError(f"{path}:1: the comment header is not a YAML mapping")
    return data
