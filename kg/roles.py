"""The roles of mentions as the ontology declares them: direct properties and classes of targets."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import cache

from kg.declarations import DECLARATIONS, TYPE
from kg.vocab import RDFS, RDM, ROLE, SKOS


@dataclass(frozen=True, slots=True)
class Role:
    """The role of a mention, which is the purpose of its target for the reader."""

    name: str
    """Last part of the IRI, such as ``data-format``."""
    label: str
    direct: str | None
    """IRI of the property that links the page directly to the target; ``None`` if there is none."""
    classes: tuple[str, ...]
    """IRIs of the classes of the target, the most specific first; can be empty."""
    recommends: bool
    """True if the page recommends the target."""

    @property
    def iri(self) -> str:
        """IRI of the role."""
        return ROLE.base + self.name

    def of(self, thing: str, *, is_direct: bool = True) -> str:
        """Return in words what a page does with a thing of this role, by the label of the direct property.

        If it is not ``is_direct``, the page is linked to the thing by no direct property: what is named among laws need
        not be a law.

        >>> roles()["deposition-repository"].of("PRIDE"), roles()["license"].of("MIT")
        ('recommends deposit in PRIDE', 'names MIT as licence')
        >>> roles()["regulation"].of("MIAPE", is_direct=False)
        'names MIAPE as regulation'
        """
        if self.direct is None or not is_direct:
            return f"names {thing} as {self.label}"
        (verb,) = DECLARATIONS[self.direct][RDFS.label]
        return f"{verb} {thing} as {self.label}" if self.direct == RDM.recommends else f"{verb} {thing}"


@cache
def roles() -> Mapping[str, Role]:
    """Return all roles by name, in the order of the ontology.

    >>> roles()["data-format"].direct, roles()["data-format"].recommends, roles()["contact"].recommends
    ('https://w3id.org/rdm-kg/ont#recommendsFormat', True, False)
    """
    return {iri.removeprefix(ROLE.base): _role(iri) for iri, term in DECLARATIONS.items() if RDM.Role in term[TYPE]}


def recommending() -> tuple[Role, ...]:
    """Return the roles whose mentions are recommendations."""
    return tuple(role for role in roles().values() if role.recommends)


def recommending_properties() -> tuple[str, ...]:
    """Return the IRIs of the properties of recommendations, the most specific first."""
    found = dict.fromkeys(role.direct for role in recommending() if role.direct != RDM.recommends)
    return (*(iri for iri in found if iri), RDM.recommends)


@cache
def roles_by_term() -> Mapping[str, frozenset[str]]:
    """Return a mapping of direct property or class to the IRIs of the roles that imply it.

    >>> [iri.rpartition("/")[2] for iri in roles_by_term()[RDM.recommendsFormat]]
    ['data-format']
    """
    terms = {term for role in roles().values() for term in (role.direct, *role.classes) if term}
    return {
        term: frozenset(role.iri for role in roles().values() if term == role.direct or term in role.classes)
        for term in terms
    }


def _role(iri: str) -> Role:
    declared = DECLARATIONS[iri]
    prop = next(iter(declared.get(RDM.directProperty, ())), None)
    (label,) = declared[SKOS.prefLabel]
    recommends = prop is not None and RDM.recommends in _with_those_above(prop)
    return Role(iri.removeprefix(ROLE.base), label, prop, declared.get(RDM.targetClass, ()), recommends)


def _with_those_above(prop: str) -> Iterator[str]:
    """Yield a property and its superproperties, the nearest first."""
    yield prop
    for upper in DECLARATIONS.get(prop, {}).get(RDFS.subPropertyOf, ()):
        yield from _with_those_above(upper)
