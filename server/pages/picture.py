"""A thing's neighbours around it, as places for a picture; the page draws them as SVG and lists the same ones."""

from __future__ import annotations

import math
from dataclasses import dataclass

from kg.vocab import ADMS, DCAT, DCT, RDF, RDFS
from server.pages.thing import Relation, ShownValue, ThingPage

MOST = 14
"""Neighbours in the picture: more cannot be read."""
_EACH = 4
"""Neighbours by one property."""
_NO_NEIGHBOURS = frozenset({RDF.type, ADMS.identifier, DCT.language, DCAT.theme, DCAT.distribution, RDFS.isDefinedBy})
"""Properties that lead to what says little in a picture."""
_WIDTH = 760
_ACROSS = 160
"""From the thing to a neighbour beside it."""
_MARGIN = 45
"""Over and under the neighbours, for their labels."""
_LONGEST = 24
"""Characters of a label."""
_BESIDE = 17
"""From the middle of a point to its label."""


@dataclass(frozen=True, slots=True)
class Neighbour:
    """A thing beside the thing, and where it stands."""

    value: ShownValue
    relation: str
    """What the relation is called."""
    leads_here: bool
    """Whether it is said of the neighbour."""
    x: int
    y: int
    middle: int
    """How far down the thing stands, which is half of the picture's height."""

    @property
    def label(self) -> str:
        """Its name, cut to what has room."""
        name = self.value.label
        return name if len(name) <= _LONGEST else f"{name[: _LONGEST - 1]}…"

    @property
    def anchor(self) -> str:
        """On which side of its point the label ends, so that it stays in the picture."""
        beside = self.x - _WIDTH // 2
        return "start" if beside > 1 else "end" if beside < -1 else "middle"

    @property
    def label_x(self) -> int:
        """Where its label begins, ends, or has its middle, as :attr:`anchor` says."""
        return self.x + {"start": _BESIDE, "middle": 0, "end": -_BESIDE}[self.anchor]

    @property
    def label_y(self) -> int:
        """The line its label stands on: beside its point, or over or under it, away from the middle."""
        if self.anchor != "middle":
            return self.y + 4
        return self.y - _BESIDE if self.y < self.middle else self.y + _BESIDE + 8


def neighbours(thing: ThingPage) -> tuple[Neighbour, ...]:
    """The first neighbours of each relation, around the middle of the picture, the same ones each time."""
    found: dict[str, tuple[ShownValue, str, bool]] = {}
    for relations, leads_here in ((thing.relations, False), (thing.inverse, True)):
        for relation in relations:
            for value in _things(relation, thing.iri):
                found.setdefault(value.iri, (value, relation.label, leads_here))
    chosen = list(found.values())[:MOST]
    step = 2 * math.pi / max(len(chosen), 1)
    down = 0 if len(chosen) < 3 else min(60 + 10 * len(chosen), 165)
    return tuple(Neighbour(*each, *_place(step * place, down), down + _MARGIN) for place, each in enumerate(chosen))


def _things(relation: Relation, iri: str) -> list[ShownValue]:
    if relation.iri in _NO_NEIGHBOURS:
        return []
    return [value for value in relation.values if value.iri and value.iri.partition("#")[0] != iri][:_EACH]


def _place(angle: float, down: int) -> tuple[int, int]:
    """A point of an ellipse that is ``down`` high on each side of its middle, beginning on the right, clockwise."""
    return round(_WIDTH / 2 + _ACROSS * math.cos(angle)), round(_MARGIN + down + down * math.sin(angle))
