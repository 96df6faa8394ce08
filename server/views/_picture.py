"""A thing's neighbours around it, as places for a picture; the page draws them as SVG and lists the same ones."""

from __future__ import annotations

import math
from dataclasses import dataclass

from kg.vocab import ADMS, DCAT, DCT, RDF, RDFS
from server.views._thing import Relation, Thing, Value

MOST = 14
"""Neighbours in the picture: more cannot be read."""
_EACH = 4
"""Neighbours by one property."""
_NO_NEIGHBOURS = frozenset({RDF.type, ADMS.identifier, DCT.language, DCAT.theme, DCAT.distribution, RDFS.isDefinedBy})
"""Properties that lead to what says little in a picture."""
_WIDTH, _HEIGHT = 760, 420
_LONGEST = 26
"""Characters of a label."""


@dataclass(frozen=True, slots=True)
class Neighbour:
    """A thing beside the thing, and where it stands."""

    value: Value
    relation: str
    """What the relation is called."""
    leads_here: bool
    """Whether it is said of the neighbour."""
    x: int
    y: int

    @property
    def label(self) -> str:
        """Its name, cut to what has room."""
        name = self.value.label
        return name if len(name) <= _LONGEST else f"{name[: _LONGEST - 1]}…"

    @property
    def anchor(self) -> str:
        """On which side of its point the label ends, so that it stays in the picture."""
        middle = _WIDTH // 2
        return "start" if self.x > middle + 60 else "end" if self.x < middle - 60 else "middle"


def neighbours(thing: Thing) -> tuple[Neighbour, ...]:
    """The first neighbours of each relation, around the middle of the picture, the same ones each time."""
    found: dict[str, tuple[Value, str, bool]] = {}
    for relations, leads_here in ((thing.relations, False), (thing.inverse, True)):
        for relation in relations:
            for value in _things(relation, thing.iri):
                found.setdefault(value.iri, (value, relation.label, leads_here))
    chosen = list(found.values())[:MOST]
    step = 2 * math.pi / max(len(chosen), 1)
    return tuple(Neighbour(*each, *_place(step * place)) for place, each in enumerate(chosen))


def _things(relation: Relation, iri: str) -> list[Value]:
    if relation.iri in _NO_NEIGHBOURS:
        return []
    return [value for value in relation.values if value.iri and value.iri.partition("#")[0] != iri][:_EACH]


def _place(angle: float) -> tuple[int, int]:
    """A point of an ellipse, beginning at the top."""
    return round(_WIDTH / 2 + 170 * math.sin(angle)), round(_HEIGHT / 2 - 165 * math.cos(angle))
