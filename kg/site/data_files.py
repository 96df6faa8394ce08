"""The files of a site's ``_data`` folder; each entry has its line."""

from __future__ import annotations

import csv
import os
import re
from collections.abc import Container, Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path, PurePath
from typing import Any

from kg.errors import in_words
from kg.findings import Finding, Place, Severity
from kg.site.characters import control_findings, without_controls
from kg.site.yaml_text import YamlDocument, YamlError, parse, read_text

FOLDER = "_data"
SUFFIXES = (".yml", ".yaml", ".json")
"""File name extensions that are read; JSON is a subset of YAML."""
_TABLES = {".csv": ",", ".tsv": "\t"}
"""File name extension of a table, which only templates see → what stands between its fields."""
_RANKS = (".yaml", ".yml", ".json", *_TABLES)
"""File name extensions: of files with one name Jekyll takes the one whose extension stands last."""

LARGEST = 5_000_000
"""Maximum size of a file in bytes: ten times the longest list of these sites."""
_REMEMBERED = 16
"""Number of texts that are not parsed again: of the site's lists, and of ``site.data`` of its templates."""


@dataclass(frozen=True, slots=True)
class DataFile:
    """A file of ``_data``; empty if it is missing or cannot be read."""

    path: str
    """Relative to the site's folder; empty if there is no such file."""
    document: YamlDocument

    def entries(self) -> Iterator[tuple[Any, Place]]:
        """Yield the entries of a top-level list with their places."""
        data = self.document.data
        for entry, line in zip(data if isinstance(data, list) else (), self.document.items, strict=False):
            yield entry, Place(self.path, line)

    def place(self, entry: int, *keys: str) -> Place:
        """Return the place of a key of a list entry, or of a key in a mapping of it, else the place of the entry."""
        lines = self.document.item_lines[entry]
        return Place(self.path, lines.get(keys, lines.get(keys[:1], self.document.items[entry])))

    def named(self) -> Iterator[tuple[str, Any, Place]]:
        """Yield name, facts and place of the entries of a list of mappings with a ``name``, or of a mapping by name."""
        data = self.document.data
        for key, facts in data.items() if isinstance(data, dict) else ():
            yield str(key), facts, Place(self.path, self.document.lines.get(key, 1))
        for entry, place in self.entries():
            if name := text_of(entry, "name"):
                yield name, entry, place


MISSING = DataFile("", YamlDocument(None, {}, ()))


def load(folder: Path, names: Sequence[str], findings: list[Finding]) -> DataFile:
    """Read the first of the named files that exists in a ``_data`` folder; faults are appended to ``findings``."""
    for name in names:
        if _is_own(folder / name, folder):
            return MISSING if _is_too_large(folder / name) else read(folder, folder / name, findings)
        if os.path.lexists(folder / name):
            findings.append(_left_out(f"{FOLDER}/{name}", "it is no file of this folder"))
    return MISSING


def read(folder: Path, file: Path, findings: list[Finding]) -> DataFile:
    """Read a file below a ``_data`` folder; if it cannot be read it is empty and ``findings`` has the reason."""
    path = f"{FOLDER}/{file.relative_to(folder).as_posix()}"
    try:
        text = read_text(file)
        document = _parsed(without_controls(text))
    except YamlError as error:
        findings.append(_left_out(path, str(error), error.line))
        return MISSING
    except OSError as error:
        findings.append(_left_out(path, in_words(error)))
        return MISSING
    findings += [
        Finding(Severity.WARNING, "duplicate-key", f"{key!r} stands here again; the last one counts", Place(path, line))
        for key, line in document.duplicates
    ]
    findings += [*control_findings(text, path), *escaped_controls(document, path)]
    return DataFile(path, document)


_parsed = lru_cache(_REMEMBERED)(parse)


def escaped_controls(document: YamlDocument, path: str) -> Iterator[Finding]:
    """Yield a finding for each value of a YAML document in which a control character is left out."""
    for line in document.controls:
        message = "the control character that is written here as an escape is left out; delete it"
        yield Finding(Severity.WARNING, "control-character", message, Place(path, line))


def tree(folder: Path) -> dict[str, Any]:
    """Return ``site.data`` as Jekyll's templates see it: nested mappings by folder and by file name without extension.

    Unreadable files are left out; :func:`faults` reports them.
    """
    found: dict[str, Any] = {}
    folders = {PurePath(): found}
    for file in sorted((*files(folder), *_tables(folder)), key=_precedence):
        path = file.relative_to(folder)
        for inner in reversed(path.parents):
            if inner not in folders:
                folders[inner] = folders[inner.parent][_name(inner.name)] = {}
        is_table = file.suffix.lower() in _TABLES
        folders[path.parent][_name(path.stem)] = _rows(file) if is_table else read(folder, file, []).document.data
    return found


