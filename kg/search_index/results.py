"""Search requests and results."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

FACETS: Mapping[str, str] = {
    "kind": "Kind",
    "site": "Site",
    "role": "Role",
    "modality": "Imaging modality",
    "openness": "Openness",
    "section": "Section",
    "recommends": "Recommends",
    "recommended-by": "Recommended by",
}
"""Mapping of facet to label; the values of the :data:`LINKS` are IRIs."""
LINKS = ("recommends", "recommended-by")
"""Facets whose values are so many that only chosen ones are shown: the things that a page recommends, and the pages
and sites that recommend a thing."""
SORTS = ("relevance", "name", "kind", "site", "identifier", "sheets")
"""Sort keys; a hyphen before the key reverses the order."""


@dataclass(frozen=True, slots=True)
class SearchRequest:
    """A search request."""

    text: str = ""
    """Words or an identifier; an empty text matches everything."""
    chosen: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    """Mapping of facet to values; a thing must have one of the values of each facet."""
    sort: str = "relevance"
    """One of :data:`SORTS`, optionally with a hyphen before it."""
    page: int = 1
    """1-based page number."""
    size: int | None = 20
    """Number of things on a page; ``None`` returns all on one page."""


@dataclass(frozen=True, slots=True)
class Hit:
    """A search result."""

    iri: str
    kind: str
    """Label of the kind."""
    name: str
    labels: tuple[str, ...]
    """Alternative names."""
    identifiers: tuple[str, ...]
    sites: tuple[str, ...]
    """Titles of the sites that mention the thing."""
    sheets: int
    """Number of cheat sheets and guidance pages that recommend the thing."""
    title: tuple[tuple[str, bool], ...]
    """The name as pairs of a piece and whether it is highlighted."""
    snippet: tuple[tuple[str, bool], ...]
    """Text around the first match, in the same form; the beginning of the description if there is no match."""
    is_called_so: bool
    """True if names or identifiers match, and not only the description or the text."""
    section: tuple[tuple[str, bool], ...] = ()
    """The heading of the section of a page that has most of the words, in the form of ``title``."""
    anchor: str = ""
    """Identifier of this heading on the page; empty for the text above all headings."""
    published: str = ""
    """Address of a page on its own site; empty if it is not known."""
    part_of: str = ""
    """Name of the page that has the thing as a part; empty if there is none."""
    recommended_by: tuple[tuple[str, str], ...] = ()
    """IRI and title of the first three pages, by title, that recommend the thing."""

    @property
    def section_iri(self) -> str:
        """IRI of the page with the anchor of the section."""
        return f"{self.iri}#{self.anchor}" if self.anchor else self.iri

    @property
    def section_published(self) -> str:
        """Address of the section on the page's own site; empty if that of the page is not known."""
        return f"{self.published}#{self.anchor}" if self.published and self.anchor else self.published


@dataclass(frozen=True, slots=True)
class FacetValue:
    """One value of a facet."""

    name: str
    label: str
    count: int
    """Number of results if this were the only chosen value of the facet."""
    chosen: bool


@dataclass(frozen=True, slots=True)
class FacetThings:
    """One value of a facet in the whole index."""

    facet: str
    name: str
    label: str
    rank: int
    """Place of the value among those of the facet, before which the number of results counts."""
    iris: frozenset[str]
    """IRIs of the things that have the value."""


@dataclass(frozen=True, slots=True)
class Facet:
    """A property by which results can be filtered."""

    name: str
    label: str
    values: tuple[FacetValue, ...]
    """Chosen values and the first ones with results; kinds in the order of ``KINDS``, others by descending count."""


@dataclass(frozen=True, slots=True)
class Results:
    """A page of search results."""

    total: int
    pages: int
    hits: tuple[Hit, ...]
    facets: tuple[Facet, ...]
    corrected: Mapping[str, tuple[str, ...]]
    """Mapping of misspelt word to the words that were searched for instead."""
    any_word: bool
    """True if nothing matches all words, so that the hits match some of them."""
    kinds: tuple[str, ...] = ()
    """Labels of the kinds that words of the request were taken for."""


@dataclass(frozen=True, slots=True)
class MatrixCell:
    """A cell of the matrix."""

    how: tuple[str, ...]
    """Labels of the properties by which the sheet recommends the thing; empty if it does not."""


@dataclass(frozen=True, slots=True)
class Matrix:
    """A part of the matrix of cheat sheets and the things that they recommend."""

    sheets: tuple[tuple[str, str, int], ...]
    """Columns: IRI, title, and the number of things that the sheet recommends in the whole matrix."""
    rows: tuple[tuple[str, str, int, tuple[MatrixCell, ...]], ...]
    """Rows: IRI and name of a thing, the number of sheets that recommend it, and a cell for each column."""
    all_sheets: int
    all_things: int
