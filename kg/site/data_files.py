"""The files of a site's ``_data`` folder, each entry with its line."""

from __future__ import annotations

import os
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path, PurePath
from typing import Any

from kg.findings import Finding, Place, Severity
from kg.site.yaml_text import YamlDocument, YamlError, parse

FOLDER = "_data"
SUFFIXES = (".yml", ".yaml", ".json")
"""File name endings that are read; JSON is YAML too."""


LARGEST = 5_000_000
"""Bytes of the largest file that is read: ten times what the longest list of these sites has."""


@dataclass(frozen=True, slots=True)
class DataFile:
    """A file of ``_data``; one that is missing or cannot be read is empty."""

    path: str
    """Relative to the site's folder; empty where there is no such file."""
    document: YamlDocument

    def entries(self) -> Iterator[tuple[Any, Place]]:
        """The entries of a top-level list."""
        data = self.document.data
        for entry, line in zip(data if isinstance(data, list) else (), self.document.items, strict=False):
            yield entry, Place(self.path, line)

    def place(self, entry: int, *keys: str) -> Place:
        """Place of a key of an entry of a top-level list, or of a key in a mapping of it; else the entry's own."""
        lines = self.document.item_lines[entry]
        return Place(self.path, lines.get(keys, lines.get(keys[:1], self.document.items[entry])))

    def named(self) -> Iterator[tuple[str, Any, Place]]:
        """Entries of a list of mappings with a ``name``, or of a mapping from name to facts."""
        data = self.document.data
        for key, facts in data.items() if isinstance(data, dict) else ():
            yield str(key), facts, Place(self.path, self.document.lines.get(key, 1))
        for entry, place in self.entries():
            if name := text_of(entry, "name"):
                yield name, entry, place


MISSING = DataFile("", YamlDocument(None, {}, ()))


def load(folder: Path, names: Sequence[str], findings: list[Finding]) -> DataFile:
    """The first of these files that a ``_data`` folder has; what is wrong with it goes to ``findings``."""
    for name in names:
        if _is_own(folder / name, folder):
            return MISSING if _is_too_large(folder / name) else read(folder, folder / name, findings)
        if os.path.lexists(folder / name):
            findings.append(_left_out(f"{FOLDER}/{name}", "it is no file of this folder"))
    return MISSING


def read(folder: Path, file: Path, findings: list[Finding]) -> DataFile:
    """A file below a ``_data`` folder; one that cannot be read is a finding and counts as empty."""
    path = f"{FOLDER}/{file.relative_to(folder).as_posix()}"
    try:
        document = parse(file.read_text(encoding="utf-8-sig"))
    except (YamlError, UnicodeDecodeError) as error:
        findings.append(_left_out(path, str(error), getattr(error, "line", 1)))
        return MISSING
    except OSError as error:
        findings.append(_left_out(path, str(error.strerror)))
        return MISSING
    findings += [
        Finding(Severity.WARNING, "duplicate-key", f"{key!r} stands here again; the last one counts", Place(path, line))
        for key, line in document.duplicates
    ]
    return DataFile(path, document)


def tree(folder: Path) -> dict[str, Any]:
    """What Jekyll's templates see as ``site.data``: each file under its name without the ending, folders as mappings.

    What cannot be read is left out; whoever reads the site's directory tells why.
    """
    found: dict[str, Any] = {}
    for file in files(folder):
        path = file.relative_to(folder)
        inner = found
        for name in path.parent.parts:
            if not isinstance(inner.get(name), dict):
                inner[name] = {}
            inner = inner[name]
        inner.setdefault(path.stem, read(folder, file, []).document.data)
    return found


def _left_out(path: str, why: str, line: int = 1) -> Finding:
    return Finding(Severity.ERROR, "data-file", f"this file is left out: {why}", Place(path, line))


def files(folder: Path) -> Iterator[Path]:
    """Every file of a ``_data`` folder that is read, sorted; none lies outside of it, all names are UTF-8."""
    return (file for file in _candidates(folder) if _is_utf8(file.relative_to(folder)) and not _is_too_large(file))


def left_out(folder: Path) -> Iterator[Finding]:
    """A finding for each file of a ``_data`` folder that is left out because of its name or its size."""
    for file in _candidates(folder):
        path = file.relative_to(folder)
        if not _is_utf8(path):
            yield _left_out(f"{FOLDER}/{printable_path(path)}", "its name is not UTF-8")
        elif _is_too_large(file):
            yield _left_out(f"{FOLDER}/{path.as_posix()}", f"it is larger than {LARGEST // 1_000_000} MB")


def printable_path(path: PurePath) -> str:
    """A path with the bytes spelled out that are not UTF-8; any other path as it is."""
    return os.fsencode(path).decode("utf-8", "backslashreplace")


def _is_utf8(path: PurePath) -> bool:
    return printable_path(path) == str(path)


def _candidates(folder: Path) -> Iterator[Path]:
    for file in sorted(folder.rglob("*")) if folder.is_dir() else ():
        if file.suffix.lower() in SUFFIXES and _is_own(file, folder):
            yield file


def _is_too_large(file: Path) -> bool:
    return file.stat().st_size > LARGEST


def _is_own(file: Path, folder: Path) -> bool:
    """Whether it is a file of this folder and no link to somewhere else."""
    return file.is_file() and file.resolve().is_relative_to(folder.resolve())


def text_of(facts: Mapping[str, Any] | Any, key: str) -> str:
    """A value as text; empty where it is missing, null, a template's comment, or no scalar.

    >>> text_of({"name": " VIB ", "url": "<!--- the address --->", "pid": None}, "name")
    'VIB'
    >>> text_of({"url": "<!--- the address --->"}, "url"), text_of(None, "url")
    ('', '')
    """
    value = facts.get(key) if isinstance(facts, dict) else None
    return value.strip() if isinstance(value, str) and not value.lstrip().startswith("<!--") else ""
