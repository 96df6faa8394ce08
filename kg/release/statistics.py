"""Counts of the statements of a release, by the classes of their subjects and objects."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field, fields
from itertools import groupby
from operator import itemgetter
from pathlib import Path
from typing import Any

from kg.vocab import RDF, RDM, XSD

TARGETS = {
    "bio.tools": "https://bio.tools/",
    "Creative Commons": "https://creativecommons.org/",
    "Crossref Funder Registry": "https://doi.org/10.13039/",
    "DICOM": "http://dicom.nema.org/",
    "EDAM": "http://edamontology.org/",
    "EU authority tables": "http://publications.europa.eu/resource/authority/",
    "EUR-Lex": "http://data.europa.eu/eli/",
    "Europe PMC": "https://europepmc.org/article/",
    "FAIRsharing": "https://doi.org/10.25504/FAIRsharing.",
    "identifiers.org": "https://identifiers.org/",
    "Lovdata": "https://lovdata.no/eli/",
    "ORCID": "https://orcid.org/",
    "re3data": "https://www.re3data.org/repository/",
    "ROR": "https://ror.org/",
    "TeSS": "https://tess.elixir-europe.org/",
    "Wikidata": "http://www.wikidata.org/entity/",
}
"""Name of a data set that releases link to → namespace of its IRIs."""
_SPACES = tuple(f"<{space}" for space in TARGETS.values())
_TYPE, _SHEET = f"<{RDF.type}>", f"<{RDM.CheatSheet}>"
_LANGUAGE_STRING, _STRING = f"<{RDF.langString}>", f"<{XSD.string}>"


@dataclass(slots=True)
class PropertyCount:
    """Counts of the statements with one property, of all subjects or of the instances of one class."""

    triples: int = 0
    subjects: int = 0
    """Number of distinct subjects."""
    classes: Counter[str] = field(default_factory=Counter)
    """Class → number of statements whose object is an instance of it."""
    datatypes: Counter[str] = field(default_factory=Counter)
    """Datatype → number of statements whose object is a literal of it."""


@dataclass(slots=True)
class Statistics:
    """Counts of the distinct statements of a release; terms are as in N-Quads."""

    triples: int = 0
    entities: int = 0
    """Number of subjects with a type."""
    subjects: int = 0
    objects: int = 0
    properties: dict[str, PropertyCount] = field(default_factory=dict)
    classes: Counter[str] = field(default_factory=Counter)
    """Class → number of instances."""
    class_properties: dict[str, dict[str, PropertyCount]] = field(default_factory=dict)
    """Class → property → counts of the statements about its instances."""
    links: Counter[tuple[str, str]] = field(default_factory=Counter)
    """Namespace of another data set and property → number of statements that link to it."""
    example: str = ""
    """Cheat sheet as an N-Quads term; empty if there is none."""


def count(graph: Path) -> Statistics:
    """Count the statements of a sorted ``graph.nq`` in one pass, holding hashes of subjects and objects in memory.

    Subjects with the same classes are counted together; the classes of an object that comes later are resolved at the
    end.
    """
    found, tally = Statistics(), _Tally()
    for subject, statements in groupby(_triples(graph), key=itemgetter(0)):
        about = [(p, o) for _, p, o in statements]
        classes = tuple(o for p, o in about if p == _TYPE)
        tally.add(subject, classes, about)
        found.triples += len(about)
        found.subjects += 1
        found.entities += bool(classes)
        found.example = found.example or (subject if _SHEET in classes else "")
        for p, o in about:
            if o.startswith(_SPACES) and p != _TYPE:
                target = next(space[1:] for space in _SPACES if o.startswith(space))
                found.links[target, p] += not subject.startswith(f"<{target}")
    found.links = +found.links
    found.objects = len(tally.objects)
    tally.resolve(found)
    return found


def plain(found: Statistics) -> dict[str, Any]:
    """Return counts as a JSON value, from which :func:`of_plain` makes the same."""
    values = {each.name: getattr(found, each.name) for each in fields(found)}
    return values | {
        "properties": _plain(found.properties),
        "class_properties": {name: _plain(counts) for name, counts in found.class_properties.items()},
        "links": [[*link, times] for link, times in found.links.items()],
    }


def of_plain(values: Mapping[str, Any]) -> Statistics:
    """Return the counts of a value of :func:`plain`."""
    return Statistics(
        **{
            **values,
            "properties": _of_plain(values["properties"]),
            "classes": Counter(values["classes"]),
            "class_properties": {name: _of_plain(counts) for name, counts in values["class_properties"].items()},
            "links": Counter({(space, p): times for space, p, times in values["links"]}),
        }
    )


def _plain(counts: Mapping[str, PropertyCount]) -> dict[str, list[Any]]:
    return {p: [each.triples, each.subjects, each.classes, each.datatypes] for p, each in counts.items()}


def _of_plain(values: Mapping[str, Sequence[Any]]) -> dict[str, PropertyCount]:
    return {
        p: PropertyCount(triples, subjects, Counter(classes), Counter(datatypes))
        for p, (triples, subjects, classes, datatypes) in values.items()
    }


class _Tally:
    """Counts by the number of a combination of classes instead of by class."""

    def __init__(self) -> None:
        self.objects = set[int]()
        self._numbers = dict[tuple[str, ...], int]()
        self._of = dict[int, int]()
        """Hash of a subject → number of its classes."""
        self._sizes = Counter[int]()
        self._subjects = Counter[tuple[int, str]]()
        self._values = Counter[tuple[int, str, int | str]]()
        """Number of classes, property, and number of the object's classes or datatype of the literal → statements."""
        self._later = Counter[tuple[int, str, int]]()
        """The same with the hash of an object that was no subject yet."""

    def add(self, subject: str, classes: tuple[str, ...], about: list[tuple[str, str]]) -> None:
        number = self._of[hash(subject)] = self._numbers.setdefault(classes, len(self._numbers))
        self._sizes[number] += 1
        before = ""
        for p, o in about:
            code = hash(o)
            self.objects.add(code)
            if p != before:
                self._subjects[number, p] += 1
                before = p
            if o[0] == '"':
                self._values[number, p, _datatype(o)] += 1
            elif code in self._of:
                self._values[number, p, self._of[code]] += 1
            else:
                self._later[number, p, code] += 1

    def resolve(self, found: Statistics) -> None:
        """Add the counts by class and property."""
        none = self._numbers.setdefault((), len(self._numbers))
        for (number, p, code), times in self._later.items():
            self._values[number, p, self._of.get(code, none)] += times
        classes = list(self._numbers)
        for number, times in self._sizes.items():
            found.classes.update(dict.fromkeys(classes[number], times))
        for (number, p), times in self._subjects.items():
            for counted in _counted(found, classes[number], p):
                counted.subjects += times
        for (number, p, value), times in self._values.items():
            for counted in _counted(found, classes[number], p):
                counted.triples += times
                if isinstance(value, str):
                    counted.datatypes[value] += times
                else:
                    counted.classes.update(dict.fromkeys(classes[value], times))


def _counted(found: Statistics, classes: tuple[str, ...], p: str) -> Iterator[PropertyCount]:
    """Yield the counts of a property as a whole and for each of the classes."""
    yield found.properties.setdefault(p, PropertyCount())
    for each in classes:
        yield found.class_properties.setdefault(each, {}).setdefault(p, PropertyCount())


def _datatype(literal: str) -> str:
    """Return the datatype of a literal as an N-Quads term.

    >>> _datatype('"1"^^<http://www.w3.org/2001/XMLSchema#integer>')
    '<http://www.w3.org/2001/XMLSchema#integer>'
    >>> _datatype('"a"@en')[-11:], _datatype('"a"')[-7:]
    ('langString>', 'string>')
    """
    if literal[-1] == '"':
        return _STRING
    return literal[literal.rindex("^^<") + 2 :] if literal[-1] == ">" else _LANGUAGE_STRING


def _triples(graph: Path) -> Iterator[list[str]]:
    """Yield the distinct statements: in a sorted file, the copies of one in several graphs are adjacent."""
    before = ""
    with graph.open(encoding="utf-8", newline="\n") as lines:
        for line in lines:
            triple = line.rsplit(" ", 2)[0]
            if triple != before:
                before = triple
                yield triple.split(" ", 2)
