"""The people and organisations in a site's ``_data``; e-mail addresses are never read."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from difflib import get_close_matches

from kg.findings import Finding, Place, Severity
from kg.iri import whole_web_address
from kg.site.data_files import DataFile, text_of

CONTRIBUTORS = ("CONTRIBUTORS.yml", "CONTRIBUTORS.yaml", "contributors.yml", "contributors.yaml")
SUPPORTED_BY = ("supported_by.yml", "supported_by.yaml", "SUPPORTED_BY.yml", "SUPPORTED_BY.yaml")
"""The file of the organisations of a site."""
AFFILIATIONS = ("affiliations.yaml", "affiliations.yml", "AFFILIATIONS.yaml", "AFFILIATIONS.yml")
"""The same file as older versions of the theme call it."""
_PERSON_KEYS = ("orcid", "affiliation", "email", "git", "role", "image_url", "name")


@dataclass(frozen=True, slots=True)
class Person:
    """An entry of ``CONTRIBUTORS.yml``."""

    name: str
    orcid: str
    """As written, not checked."""
    affiliation: str
    """As written; names are separated by semicolons."""
    place: Place
    git: str = ""
    """GitHub account, not checked."""

    @property
    def organisations(self) -> tuple[str, ...]:
        """The names in ``affiliation``.

        >>> Person("Ada", "", "University A; Institute B;", Place("x", 1)).organisations
        ('University A', 'Institute B')
        """
        return tuple(name.strip() for name in self.affiliation.split(";") if name.strip())


@dataclass(frozen=True, slots=True)
class Organisation:
    """An entry of ``supported_by.yml`` or ``affiliations.yml``."""

    name: str
    url: str
    pid: str
    """As written, not checked; often a ROR id."""
    place: Place
    kind: str = ""
    """The site's own term, such as institution, infrastructure or project."""


def people(file: DataFile) -> dict[str, Person]:
    """Return the people of a file by name; of entries with the same name, the last."""
    return {
        name: Person(name, text_of(facts, "orcid"), text_of(facts, "affiliation"), place, text_of(facts, "git"))
        for name, facts, place in file.named()
    }


def organisations(file: DataFile) -> dict[str, Organisation]:
    """Return the organisations of a file by name; of entries with the same name, the last."""
    return {
        name: Organisation(name, text_of(facts, "url"), text_of(facts, "pid"), place, text_of(facts, "type"))
        for name, facts, place in file.named()
    }


def wrong_addresses(file: DataFile) -> Iterator[Finding]:
    """Yield a finding for each organisation whose ``url`` is no address of the web."""
    for name, facts, place in file.named():
        url = text_of(facts, "url")
        if url and whole_web_address(url) is None:
            message = f"the address of {name!r} is none: {url!r}"
            yield Finding(Severity.WARNING, "invalid-url", message, place)


def misspelt_keys(file: DataFile) -> Iterator[Finding]:
    """Yield a finding for each key of a person that is not read and resembles one that is."""
    for name, facts, place in file.named():
        for key in facts if isinstance(facts, dict) else ():
            meant = get_close_matches(str(key).lower(), _PERSON_KEYS, n=1, cutoff=0.75)
            if key not in _PERSON_KEYS and meant:
                message = f"{key!r} of {name} is not read; write {meant[0]!r}"
                yield Finding(Severity.WARNING, "misspelt-key", message, place)


def repeated_names(file: DataFile) -> Iterator[Finding]:
    """Yield a finding for each entry with the name of an earlier one."""
    seen: dict[str, Place] = {}
    for name, _, place in file.named():
        if seen.setdefault(name, place) is not place:
            message = f"{name!r} is that of line {seen[name].line} already; the last one counts"
            yield Finding(Severity.WARNING, "duplicate-name", message, place)
