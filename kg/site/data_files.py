"""The files of a site's ``_data`` folder; each entry has its line."""

from __future__ import annotations

import os
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path, PurePath
from typing import Any

from kg.findings import Finding, Place, Severity
from kg.site.characters import control_findings, without_controls
from kg.site.yaml_text import YamlDocument, YamlError, parse

FOLDER = "_data"
SUFFIXES = (".yml", ".yaml", ".json")
"""File name extensions that are read; JSON is a subset of YAML."""


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
        text = file.read_text(encoding="utf-8-sig")
        document = _parsed(without_controls(text))
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

    Unreadable files are left out; :func:`kg.site.directory.read_directory` reports them.
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
    """Return the files of a ``_data`` folder that are read, sorted; all are inside the folder and have UTF-8 names."""
    return (file for file in _candidates(folder) if _is_utf8(file.relative_to(folder)) and not _is_too_large(file))


def left_out(folder: Path) -> Iterator[Finding]:
    """Yield a finding for each file of a ``_data`` folder that is not read because of its name or size."""
    for file in _candidates(folder):
        path = file.relative_to(folder)
        if not _is_utf8(path):
            yield _left_out(f"{FOLDER}/{printable_path(path)}", "its name is not UTF-8")
        elif _is_too_large(file):
            yield _left_out(f"{FOLDER}/{path.as_posix()}", f"it is larger than {LARGEST // 1_000_000} MB")


def printable_path(path: PurePath) -> str:
    """Return a path with bytes that are not UTF-8 escaped."""
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
