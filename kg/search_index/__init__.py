"""Finding things by what people type: an index that is made with the release, and searched without the store.

:func:`write_index` makes it in one pass over ``graph.nq``; :class:`SearchIndex` opens it read-only. It is one SQLite
file: full text by FTS5, and plain tables for identifiers, facets, recommendations, and the three-letter runs of every
word, by which a misspelt one is found (so no tokenizer is needed that older versions of SQLite lack).
"""

from kg.search_index.results import FACETS, SORTS, Facet, FacetValue, Hit, Matrix, MatrixCell, Results, SearchRequest
from kg.search_index.search import SearchIndex
from kg.search_index.tables import FILE
from kg.search_index.write import write_index

__all__ = [
    "FACETS",
    "FILE",
    "SORTS",
    "Facet",
    "FacetValue",
    "Hit",
    "Matrix",
    "MatrixCell",
    "Results",
    "SearchIndex",
    "SearchRequest",
    "write_index",
]
