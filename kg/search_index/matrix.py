"""Read the matrix of cheat sheets and the things that they recommend."""

from __future__ import annotations

import json
import re
import sqlite3
from collections import defaultdict

from kg.search_index.results import Matrix, MatrixCell

_WORDS = re.compile(r"(?<=[a-z])(?=[A-Z])")
_GENERAL = ("recommends", "recommendsStandard")
"""Properties that the others imply, shown in a cell only if there is no other."""
_EMPTY = MatrixCell(())


def read(
    index: sqlite3.Connection, kinds: tuple[str, ...], sheets: slice, things: slice, sites: tuple[str, ...]
) -> Matrix:
    """Return a part of the matrix; see :meth:`kg.search_index.SearchIndex.matrix`."""
    _relate(index, kinds, sites)
    columns = index.execute(
        "SELECT id, iri, name, count(DISTINCT related.thing) FROM related JOIN thing ON id = sheet"
        " GROUP BY id ORDER BY sort, iri"
    ).fetchall()
    rows = index.execute(
        "SELECT id, iri, name, count(DISTINCT sheet) AS number FROM related JOIN thing ON id = related.thing"
        " GROUP BY id ORDER BY number DESC, sort, iri"
    ).fetchall()
    shown = columns[sheets]
    cells = _cells(index)
    return Matrix(
        tuple((iri, name, number) for _, iri, name, number in shown),
        tuple(
            (iri, name, number, tuple(cells.get((thing, sheet), _EMPTY) for sheet, *_ in shown))
            for thing, iri, name, number in rows[things]
        ),
        len(columns),
        len(rows),
    )


def _relate(index: sqlite3.Connection, kinds: tuple[str, ...], sites: tuple[str, ...]) -> None:
    """Fill the temporary table ``related`` with the recommendations of these kinds and sites."""
    index.execute(
        "CREATE TEMP TABLE related AS SELECT thing, sheet, how FROM recommends"
        " WHERE thing IN (SELECT thing FROM facet JOIN json_each(:kinds) AS k ON k.value = facet.value"
        "   WHERE facet = 'kind') AND (:sites = '[]' OR sheet IN (SELECT thing FROM facet"
        "   JOIN json_each(:sites) AS s ON s.value = facet.value WHERE facet = 'site'))",
        {"kinds": json.dumps(kinds), "sites": json.dumps(sites)},
    )


def _cells(index: sqlite3.Connection) -> dict[tuple[int, int], MatrixCell]:
    hows = defaultdict[tuple[int, int], list[str]](list)
    for thing, sheet, how in index.execute("SELECT thing, sheet, how FROM related ORDER BY how"):
        hows[thing, sheet].append(how)
    return {place: MatrixCell(_words(found)) for place, found in hows.items()}


def _words(hows: list[str]) -> tuple[str, ...]:
    """Return the local names of properties as labels.

    >>> _words(["recommends", "recommendsFormat", "recommendsDepositIn"]), _words(["recommends"])
    (('format', 'deposit in'), ('recommended',))
    """
    exact = [how.removeprefix("recommends") for how in hows if how not in _GENERAL]
    labels = tuple(_WORDS.sub(" ", how).lower() for how in exact)
    return labels or ("recommended",)
