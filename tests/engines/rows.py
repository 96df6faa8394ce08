"""Rows of answers, to be compared."""

from __future__ import annotations

from collections import Counter

LISTS = {"data_types", "other_ids", "page_ids", "page_iris", "standards"}
"""Columns that are made by GROUP_CONCAT, which puts their members in any order."""


def counted(found: list[dict[str, str]]) -> Counter[frozenset[tuple[str, str]]]:
    """Return how often each row occurs, with the members of lists in order."""
    return Counter(
        frozenset(
            (name, ", ".join(sorted(value.split(", "))) if name in LISTS else value) for name, value in row.items()
        )
        for row in found
    )
