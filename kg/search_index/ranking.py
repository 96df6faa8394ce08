"""Find the things that match a query, each in the best of several tiers."""

from __future__ import annotations

import json
import sqlite3
from collections.abc import Iterable, Mapping

from kg.search_index.keys import keys
from kg.search_index.kinds import ADVICE, KINDS, MINOR, PAGES
from kg.search_index.query import SearchQuery, WordForm
from kg.search_index.tables import BY_ADDRESS

_EXACT, _ADDRESS, _WHOLE, _BEGINNING, _NAME, _CALLED, _CALLED_SO, _DESCRIBED, _HEADING, _SECTION, _ANYWHERE = range(11)
"""Tiers: things whose name or identifier is the query; things that refer to its address or are called by a synonym of
it; those with all words in the columns of :data:`_COLUMNS`; pages with all words in a heading; things with all words in
a section, a keyword or the like; things with all words anywhere, each missing word a tier more."""
LAST_NAME = _CALLED_SO
"""Last tier of things whose names or identifiers contain all words."""
_COLUMNS: tuple[tuple[int, WordForm, str | None], ...] = (
    (_WHOLE, WordForm.WHOLE, "name"),
    (_BEGINNING, WordForm.BEGINNING, "name"),
    (_NAME, WordForm.STEM, "name"),
    (_CALLED, WordForm.BEGINNING, "name labels identifiers"),
    (_CALLED_SO, WordForm.STEM, "name labels identifiers"),
    (_DESCRIBED, WordForm.STEM, "name labels identifiers description"),
    (_SECTION, WordForm.STEM, None),
)


def _in(names: Iterable[str]) -> str:
    """Return names as a list in SQL."""
    return ",".join(f"'{name}'" for name in sorted(names))


_TIER = (
    f"CASE WHEN :tier = {_NAME} AND :number > 1 AND length(sort) - length(replace(sort, ' ', '')) = :number - 1"
    f" THEN {_ADDRESS} ELSE :tier END"
)
"""The tier of a thing, which is better if its name has no words but those of the query, in any form and order."""
ORDER = f"""
CASE WHEN kind IN ({_in(MINOR)}) THEN tier + 20 WHEN tier <= {_WHOLE} OR kind NOT IN ({_in(PAGES)}) THEN tier
WHEN tier >= {_SECTION} THEN tier - 1 ELSE max({_WHOLE},tier - 2) END
""".strip().replace("\n", " ")
"""Rank of a hit in SQL: minor things come last, and pages before records that match somewhat better."""
_ADVICE = _in(ADVICE)
_ORDERS: Mapping[str, str] = {
    "relevance": f"{ORDER}, kind NOT IN ({_ADVICE}), CASE tier WHEN 0 THEN -sheets END, score, rank",
    "name": "sort",
    "kind": "rank",
    "site": "sites",
    "identifier": "identifiers = '', identifiers",
    "sheets": "sheets",
}
UNREAD = f"(SELECT *, {_SECTION} AS tier, 0 AS score FROM thing)"  # noqa: S608 - its one value is a number
"""All things in SQL, as hits of an empty query."""
_ALL_KINDS = tuple(kind.name for kind in KINDS)
_EVERYTHING = """
INSERT INTO hit(thing, tier, score) SELECT thing, ?, 0 FROM
(SELECT facet, thing FROM chosen CROSS JOIN facet USING (facet, value) UNION SELECT facet, thing FROM linked)
GROUP BY thing HAVING count(*) >= max(1, (SELECT count(DISTINCT facet) - 1 FROM chosen))
"""
"""Things that have the chosen values, and those without the ones of one of several facets."""
_KNOWN = """
INSERT INTO hit(thing, tier, score) SELECT thing, max(:tier, :address * (min(how) = :by_address)), 0 FROM known_as
WHERE key IN (SELECT value FROM json_each(:keys)) GROUP BY thing
ON CONFLICT DO UPDATE SET tier = min(tier, excluded.tier)
"""
_OF_KINDS = """
IN (SELECT thing FROM json_each(:kinds) AS k CROSS JOIN facet ON facet = 'kind' AND facet.value = k.value)
"""
_IS_OF_KINDS = """
EXISTS (SELECT 1 FROM facet CROSS JOIN json_each(:kinds) AS k ON k.value = facet.value
WHERE facet.thing = thing.id AND facet = 'kind')
"""
_ALL_OF_KINDS = """
INSERT INTO hit(thing, tier, score)
SELECT id, :tier + (kind NOT IN (SELECT value FROM json_each(:kinds))), -sheets FROM thing WHERE id {of_kinds}
"""
_WITH_WORDS = """
INSERT INTO hit(thing, tier, score)
SELECT words.rowid, {by_name}, round(bm25(words, 10, 6, 6, 2, 1), 2) FROM words JOIN thing ON id = words.rowid
WHERE words MATCH :words AND {is_of_kinds}
ON CONFLICT DO UPDATE SET tier = excluded.tier, score = excluded.score WHERE excluded.tier < tier
"""
_RECOMMENDED = """
INSERT OR IGNORE INTO hit(thing, tier, score) SELECT DISTINCT thing, :tier, 0 FROM
(SELECT thing, sheet FROM recommends UNION ALL SELECT law, page FROM cites)
WHERE thing {of_kinds} AND sheet IN (SELECT rowid FROM words WHERE words MATCH :words)
"""
_WITH_SECTION = """
INSERT INTO hit(thing, tier, score) SELECT thing, :tier, round(sum(score), 2) FROM
(SELECT rowid AS id, bm25(sections, 4, 1) AS score FROM sections WHERE sections MATCH :words LIMIT -1)
JOIN section USING (id) WHERE true GROUP BY thing
ON CONFLICT DO UPDATE SET tier = excluded.tier, score = excluded.score WHERE excluded.tier <= tier
"""
_WITH_TERM = (
    "SELECT rowid AS thing, {number} AS term FROM words WHERE words MATCH ? UNION"
    " SELECT thing, {number} FROM section WHERE id IN (SELECT rowid FROM sections WHERE sections MATCH ?)"
)
_ANYHOW = """
INSERT OR IGNORE INTO hit(thing, tier, score)
SELECT thing, ? - count(*), 0 FROM ({each}) GROUP BY thing HAVING count(*) >= ?
"""


