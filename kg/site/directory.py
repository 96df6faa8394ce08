"""The people, organisations, tools and linked data in the data files of a site."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from kg.findings import Finding
from kg.site import data_files
from kg.site.data_files import DataFile
from kg.site.people import (
    AFFILIATIONS,
    CONTRIBUTORS,
    SUPPORTED_BY,
    Organisation,
    Person,
    misspelt_keys,
    organisations,
    people,
    repeated_names,
    wrong_addresses,
)
from kg.site.tools import TOOLS, Tool, ToolList, read_tools

_KEYWORDS = (b"@context", b"@graph", b"@type")
_READ = (*CONTRIBUTORS, *AFFILIATIONS, *SUPPORTED_BY, *TOOLS)
"""Names of the files that are no linked data."""


@dataclass(frozen=True, slots=True)
class Directory:
    """Entities of a site's data files, and the findings about these files."""

    people: Mapping[str, Person]
    organisations: Mapping[str, Organisation]
    findings: tuple[Finding, ...]
    tool_list: ToolList = field(default_factory=ToolList)
    linked_data: Mapping[str, Any] = field(default_factory=dict)
    """Path of a JSON-LD file written as YAML → its data, scalars as text."""

    @property
    def tools(self) -> Mapping[str, Tool]:
        """Id → the tool that the id refers to on pages."""
        return self.tool_list.by_id


def read_directory(data: Path) -> Directory:
    """Read a site's ``_data`` folder; a file that cannot be read is reported as a finding and taken as empty."""
    findings: list[Finding] = []
    contributors = data_files.load(data, CONTRIBUTORS, findings)
    organised = [data_files.load(data, names, findings) for names in (AFFILIATIONS, SUPPORTED_BY)]
    tools = read_tools(data_files.load(data, TOOLS, findings))
    known = {contributors.path, tools.path, *(file.path for file in organised)}
    linked_data = {file.path: file.document.data for file in _linked_data(data, findings) if file.path not in known}
    findings += [*misspelt_keys(contributors, data.parent), *repeated_names(contributors)]
    for file in organised:
        findings += [*repeated_names(file), *wrong_addresses(file)]
    findings += [*tools.findings, *data_files.left_out(data)]
    findings += [finding for finding in data_files.faults(data) if finding not in findings]
    known_organisations = {name: each for file in organised for name, each in organisations(file).items()}
    return Directory(people(contributors), known_organisations, tuple(findings), tools, linked_data)


def read_people(data: Path) -> DataFile:
    """Return the file of people in a site's ``_data`` folder; empty if there is none that can be read."""
    return data_files.load(data, CONTRIBUTORS, [])


def _linked_data(data: Path, findings: list[Finding]) -> Iterator[DataFile]:
    for file in data_files.files(data):
        content = _content(file)
        if file.name not in _READ and any(word in content for word in _KEYWORDS):
            yield data_files.read(data, file, findings)


def _content(file: Path) -> bytes:
    try:
        return file.read_bytes()
    except OSError:
        return _KEYWORDS[0]  # data_files.read will report why it cannot be read
