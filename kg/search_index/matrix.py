"""Read the matrix of cheat sheets and the things that they recommend."""

from __future__ import annotations

import json
import re
import sqlite3
from collections import defaultdict
from collections.abc import Iterable, Mapping

from kg.search_index.results import Matrix, MatrixCell
from kg.vocab import BASE

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
    cells = _cells(index.execute("SELECT thing, sheet, how FROM related ORDER BY how"))
    return Matrix(
        tuple((iri, name, number) for _, iri, name, number in shown),
        tuple(
            (iri, name, number, tuple(cells.get((thing, sheet), _EMPTY) for sheet, *_ in shown))
            for thing, iri, name, number in rows[things]
        ),
        len(columns),
        len(rows),
    )


def read_of_sites(
    index: sqlite3.Connection, kinds: tuple[str, ...], titles: Mapping[str, str], things: slice
) -> Matrix:
    """Return a part of the matrix of sites; see :meth:`kg.search_index.SearchIndex.matrix_of_sites`."""
    _relate(index, kinds, ())
    index.execute(
        "CREATE TEMP TABLE said AS SELECT related.thing AS thing, value AS site, sheet, how FROM related"
        " JOIN facet ON facet.thing = sheet WHERE facet = 'site' AND value IN (SELECT value FROM json_each(?))",
        (json.dumps(tuple(titles)),),
    )
    counts = dict(index.execute("SELECT site, count(DISTINCT thing) FROM said GROUP BY site"))
    rows = index.execute(
        "SELECT id, iri, name, count(DISTINCT sheet) AS number FROM said JOIN thing ON id = said.thing"
        " GROUP BY id ORDER BY count(DISTINCT site) DESC, number DESC, sort, iri"
    ).fetchall()
    cells = _cells(index.execute("SELECT DISTINCT thing, site, how FROM said ORDER BY how"))
    return Matrix(
        tuple((BASE + site, title, counts.get(site, 0)) for site, title in titles.items()),
        tuple(
            (iri, name, number, tuple(cells.get((thing, site), _EMPTY) for site in titles))
            for thing, iri, name, number in rows[things]
        ),
        len(titles),
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


def _cells(related: Iterable[tuple[int, int | str, str]]) -> dict[tuple[int, int | str], MatrixCell]:
    hows = defaultdict[tuple[int, int | str], list[str]](list)
    for thing, column, how in related:
        hows[thing, column].append(how)
    return {place: MatrixCell(_words(found)) for place, found in hows.items()}


def _words(hows: list[str]) -> tuple[str, ...]:
    """Return the local names of properties as labels.

    >>> _words(["recommends", "recommendsFormat", "recommendsDepositIn"]), _words(["recommends"])
    (('format', 'deposit in'), ('recommended',))
    """
    exact = [how.removeprefix("recommends") for how in hows if how not in _GENERAL]
    labels = tuple(_WORDS.sub(" ", how).lower() for how in exact)
    return labels or ("recommended",)
