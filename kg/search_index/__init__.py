"""Full-text search over a release, independent of the RDF store.

:func:`write_index` writes the index in one pass over ``graph.nq``, with the sections of the pages;
:class:`SearchIndex` opens it read-only. The index is one SQLite file: two FTS5 tables, for the things and for the
sections of pages, and plain tables for identifiers, facets, recommendations, synonyms and the trigrams of every word,
which serve to correct misspelt words (the trigram tokenizer of FTS5 needs a newer SQLite).
"""

from kg.search_index.results import (
    FACETS,
    LINKS,
    SORTS,
    Facet,
    FacetThings,
    FacetValue,
    Hit,
    Matrix,
    MatrixCell,
    Results,
    SearchRequest,
)
from kg.search_index.search import SearchIndex, names_in
from kg.search_index.site_sections import OTHER_PAGES, section_of
from kg.search_index.tables import FILE
from kg.search_index.weights import WeighedThing
from kg.search_index.write import rewriting_index, write_index, writing_index

__all__ = [
    "FACETS",
    "FILE",
    "LINKS",
    "OTHER_PAGES",
    "SORTS",
    "Facet",
    "FacetThings",
    "FacetValue",
    "Hit",
    "Matrix",
    "MatrixCell",
    "Results",
    "SearchIndex",
    "SearchRequest",
    "WeighedThing",
    "names_in",
    "rewriting_index",
    "section_of",
    "write_index",
    "writing_index",
]
