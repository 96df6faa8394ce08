"""What is asked of an index, and what it answers."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

FACETS: Mapping[str, str] = {
    "kind": "Kind",
    "site": "Site",
    "role": "Role",
    "modality": "Imaging modality",
    "openness": "Openness",
}
"""By what things can be narrowed down → what people call it."""
SORTS = ("relevance", "name", "kind", "site", "identifier", "sheets")
"""By what things can be sorted; a hyphen before it turns the order round."""


@dataclass(frozen=True, slots=True)
class SearchRequest:
    """What somebody looks for."""

    text: str = ""
    """Words or an identifier; everything where it is empty. Any text will do."""
    chosen: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    """Facet → values, of which a thing must have one; each facet narrows down what the others leave."""
    sort: str = "relevance"
    """One of :data:`SORTS`, perhaps with a hyphen before it."""
    page: int = 1
    size: int | None = 20
    """Things on a page; ``None`` gives all on one."""


@dataclass(frozen=True, slots=True)
class Hit:
    """A thing that was found."""

    iri: str
    kind: str
    """In words."""
    name: str
    labels: tuple[str, ...]
    """Its other names."""
    identifiers: tuple[str, ...]
    sites: tuple[str, ...]
    """Titles of the sites that speak of it."""
    sheets: int
    """How many pages, cheat sheets and guidance pages, recommend it."""
    title: tuple[tuple[str, bool], ...]
    """The name in pieces, each with whether it is to be marked."""
    snippet: tuple[tuple[str, bool], ...]
    """The words around what was found, likewise; else the beginning of the description."""
    is_called_so: bool
    """Whether its names and identifiers have what was looked for, not its description or its text alone."""
    part_of: str = ""
    """Name of the page that it is a place on; empty where it is none."""
    recommended_by: tuple[tuple[str, str], ...] = ()
    """IRI and title of the first three pages that recommend it, by title."""


@dataclass(frozen=True, slots=True)
class FacetValue:
    """One value of a facet."""

    name: str
    label: str
    count: int
    """How many things there would be if this were the facet's only value that is chosen."""
    chosen: bool


@dataclass(frozen=True, slots=True)
class Facet:
    """A way to narrow down what was found."""

    name: str
    label: str
    values: tuple[FacetValue, ...]
    """Chosen ones, and those that something has: kinds in their order, others by number."""


@dataclass(frozen=True, slots=True)
class Results:
    """What was found."""

    total: int
    pages: int
    hits: tuple[Hit, ...]
    facets: tuple[Facet, ...]
    corrected: Mapping[str, tuple[str, ...]]
    """Words that nothing has → the similar ones that were looked for instead."""
    any_word: bool
    """Nothing has all the words; these things have some."""


@dataclass(frozen=True, slots=True)
class MatrixCell:
    """Where a sheet's column crosses a thing's row."""

    how: tuple[str, ...]
    """As what it is recommended, in words; empty where it is not."""


@dataclass(frozen=True, slots=True)
class Matrix:
    """Which sheets recommend which things."""

    sheets: tuple[tuple[str, str, int], ...]
    """IRI, title, and how many of all the things it recommends: the columns."""
    rows: tuple[tuple[str, str, int, tuple[MatrixCell, ...]], ...]
    """IRI and name of a thing, how many sheets recommend it, and a cell for each column."""
    all_sheets: int
    all_things: int
