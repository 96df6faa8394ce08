"""The people and organisations in a site's ``_data``; e-mail addresses are never read."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from difflib import get_close_matches
from pathlib import Path

from kg.findings import Finding, Place, Severity
from kg.iri import whole_web_address
from kg.site import templates
from kg.site.data_files import DataFile, text_of

CONTRIBUTORS = ("CONTRIBUTORS.yml", "CONTRIBUTORS.yaml", "contributors.yml", "contributors.yaml")
SUPPORTED_BY = ("supported_by.yml", "supported_by.yaml", "SUPPORTED_BY.yml", "SUPPORTED_BY.yaml")
"""The file of the organisations of a site."""
AFFILIATIONS = ("affiliations.yaml", "affiliations.yml", "AFFILIATIONS.yaml", "AFFILIATIONS.yml")
"""The same file as older versions of the theme call it."""
_MOST_LINES = 100
"""Lines of an entry in which a key is looked for, at most."""
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


def misspelt_keys(file: DataFile, site: Path) -> Iterator[Finding]:
    """Yield a finding for each key of a person that is misspelt, as :func:`keys_meant` decides it."""
    meant = keys_meant(file, site)
    text = (site / file.path).read_text(encoding="utf-8-sig").split("\n") if meant else []
    for name, facts, place in file.named():
        for key in meant.keys() & facts.keys() if isinstance(facts, dict) else ():
            advice = f"; write {meant[key]!r}" if meant[key] not in facts else ""
            where = Place(place.path, _line_of(key, text, place.line))
            yield Finding(Severity.WARNING, "misspelt-key", f"{key!r} of {name} is not read{advice}", where)


def _line_of(key: str, text: Sequence[str], begin: int) -> int:
    """Return the first line with a key at or behind the line ``begin``, both 1-based; ``begin`` if there is none."""
    written = re.compile(rf"[\s-]*[\"']?{re.escape(key)}[\"']?\s*:")
    behind = range(begin, min(begin + _MOST_LINES, len(text)) + 1)
    return next((number for number in behind if written.match(text[number - 1])), begin)


def keys_meant(file: DataFile, site: Path) -> dict[str, str]:
    """Return each key of people that nothing reads → the one that it resembles.

    A key that a template of the site in the folder ``site`` reads is none of them.
    """
    keys = {str(key) for _, facts, _ in file.named() for key in (facts if isinstance(facts, dict) else ())}
    found = {
        key: meant[0]
        for key in sorted(keys.difference(_PERSON_KEYS))
        if (meant := get_close_matches(key.lower(), _PERSON_KEYS, n=1, cutoff=0.75))
    }
    read = templates.keys_read(site, found)
    return {key: meant for key, meant in found.items() if key not in read}


def repeated_names(file: DataFile) -> Iterator[Finding]:
    """Yield a finding for each entry with the name of an earlier one."""
    seen: dict[str, Place] = {}
    for name, _, place in file.named():
        if seen.setdefault(name, place) is not place:
            message = f"{name!r} is that of line {seen[name].line} already; the last one counts"
            yield Finding(Severity.WARNING, "duplicate-name", message, place)