def _precedence(file: Path) -> tuple[int, int, Path]:
    return len(file.parts), _RANKS.index(file.suffix.lower()), file


def _name(name: str) -> str:
    """Return the name of a file or folder in ``site.data`` (``DataReader#sanitize_filename``).

    >>> _name("my tools"), _name("köök.v2")
    ('my_tools', 'kkv2')
    """
    return re.sub(r"\s+", "_", re.sub(r"[^\w\s-]+|^\s+|\s+$", "", name, flags=re.ASCII), flags=re.ASCII)


def _tables(folder: Path) -> Iterator[Path]:
    return (file for file in _candidates(folder, _TABLES) if _is_utf8(file) and not _is_too_large(file))


def _rows(file: Path) -> list[dict[str | None, str | None]]:
    """Return the rows of a table, each by the names in the first one; none of a table with a fault."""
    table, fault = _table(file)
    return [] if fault else [_row(table[0], row) for row in table[1:]]


def _table(file: Path) -> tuple[list[list[str]], tuple[str, int] | None]:
    """Return the rows of a table, and why and at which line it cannot be read, or ``None``."""
    rows, line = list[list[str]](), 1
    try:
        with file.open(encoding="utf-8", newline="") as source:
            reader = csv.reader(source, delimiter=_TABLES[file.suffix.lower()], strict=True)
            for row in reader:
                rows.append(row)
                line = reader.line_num + 1
    except (OSError, UnicodeDecodeError, csv.Error) as error:
        return rows, (in_words(error), line)
    return rows, None


def _row(head: list[str], row: list[str]) -> dict[str | None, str | None]:
    """Return a row by names: of equal names the first counts, and an empty field is nil, as without quotes in Ruby."""
    names = [name or None for name in head] + [None] * (len(row) - len(head))
    fields = [field or None for field in row] + [None] * (len(names) - len(row))
    return dict(zip(reversed(names), reversed(fields), strict=True))


def _left_out(path: str, why: str, line: int = 1) -> Finding:
    return Finding(Severity.ERROR, "data-file", f"this file is left out: {why}", Place(path, line))


def files(folder: Path) -> Iterator[Path]:
    """Return the files of a ``_data`` folder that are read, sorted; all are inside the folder and have UTF-8 names."""
    return (file for file in _candidates(folder) if _is_utf8(file.relative_to(folder)) and not _is_too_large(file))


def left_out(folder: Path) -> Iterator[Finding]:
    """Yield a finding for each file of a ``_data`` folder that is not read because of its name, size or format."""
    for file in _candidates(folder, _RANKS):
        path = file.relative_to(folder)
        if not _is_utf8(path):
            yield _left_out(f"{FOLDER}/{printable_path(path)}", "its name is not UTF-8")
        elif _is_too_large(file):
            yield _left_out(f"{FOLDER}/{path.as_posix()}", f"it is larger than {LARGEST // 1_000_000} MB")
        elif file.suffix.lower() in _TABLES and (fault := _table(file)[1]):
            yield _left_out(f"{FOLDER}/{path.as_posix()}", *fault)


def faults(folder: Path) -> Iterator[Finding]:
    """Yield a finding for each file of a ``_data`` folder that is no YAML or JSON, which ends Jekyll's build."""
    for file in files(folder):
        found = list[Finding]()
        read(folder, file, found)
        yield from (finding for finding in found if finding.severity is Severity.ERROR)


def printable_path(path: PurePath) -> str:
    """Return a path with bytes that are not UTF-8 escaped."""
    return os.fsencode(path).decode("utf-8", "backslashreplace")


def _is_utf8(path: PurePath) -> bool:
    return printable_path(path) == str(path)


def _candidates(folder: Path, suffixes: Container[str] = SUFFIXES) -> Iterator[Path]:
    for file in sorted(folder.rglob("*")) if folder.is_dir() else ():
        if file.suffix.lower() in suffixes and _is_own(file, folder):
            yield file


def _is_too_large(file: Path) -> bool:
    return file.stat().st_size > LARGEST


def _is_own(file: Path, folder: Path) -> bool:
    """Return whether a file is a regular file of this folder, and no link to another place."""
    return file.is_file() and file.resolve().is_relative_to(folder.resolve())


def text_of(facts: Mapping[str, Any] | Any, key: str) -> str:
    """Return a value as text; empty if it is missing, null, a comment of a template, or not a scalar.

    >>> text_of({"name": " VIB ", "url": "<!--- the address --->", "pid": None}, "name")
    'VIB'
    >>> text_of({"url": "<!--- the address --->"}, "url"), text_of(None, "url")
    ('', '')
    """
    value = facts.get(key) if isinstance(facts, dict) else None
    return value.strip() if isinstance(value, str) and not value.lstrip().startswith("<!--") else ""
