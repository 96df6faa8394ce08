"""The roles of mentions as the ontology declares them: what a role says directly, and of what class its thing is."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import cache

from kg.declarations import DECLARATIONS, TYPE
from kg.vocab import RDFS, RDM, ROLE, SKOS


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

    def of(self, thing: str) -> str:
        """Return in words what a page does with a thing of this role, by the label of the direct property.

        >>> roles()["deposition-repository"].of("PRIDE"), roles()["license"].of("MIT")
        ('recommends deposit in PRIDE', 'names MIT as licence')
        """
        if self.direct is None:
            return f"names {thing} as {self.label}"
        (verb,) = DECLARATIONS[self.direct][RDFS.label]
        return f"{verb} {thing} as {self.label}" if self.direct == RDM.recommends else f"{verb} {thing}"


@cache
def roles() -> Mapping[str, Role]:
    """Return every role by name, in the ontology's order.

    >>> roles()["data-format"].direct, roles()["data-format"].recommends, roles()["contact"].recommends
    ('https://w3id.org/rdm-kg/ont#recommendsFormat', True, False)
    """
    return {iri.removeprefix(ROLE.base): _role(iri) for iri, said in DECLARATIONS.items() if RDM.Role in said[TYPE]}


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


def _role(iri: str) -> Role:
    said = DECLARATIONS[iri]
    prop = next(iter(said.get(RDM.directProperty, ())), None)
    (label,) = said[SKOS.prefLabel]
    recommends = prop is not None and RDM.recommends in _with_those_above(prop)
    return Role(iri.removeprefix(ROLE.base), label, prop, said.get(RDM.targetClass, ()), recommends)


def _with_those_above(prop: str) -> Iterator[str]:
    """Yield a property and those that it is a sub-property of, the nearest first."""
    yield prop
    for upper in DECLARATIONS.get(prop, {}).get(RDFS.subPropertyOf, ()):
        yield from _with_those_above(upper)
