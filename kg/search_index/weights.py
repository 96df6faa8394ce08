"""The words and texts of each thing, with the weights of words, for an index that is searched without SQLite."""

from __future__ import annotations

import json
import sqlite3
from collections import defaultdict
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from kg.search_index.kinds import KINDS, MINOR
from kg.search_index.words import texts_about, words

_LABELS = {kind.name: kind.label for kind in KINDS}
_NAME, _LABEL, _IDENTIFIER, _KIND, _DESCRIPTION, _TEXT = 30, 24, 12, 3, 2, 1
"""Weights of the places where a word stands; that of a name is shared by its words.

The things of minor kinds have half of it.
"""
_THINGS = """SELECT iri, kind, name, labels, identifiers, sheets, description, thing.text, published,
  json_group_array(json_array(section.id, anchor, heading, section.text)) FILTER (WHERE section.id NOTNULL)
FROM thing LEFT JOIN section ON section.thing = thing.id GROUP BY thing.id
ORDER BY sheets DESC, thing.rank, sort, iri"""


@dataclass(frozen=True, slots=True)
class WeighedThing:
    """A thing, the weights of its words, and the texts that excerpts are made of."""

    iri: str
    name: str
    kind: str
    """Label of the kind."""
    identifiers: tuple[str, ...]
    sheets: int
    """Number of cheat sheets and guidance pages that recommend it."""
    weights: Mapping[str, int]
    """Folded word → weight."""
    texts: tuple[str, ...]
    """The description, and other texts about it."""
    sections: tuple[tuple[str, str, str], ...]
    """Anchor, heading and text of each section of a page, in order."""
    published: str
    """Address of a page on its own site; empty if it is not known."""


def read(index: sqlite3.Connection) -> list[WeighedThing]:
    """Return all things of an index, the most recommended first."""
    return [_weighed(row) for row in index.execute(_THINGS)]


def _weighed(row: tuple[Any, ...]) -> WeighedThing:
    iri, kind, name, labels, identifiers, sheets, described, text, published, numbered = row
    sections = tuple(tuple(section) for _, *section in sorted(json.loads(numbered)))
    in_sections = " ".join(f"{heading} {said}" for _, heading, said in sections)
    names = [(name, _NAME), *((label, _LABEL) for label in labels.split("\n"))]
    whole = [(identifiers, _IDENTIFIER), (iri, _IDENTIFIER), (_LABELS[kind], _KIND), (described, _DESCRIPTION)]
    found = defaultdict[str, int](int)
    for words_of, weight in (
        *((words(each), -(-weight // max(len(words(each)), 1))) for each, weight in names),
        *((words(each), weight) for each, weight in (*whole, (text, _TEXT), (in_sections, _TEXT))),
    ):
        for word in words_of:
            found[word] = max(found[word], weight)
    share = 2 if kind in MINOR else 1
    weights = {word: -(-weight // share) for word, weight in found.items()}
    return WeighedThing(
        iri=iri,
        name=name,
        kind=_LABELS[kind],
        identifiers=tuple(filter(None, identifiers.split("\n"))),
        sheets=sheets,
        weights=weights,
        texts=tuple(texts_about(name, labels.split("\n"), described, text)),
        sections=sections,
        published=published,
    )