def find(index: sqlite3.Connection, query: SearchQuery) -> bool:
    """Fill the empty table ``hit`` with the matching things; return whether there are any.

    An empty query finds what has the chosen values of facets.
    A query for kinds finds the things of these kinds that match the rest of it, or are recommended or cited by a page
    about it; besides them the things whose names contain its words: pages with any, other things with several.
    """
    if query.is_everything:
        index.execute(_EVERYTHING, (_SECTION,))
    elif query.kinds:
        _find_of_kinds(index, query)
        if _has_hit(index):
            _find_named(index, query.whole)
    else:
        _find_known(index, query)
        _find_called(index, query, _SECTION, _ALL_KINDS)
        _find_in_sections(index, query)
    return _has_hit(index)


def order(sort: str) -> str:
    """Return the ORDER BY columns, ending in name and IRI: the order is total, so that pages never overlap."""
    columns = _ORDERS[sort.removeprefix("-")].split(", ")
    turned = " DESC" if sort.startswith("-") else ""
    return ", ".join((*(f"{column}{turned}" for column in columns), "sort", "iri"))


def _has_hit(index: sqlite3.Connection) -> bool:
    return index.execute("SELECT 1 FROM hit LIMIT 1").fetchone() is not None


def _find_named(index: sqlite3.Connection, query: SearchQuery) -> None:
    """Add what is called as the whole query."""
    _find_known(index, query)
    _find_called(index, query, _NAME, PAGES)
    if len(query.terms) > 1:
        _find_called(index, query, _WHOLE, _ALL_KINDS)


def _find_known(index: sqlite3.Connection, query: SearchQuery) -> None:
    """Add the things whose name or identifier is the query, or what it may stand for, and those that refer to it."""
    meant = query.terms[0] if len(query.terms) == 1 else ()
    for written, tier in ((query.text, _EXACT), *((" ".join(phrase), _ADDRESS) for phrase in meant)):
        known = json.dumps(sorted(keys(written)))
        index.execute(_KNOWN, {"tier": tier, "address": _ADDRESS, "by_address": BY_ADDRESS, "keys": known})


def _find_called(index: sqlite3.Connection, query: SearchQuery, last: int, kinds: tuple[str, ...]) -> None:
    """Add the things of some kinds that have all words in the columns of a tier, up to the last tier."""
    for tier, form, columns in _COLUMNS:
        if tier <= last and (expression := query.expression(form, columns)):
            number, names = sum(max(map(len, term)) for term in query.terms), json.dumps(kinds)
            insert = _WITH_WORDS.format(by_name=_TIER, is_of_kinds=_IS_OF_KINDS)
            index.execute(insert, {"tier": tier, "words": expression, "kinds": names, "number": number})


def _find_in_sections(index: sqlite3.Connection, query: SearchQuery) -> None:
    """Add the pages with all words in a heading or a section, and the things with enough of the words anywhere."""
    if not query.terms:
        return
    for tier, columns in ((_HEADING, "heading"), (_SECTION, None)):
        index.execute(_WITH_SECTION, {"tier": tier, "words": query.expression(WordForm.STEM, columns)})
    if query.corrected and len(query.terms) > 1:
        return  # what was typed may be no words at all
    each = query.expressions(WordForm.STEM)
    matching = " UNION ".join(_WITH_TERM.format(number=number) for number in range(len(each)))
    twice = (expression for expression in each for _ in range(2))
    index.execute(_ANYHOW.format(each=matching), (_ANYWHERE + len(each), *twice, query.least or len(each)))


def _find_of_kinds(index: sqlite3.Connection, query: SearchQuery) -> None:
    """Add the things of the kinds that the query asks for: all of them if it has no other words."""
    kinds = json.dumps(query.kinds)
    if not query.terms:
        index.execute(_ALL_OF_KINDS.format(of_kinds=_OF_KINDS), {"tier": _WHOLE, "kinds": kinds})
        return
    _find_called(index, query, _SECTION, query.kinds)
    about = query.expression(WordForm.STEM, "name labels description")
    index.execute(_RECOMMENDED.format(of_kinds=_OF_KINDS), {"tier": _SECTION, "kinds": kinds, "words": about})
