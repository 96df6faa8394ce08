"""The people and organisations that a site keeps in ``_data``; e-mail addresses are never read."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from difflib import get_close_matches

from kg.findings import Finding, Place, Severity
from kg.site.data_files import DataFile, text_of

CONTRIBUTORS = ("CONTRIBUTORS.yml", "CONTRIBUTORS.yaml", "contributors.yml", "contributors.yaml")
AFFILIATIONS = ("affiliations.yaml", "affiliations.yml", "AFFILIATIONS.yaml", "AFFILIATIONS.yml")
_PERSON_KEYS = ("orcid", "affiliation", "email", "git", "role", "image_url", "name")


@dataclass(frozen=True, slots=True)
class Person:
    """An entry of ``CONTRIBUTORS.yml``."""

    name: str
    orcid: str
    """As written, not checked."""
    affiliation: str
    """As written; several are separated by semicolons."""
    place: Place
    git: str = ""
    """Account at GitHub, not checked."""

    @property
    def organisations(self) -> tuple[str, ...]:
        """The names in ``affiliation``.

        >>> Person("Ada", "", "University A; Institute B;", Place("x", 1)).organisations
        ('University A', 'Institute B')
        """
        return tuple(name.strip() for name in self.affiliation.split(";") if name.strip())


@dataclass(frozen=True, slots=True)
class Organisation:
    """An entry of ``affiliations.yaml``."""

    name: str
    url: str
    pid: str
    """As written, not checked; ROR where it is one."""
    place: Place
    kind: str = ""
    """In the site's words: institution, infrastructure, project."""


def people(file: DataFile) -> dict[str, Person]:
    """The people of a file by name; the last of one name counts."""
    return {
        name: Person(name, text_of(facts, "orcid"), text_of(facts, "affiliation"), place, text_of(facts, "git"))
        for name, facts, place in file.named()
    }


def organisations(file: DataFile) -> dict[str, Organisation]:
    """The organisations of a file by name; the last of one name counts."""
    return {
        name: Organisation(name, text_of(facts, "url"), text_of(facts, "pid"), place, text_of(facts, "type"))
        for name, facts, place in file.named()
    }


def misspelt_keys(file: DataFile) -> Iterator[Finding]:
    """The keys of people that nothing reads and that look like one that is read."""
    for name, facts, place in file.named():
        for key in facts if isinstance(facts, dict) else ():
            meant = get_close_matches(str(key).lower(), _PERSON_KEYS, n=1, cutoff=0.75)
            if key not in _PERSON_KEYS and meant:
                message = f"{key!r} of {name} is read by nobody; write {meant[0]!r}"
                yield Finding(Severity.WARNING, "misspelt-key", message, place)


def repeated_names(file: DataFile) -> Iterator[Finding]:
    """The entries of a list whose name an entry above has already."""
    seen: dict[str, Place] = {}
    for name, _, place in file.named():
        if seen.setdefault(name, place) is not place:
            message = f"{name!r} is that of line {seen[name].line} already; the last one counts"
            yield Finding(Severity.WARNING, "duplicate-name", message, place)
