"""The people and organisations that a site keeps in ``_data``; e-mail addresses are never read."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from kg.findings import Finding, Place, Severity
from kg.yaml_text import Document, YamlError, parse

CONTRIBUTORS = ("CONTRIBUTORS.yml", "CONTRIBUTORS.yaml", "contributors.yml", "contributors.yaml")
AFFILIATIONS = ("affiliations.yaml", "affiliations.yml")


@dataclass(frozen=True, slots=True)
class Person:
    """An entry of ``CONTRIBUTORS.yml``."""

    name: str
    orcid: str
    """As written, not checked."""
    affiliation: str
    place: Place


@dataclass(frozen=True, slots=True)
class Organisation:
    """An entry of ``affiliations.yaml``."""

    name: str
    url: str
    pid: str
    """As written, not checked; ROR where it is one."""
    place: Place


@dataclass(frozen=True, slots=True)
class Directory:
    """Whom a site knows, and what is wrong with the files that say so."""

    people: Mapping[str, Person]
    organisations: Mapping[str, Organisation]
    findings: tuple[Finding, ...]


def read_directory(data: Path) -> Directory:
    """Read a site's ``_data`` folder; a file that cannot be read is a finding and counts as empty."""
    findings: list[Finding] = []
    persons, organisations = _load(data, CONTRIBUTORS, findings), _load(data, AFFILIATIONS, findings)
    return Directory(
        {
            name: Person(name, _text(facts, "orcid"), _text(facts, "affiliation"), persons.place(name))
            for name, facts in _named(persons.document.data)
        },
        {
            name: Organisation(name, _text(facts, "url"), _text(facts, "pid"), organisations.place(name))
            for name, facts in _named(organisations.document.data)
        },
        tuple(findings),
    )


@dataclass(frozen=True, slots=True)
class _File:
    name: str
    document: Document

    def place(self, key: str) -> Place:
        return Place(self.name, self.document.lines.get(key, 1))


def _named(data: Any) -> Iterator[tuple[str, Any]]:
    """Entries of a list of mappings with a ``name``, or of a mapping from name to facts."""
    if isinstance(data, dict):
        yield from ((str(key), facts) for key, facts in data.items())
    elif isinstance(data, list):
        yield from ((_text(entry, "name"), entry) for entry in data if _text(entry, "name"))


def _load(data: Path, names: tuple[str, ...], findings: list[Finding]) -> _File:
    file = next((data / name for name in names if (data / name).is_file()), None)
    if file is None:
        return _File("_data", Document(None, {}, ()))
    name = f"_data/{file.name}"
    try:
        document = parse(file.read_text(encoding="utf-8-sig"))
    except (YamlError, UnicodeDecodeError) as error:
        place = Place(name, getattr(error, "line", 1))
        findings.append(Finding(Severity.ERROR, "data-file", f"this file is left out: {error}", place))
        return _File(name, Document(None, {}, ()))
    findings += [
        Finding(Severity.WARNING, "duplicate-key", f"{key!r} stands here again; the last one counts", Place(name, line))
        for key, line in document.duplicates
    ]
    return _File(name, document)


def _text(facts: Mapping[str, Any] | Any, key: str) -> str:
    value = facts.get(key) if isinstance(facts, dict) else None
    return value.strip() if isinstance(value, str) else ""
