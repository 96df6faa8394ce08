"""Find the names of resources in a store: the query, and the choice among its results."""

from __future__ import annotations

from collections.abc import Iterable

from kg.query.rows import Row, one_of, text, values
from kg.vocab import TITLES


def names_query(iris: Iterable[str], properties: Iterable[str] = TITLES) -> str:
    """Return a SELECT query for the values of naming properties, with the variables ``s``, ``p`` and ``name``."""
    return (
        f"SELECT ?s ?p (MIN(STR(?o)) AS ?name) {{ {values('s', iris)} ?s ?p ?o {one_of('p', properties)} }}"
        " GROUP BY ?s ?p"
    )


def best_names(rows: Iterable[Row], properties: Iterable[str] = TITLES) -> dict[str, str]:
    """Return a mapping of IRI to name from the rows of :func:`names_query`; earlier properties take precedence.

    >>> terms = ("http://www.w3.org/2000/01/rdf-schema#label", "Label"), ("http://purl.org/dc/terms/title", "Title")
    >>> best_names({"s": {"value": "x:y"}, "p": {"value": term}, "name": {"value": name}} for term, name in terms)
    {'x:y': 'Title'}
    """
    rank = {prop: place for place, prop in enumerate(properties)}
    best_last = sorted(rows, key=lambda row: -rank[text(row, "p")])
    return {text(row, "s"): text(row, "name") for row in best_last}
