"""The canned questions by whom they are for."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from kg.query import canned
from kg.query.canned import AUDIENCES, CannedQuery


def by_audience() -> Mapping[str, Sequence[CannedQuery]]:
    """Return the questions for each group of people, in the order of the groups.

    >>> list(by_audience())
    ['researchers', 'authors', 'curators']
    """
    every = canned.load_all().values()
    return {audience: [query for query in every if query.audience == audience] for audience in AUDIENCES}
