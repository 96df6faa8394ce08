"""Suggestions for misspelt names."""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Sequence
from difflib import get_close_matches

_NEIGHBOURS = 250
"""Names compared before and after the sorted position of the misspelt one: a site may have ten thousand names."""


def closest(word: str, names: Sequence[str], cutoff: float = 0.8) -> str | None:
    """Return the most similar of sorted names, or ``None``; in a long list only alphabetical neighbours are compared.

    >>> closest("sequencin", ["imaging", "proteomics", "sequencing"]), closest("law", ["imaging"])
    ('sequencing', None)
    """
    if len(names) > 2 * _NEIGHBOURS:
        place = bisect_left(names, word)
        names = names[max(0, place - _NEIGHBOURS) : place + _NEIGHBOURS]
    return next(iter(get_close_matches(word, names, n=1, cutoff=cutoff)), None)
