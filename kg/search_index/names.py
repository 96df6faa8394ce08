"""Read names of things as values of parameters: those like a misspelt one, and those of what is recommended most."""

from __future__ import annotations

import json
import sqlite3
from collections.abc import Iterator, Sequence

from kg.search_index.keys import keys
from kg.search_index.kinds import PAGES
from kg.search_index.words import fold

NEIGHBOURS = 100
"""Largest number of names before the misspelt one in the order of the alphabet, and of those after it."""
KINDS_OF: dict[str, Sequence[str]] = {"page": PAGES, "words": (*PAGES, "topic")}
"""Type of a parameter → the kinds of things whose names its values are; other types have things of many kinds."""
_OF_TYPE = {
    "thing": "EXISTS (SELECT 1 FROM facet WHERE facet.thing = id AND facet = 'role')",
    "record": "instr(lower(iri), 'fairsharing.')",
}
_NEAR = """
WITH RECURSIVE
wanted(key) AS (SELECT value FROM json_each(:keys)),
upward(key, n) AS (SELECT (SELECT min(key) FROM known_as WHERE key >= wanted.key), 1 FROM wanted UNION ALL
  SELECT (SELECT min(key) FROM known_as WHERE key > upward.key), n + 1 FROM upward WHERE n < :n AND key NOT NULL),
downward(key, n) AS (SELECT (SELECT max(key) FROM known_as WHERE key < wanted.key), 1 FROM wanted UNION ALL
  SELECT (SELECT max(key) FROM known_as WHERE key < downward.key), n + 1 FROM downward WHERE n < :n AND key NOT NULL),
near(key) AS (SELECT key FROM upward UNION SELECT key FROM downward)
SELECT name, labels, identifiers FROM thing WHERE iri IN (SELECT value FROM json_each(:found)) AND {of_type}
UNION SELECT name, labels, identifiers FROM near JOIN thing ON id =
  (SELECT id FROM known_as JOIN thing ON id = thing WHERE known_as.key = near.key AND {of_type} AND
    (:site = '' OR EXISTS (SELECT 1 FROM facet WHERE facet.thing = id AND facet = 'site' AND value = :site)) LIMIT 1)
"""
"""Names of the things that a search has found, and of one thing for each key that is near to a wanted one."""
_RECOMMENDED = """
SELECT iri, name, labels FROM (SELECT number, "-sheets" AS id FROM place WHERE number <= :walked) JOIN thing USING (id)
WHERE {of_type} ORDER BY number LIMIT :count
"""
"""Things in the order of the number of pages that recommend them."""
_WALKED = 20_000
"""Number of things of all types among which the most recommended ones of a type are looked for."""


def most_recommended(index: sqlite3.Connection, kind: str, count: int) -> dict[str, str]:
    """Return values for a type of parameter; see :meth:`kg.search_index.SearchIndex.most_recommended`."""
    given = {"walked": _WALKED, "count": count}
    found = index.execute(_RECOMMENDED.format(of_type=_OF_TYPE[kind]), given)
    if kind == "record":
        return {iri.rpartition("FAIRsharing.")[2]: name for iri, name, _ in found}
    return {name: labels.replace("\n", ", ") or name for _, name, labels in found}


def read(index: sqlite3.Connection, kind: str, value: str, site: str, found: Sequence[str]) -> dict[str, str]:
    """Return names for a type of parameter, with titles; see :meth:`kg.search_index.SearchIndex.names_like`."""
    of_type = _OF_TYPE.get(kind) or f"kind IN ({', '.join(repr(each) for each in KINDS_OF[kind])})"
    wanted = keys(f"FAIRsharing.{value}") if kind == "record" else {fold(value)}
    given = {"keys": json.dumps(sorted(wanted)), "n": NEIGHBOURS, "found": json.dumps(found), "site": site}
    rows = index.execute(_NEAR.format(of_type=of_type), given).fetchall()
    return dict(each for row in rows for each in _names(kind, *row))


def _names(kind: str, name: str, labels: str, identifiers: str) -> Iterator[tuple[str, str]]:
    """Yield the names of a thing as values of a type of parameter, with titles."""
    if kind == "page":
        yield identifiers.partition("\n")[0], name
    elif kind == "record":
        yield from ((each.removeprefix("FAIRsharing."), name) for each in identifiers.split("\n"))
    else:
        yield from ((each, "") for each in (name, *labels.split("\n")) if each)
