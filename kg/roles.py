"""The roles of mentions as the ontology declares them: what a role says directly, and of what class its thing is.

``ontology/rdm.ttl`` is read as text, one property a line as the file is written, so that neither the server nor
``kg check`` needs an RDF library; a test holds the result against rdflib's.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import cache

from kg.resources import shipped
from kg.vocab import PREFIXES, RDFS, RDM, ROLE, SKOS

_SUBJECT = re.compile(r"^(\w+:[\w-]+) a (.+?) [;.]$", re.MULTILINE)
_PROPERTY = re.compile(r"^ {4}(\w+:\w+) (.+?) [;.]$", re.MULTILINE)
_TEXT = re.compile(r'"(.*)"(?:@[\w-]+)?')


@dataclass(frozen=True, slots=True)
class Role:
    """What the thing of a mention is to the reader."""

    name: str
    """Last part of its IRI, such as ``data-format``."""
    label: str
    direct: str | None
    """IRI of the property from a page to the thing that the role stands for; ``None`` where there is none."""
    classes: tuple[str, ...]
    """IRIs of the classes that the thing has, the most telling first; empty where the role says nothing of its kind."""
    recommends: bool
    """Whether the page recommends the thing."""

    @property
    def iri(self) -> str:
        """The role's IRI."""
        return ROLE.base + self.name


@cache
def roles() -> Mapping[str, Role]:
    """Return every role by name, in the ontology's order.

    >>> roles()["data-format"].direct, roles()["data-format"].recommends, roles()["contact"].recommends
    ('https://w3id.org/rdm-kg/ont#recommendsFormat', True, False)
    """
    declared = dict(_declared())
    return {
        iri.removeprefix(ROLE.base): _role(iri, declared)
        for iri, said in declared.items()
        if iri.startswith(ROLE.base) and RDM.Role in said.get(_TYPE, ())
    }


def recommending() -> tuple[Role, ...]:
    """Return the roles by which a page recommends a thing."""
    return tuple(role for role in roles().values() if role.recommends)


def recommending_properties() -> tuple[str, ...]:
    """Return the IRIs of the properties by which a page recommends a thing, the more telling before the less."""
    found = dict.fromkeys(role.direct for role in recommending() if role.direct != RDM.recommends)
    return (*(iri for iri in found if iri), RDM.recommends)


@cache
def roles_by_term() -> Mapping[str, frozenset[str]]:
    """Return for each direct property and class the IRIs of the roles whose mentions say it.

    >>> [iri.rpartition("/")[2] for iri in roles_by_term()[RDM.recommendsFormat]]
    ['data-format']
    """
    terms = {term for role in roles().values() for term in (role.direct, *role.classes) if term}
    return {
        term: frozenset(role.iri for role in roles().values() if term == role.direct or term in role.classes)
        for term in terms
    }


_TYPE = "a"
_Declared = Mapping[str, Mapping[str, tuple[str, ...]]]
"""IRI of a term → IRI of a property → IRIs and texts."""


def _declared() -> Iterator[tuple[str, Mapping[str, tuple[str, ...]]]]:
    """Read the terms of the ontology with those of their properties that stand on one line."""
    text = (shipped("ontology") / "rdm.ttl").read_text(encoding="utf-8")
    starts = list(_SUBJECT.finditer(text))
    for start, end in zip(starts, [*(found.start() for found in starts[1:]), len(text)], strict=True):
        lines = _PROPERTY.finditer(text, start.end(), end)
        said = {_expanded(line[1]): _objects(line[2]) for line in lines}
        yield _expanded(start[1]), {_TYPE: _objects(start[2]), **said}


def _objects(text: str) -> tuple[str, ...]:
    found = _TEXT.fullmatch(text)
    return (found[1],) if found else tuple(_expanded(name) for name in text.split(", "))


def _expanded(name: str) -> str:
    prefix, colon, local = name.partition(":")
    return PREFIXES[prefix] + local if colon and prefix in PREFIXES else name


def _role(iri: str, declared: _Declared) -> Role:
    said = declared[iri]
    prop = next(iter(said.get(RDM.directProperty, ())), None)
    (label,) = said[SKOS.prefLabel]
    recommends = prop is not None and RDM.recommends in _with_those_above(prop, declared)
    return Role(iri.removeprefix(ROLE.base), label, prop, said.get(RDM.targetClass, ()), recommends)


def _with_those_above(prop: str, declared: _Declared) -> Iterator[str]:
    """Yield a property and those that it is a sub-property of, the nearest first."""
    yield prop
    for upper in declared.get(prop, {}).get(RDFS.subPropertyOf, ()):
        yield from _with_those_above(upper, declared)
