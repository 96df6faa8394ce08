"""Layout of a thing's neighbours for an SVG graph; the page lists the same neighbours as text."""

from __future__ import annotations

import math
from dataclasses import dataclass

from kg.vocab import ADMS, DCAT, DCT, RDF, RDFS
from server.pages.thing import Relation, ShownValue, ThingPage

MOST = 14
"""Largest number of neighbours; more would be illegible."""
_EACH = 4
"""Largest number of neighbours by one property."""
_NO_NEIGHBOURS = frozenset({RDF.type, ADMS.identifier, DCT.language, DCAT.theme, DCAT.distribution, RDFS.isDefinedBy})
"""Properties whose values are not shown, since many things share them."""
_WIDTH = 760
_ACROSS = 160
"""Horizontal radius of the ellipse of neighbours, in SVG units."""
_MARGIN = 45
"""Space above and below the neighbours for their labels, in SVG units."""
_LONGEST = 24
"""Longest label in characters."""
_BESIDE = 17
"""Distance from the centre of a node to its label, in SVG units."""


@dataclass(frozen=True, slots=True)
class Neighbour:
    """A neighbour of the thing, and its position."""

    value: ShownValue
    relation: str
    """Label of the property."""
    leads_here: bool
    """True if the neighbour is the subject of the statement."""
    x: int
    y: int
    middle: int
    """Vertical position of the thing, half of the height of the SVG."""

    @property
    def label(self) -> str:
        """Name, truncated to :data:`_LONGEST` characters."""
        name = self.value.label
        return name if len(name) <= _LONGEST else f"{name[: _LONGEST - 1]}…"

    @property
    def anchor(self) -> str:
        """Value of ``text-anchor`` that keeps the label within the SVG."""
        beside = self.x - _WIDTH // 2
        return "start" if beside > 1 else "end" if beside < -1 else "middle"

    @property
    def label_x(self) -> int:
        """Horizontal position of the label's :attr:`anchor`."""
        return self.x + {"start": _BESIDE, "middle": 0, "end": -_BESIDE}[self.anchor]

    @property
    def label_y(self) -> int:
        """Baseline of the label: beside the node, or above or below it, away from the middle."""
        if self.anchor != "middle":
            return self.y + 4
        return self.y - _BESIDE if self.y < self.middle else self.y + _BESIDE + 8


def neighbours(thing: ThingPage) -> tuple[Neighbour, ...]:
    """Return the first neighbours of each relation, placed on an ellipse around the thing; deterministic."""
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
    """Return a point of the ellipse with the vertical radius ``down``; the angle is clockwise from the right."""
    return round(_WIDTH / 2 + _ACROSS * math.cos(angle)), round(_MARGIN + down + down * math.sin(angle))
