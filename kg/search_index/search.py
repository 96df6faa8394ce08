"""Search an index: ranking, facets and paging."""

from __future__ import annotations

import json
import sqlite3
import time
from collections.abc import Iterable, Iterator, Mapping
from contextlib import contextmanager
from math import ceil
from pathlib import Path
from typing import Any

from kg.errors import QueryTimeout, ReleaseError
from kg.query.known import Names
from kg.release import Release
from kg.search_index import matrix, names, weights
from kg.search_index.kinds import KINDS
from kg.search_index.query import SearchQuery, WordForm, readings
from kg.search_index.ranking import LAST_NAME, UNREAD, find, order
from kg.search_index.results import (
    FACETS,
    LINKS,
    Facet,
    FacetThings,
    FacetValue,
    Hit,
    Matrix,
    Results,
    SearchRequest,
)
from kg.search_index.tables import FILE, FORMAT, PLACES
from kg.search_index.weights import WeighedThing
from kg.search_index.words import fold, marked, says_more, snippet, texts_about, without_heading
from kg.vocab import BASE

_LABELS = {kind.name: kind.label for kind in KINDS}
_VALUES = 100
"""Largest number of values of a facet, besides chosen ones: there may be thousands of sites."""
_STEPS = 1000
"""SQLite instructions between two checks of the timeout."""
_SELECT = """
SELECT id, iri, kind, name, labels, identifiers, sites, sheets, description, text, published, tier <= {called},
  (SELECT name FROM thing AS whole WHERE whole.iri = substr(thing.iri, 1, instr(thing.iri, '#') - 1)),
  (SELECT json_group_array(json_array(iri, name)) FROM (SELECT DISTINCT page.iri, page.name FROM recommends
    JOIN thing AS page ON page.id = sheet WHERE recommends.thing = thing.id ORDER BY page.sort, page.iri LIMIT 3))
FROM {rows}
"""
_FOUND = "hit CROSS JOIN thing ON id = thing WHERE misses = 0 ORDER BY {order} LIMIT :size OFFSET :before"
_LISTED = f"""(SELECT number, "{{sort}}" AS id FROM place WHERE number > :before AND number <= :before + :size)
JOIN {UNREAD} AS thing USING (id) ORDER BY number"""  # noqa: S608 - of names of our own


class SearchIndex:
    """Read-only access to an index file, which is opened for each call; ``seconds`` is the timeout of a call.

    Raises:
        ReleaseError: when the file is not an index of this version, or is damaged.
        QueryTimeout: when a call exceeds the timeout.
    """

    def __init__(self, file: Path, seconds: float = 5.0) -> None:
        self._file = file
        self._seconds = seconds

    def search(self, request: SearchRequest) -> Results:
        """Return the results of a request; every text is a valid query."""
        with self._opened() as index:
            query = _find(index, request)
            total, rows = _page(index, request, is_list=query.is_everything and not request.chosen)
            pages = ceil(total / request.size) if request.size else 1
            sections = _sections(index, [row[0] for row in rows], query)
            hits = tuple(_hit(row, sections.get(row[0]), query) for row in rows)
            return Results(
                total=total,
                pages=pages,
                hits=hits,
                facets=_facets(index, request.chosen, is_whole=query.is_everything),
                corrected=query.corrected,
                any_word=query.any_word,
                kinds=tuple(_LABELS[kind] for kind in query.kinds),
            )

    def suggest(self, text: str, count: int = 10) -> list[str]:
        """Return up to ``count`` distinct names that complete a text, the best first."""
        found = self.search(SearchRequest(text, size=3 * count)) if fold(text) else None
        return list(dict.fromkeys(hit.name for hit in found.hits if hit.is_called_so))[:count] if found else []

    def names_like(self, kind: str, value: str, site: str = "") -> dict[str, str]:
        """Return names that a value of a type of parameter may have been meant for, with titles; of one site, if given.

        They are the names of what a search for the value finds, and the nearest in the order of the alphabet.
        """
        chosen = {"kind": tuple(names.KINDS_OF.get(kind, ())), "site": (site,) if site else ()}
        given = {facet: values for facet, values in chosen.items() if values}
        found = [hit.iri for hit in self.search(SearchRequest(value, given, size=names.NEIGHBOURS)).hits]
        with self._opened() as index:
            return names.read(index, kind, value, site, found)

    def most_recommended(self, kind: str, count: int) -> dict[str, str]:
        """Return values for a parameter of type ``thing`` or ``record``, the most recommended first.

        Each has what else the thing is called: a name, or for a name its abbreviations.
        """
        with self._opened() as index:
            return names.most_recommended(index, kind, count)

    def matrix(self, kinds: tuple[str, ...], sheets: slice, things: slice, sites: tuple[str, ...] = ()) -> Matrix:
        """Return a part of the matrix of pages and the things of these kinds that they recommend.

        Pages are sorted by title, things by the number of pages that recommend them. ``sheets`` and ``things`` select
        columns and rows. Only pages of ``sites`` are included; of all sites if it is empty.

        """
        with self._opened() as index:
            return matrix.read(index, kinds, sheets, things, sites)

    def matrix_of_sites(self, kinds: tuple[str, ...], titles: Mapping[str, str], things: slice) -> Matrix:
        """Return the matrix of sites and the things of these kinds that their pages recommend.

        ``titles`` are those of the sites, by key. What most sites recommend comes first; ``things`` selects rows.
        """
        with self._opened() as index:
            return matrix.read_of_sites(index, kinds, titles, things)

    def weighed(self) -> list[WeighedThing]:
        """Return every thing with the weight of each of its words, the most recommended first: for another index."""
        with self._opened() as index:
            return weights.read(index)

    def facet_values(self) -> list[FacetThings]:
        """Return the values of all facets but :data:`LINKS` with all their things: for another index."""
        with self._opened() as index:
            rows = index.execute(_FACET_VALUES).fetchall()
        return [
            FacetThings(facet, value, label, rank, frozenset(json.loads(things)))
            for facet, value, label, rank, things in rows
        ]

    def synonyms(self) -> dict[str, list[str]]:
        """Return the texts that a word may stand for, by the stem of the word."""
        found: dict[str, list[str]] = {}
        with self._opened() as index:
            for word, meant in index.execute("SELECT word, meant FROM synonym WHERE word NOT LIKE '% %' ORDER BY 1, 2"):
                found.setdefault(word, []).append(meant)
        return found

    def answers(self) -> list[tuple[str, str]]:
        """Return the IRIs of pages and of what each recommends or cites: for another index."""
        with self._opened() as index:
            return index.execute(_ANSWERS).fetchall()

    @contextmanager
    def _opened(self) -> Iterator[sqlite3.Connection]:
        index = None
        end = time.monotonic() + self._seconds
        try:
            # The files of a release are immutable, so SQLite needs no locks and no checks for changes.
            index = sqlite3.connect(f"{self._file.absolute().as_uri()}?mode=ro&immutable=1", uri=True)
            index.set_progress_handler(lambda: time.monotonic() > end, _STEPS)
            (version,) = index.execute("PRAGMA user_version").fetchone()
            if version != FORMAT:
                raise ReleaseError(f"{self._file} is a search index of another version; build the release again")
            index.execute("PRAGMA temp_store = MEMORY")
            yield index
        except sqlite3.OperationalError as error:
            if str(error) == "interrupted":
                raise QueryTimeout(f"the search took longer than {self._seconds:g} s") from None
            raise ReleaseError(f"the search index {self._file} cannot be read: {error}") from error
        except sqlite3.DatabaseError as error:
            raise ReleaseError(f"the search index {self._file} is damaged: {error}") from error
        finally:
            if index is not None:
                index.close()


def names_in(release: Release) -> Names | None:
    """Return what finds names in the index of a release; ``None`` if it has no index."""
    return SearchIndex(release.folder / FILE).names_like if FILE in release.manifest["files"] else None


_HITS = """
CREATE TEMP TABLE hit(
  thing INTEGER PRIMARY KEY, tier INTEGER, score REAL, misses INTEGER NOT NULL DEFAULT 0, missed TEXT
)
"""
_LINKED = (
    "CREATE TEMP TABLE linked(facet TEXT, value TEXT, thing INTEGER, PRIMARY KEY(thing, facet, value)) WITHOUT ROWID",
    """INSERT INTO linked SELECT DISTINCT facet, value, sheet FROM chosen
    CROSS JOIN thing ON iri = value CROSS JOIN recommends ON thing = id WHERE facet = 'recommends'""",
    """INSERT INTO linked SELECT DISTINCT facet, value, recommends.thing FROM chosen
    CROSS JOIN thing ON iri = value CROSS JOIN recommends ON sheet = id WHERE facet = 'recommended-by'""",
    """INSERT INTO linked SELECT DISTINCT chosen.facet, chosen.value, recommends.thing FROM chosen
    CROSS JOIN facet AS site ON site.facet = 'site' AND site.value = substr(chosen.value, length(:base) + 1)
    CROSS JOIN recommends ON sheet = site.thing
    WHERE chosen.facet = 'recommended-by' AND chosen.value = :base || site.value""",
)
"""Statements that make a table like ``facet`` of the chosen values of :data:`LINKS`.

SQLite keeps the order of the tables of a CROSS JOIN; of a JOIN with a temporary table it would begin with the larger.
"""
_MISSED = """
UPDATE hit SET misses = misses + 1, missed = :facet WHERE NOT EXISTS
(SELECT 1 FROM facet CROSS JOIN chosen USING (facet, value) WHERE facet = :facet AND facet.thing = hit.thing
UNION ALL SELECT 1 FROM linked WHERE facet = :facet AND linked.thing = hit.thing)
"""
"""Statement that records for each hit the number of chosen facets that it does not match, and the last of them."""
_ALL = "SELECT coalesce(max(number), 0) FROM place"
_COUNTS = """
SELECT facet, value, count(*) FROM hit CROSS JOIN facet USING (thing)
WHERE misses = 0 OR (misses = 1 AND missed = facet) GROUP BY facet, value
UNION ALL
SELECT facet, value, count(*) FROM hit JOIN linked USING (thing)
WHERE misses = 0 OR (misses = 1 AND missed = facet) GROUP BY facet, value
"""
_FACET_VALUES = """
SELECT facet, value, label, facet_label.rank, json_group_array(iri) FROM facet_label JOIN facet USING (facet, value)
JOIN thing ON id = thing GROUP BY facet, value ORDER BY facet, facet_label.rank, label, value
"""
_ANSWERS = """
SELECT page.iri, thing.iri FROM (SELECT sheet, thing FROM recommends UNION SELECT page, law FROM cites) AS answer
JOIN thing AS page ON page.id = sheet JOIN thing ON thing.id = answer.thing ORDER BY 1, 2
"""
_SECTIONS = """
SELECT section.thing, anchor, heading, text, min(score) FROM
(SELECT rowid AS id, bm25(sections, 4, 1) AS score FROM sections WHERE sections MATCH ? LIMIT -1)
JOIN section USING (id) WHERE section.thing IN (SELECT value FROM json_each(?)) GROUP BY section.thing
"""


def _find(index: sqlite3.Connection, request: SearchRequest) -> SearchQuery:
    """Fill the temporary tables with the matching things and the chosen values; return how the text was read."""
    index.execute(_HITS)
    _choose(index, request.chosen)
    query = SearchQuery(request.text)
    for query in readings(index, request.text):
        if find(index, query):
            break
    for facet in sorted(request.chosen):
        index.execute(_MISSED, {"facet": facet})
    return query


def _page(index: sqlite3.Connection, request: SearchRequest, *, is_list: bool) -> tuple[int, list[tuple[Any, ...]]]:
    """Return the number of hits, and the rows of those on the page; of all things for a list, which has its places."""
    sort = request.sort if request.sort in PLACES else PLACES[0]
    (total,) = index.execute(_ALL if is_list else "SELECT count(*) FROM hit WHERE misses = 0").fetchone()
    found = _LISTED.format(sort=sort) if is_list else _FOUND.format(order=order(sort))
    size = request.size or total
    select = _SELECT.format(called=LAST_NAME, rows=found)
    return total, index.execute(select, {"size": size, "before": (request.page - 1) * size}).fetchall()


def _sections(index: sqlite3.Connection, things: Iterable[int], query: SearchQuery) -> dict[int, tuple[str, str, str]]:
    """Return the anchor, heading and text of the best section of each page among some things."""
    expression = query.whole.expression(WordForm.STEM, needs_all=False)
    if not expression:
        return {}
    rows = index.execute(_SECTIONS, (expression, json.dumps(list(things))))
    return {thing: (anchor, heading, text) for thing, anchor, heading, text, _ in rows}


def _choose(index: sqlite3.Connection, chosen: Mapping[str, tuple[str, ...]]) -> None:
    """Fill the temporary tables ``chosen`` and ``linked``."""
    index.execute("CREATE TEMP TABLE chosen(facet TEXT, value TEXT, PRIMARY KEY(facet, value)) WITHOUT ROWID")
    rows = {(facet, _utf8(value)) for facet, values in chosen.items() for value in values}
    index.executemany("INSERT INTO chosen VALUES (?, ?)", sorted(rows))
    for links in _LINKED:
        index.execute(links, {"base": BASE})


def _utf8(text: str) -> str:
    """Replace unpaired surrogates, which SQLite rejects."""
    return text.encode("utf-8", "replace").decode()


def _facets(index: sqlite3.Connection, chosen: Mapping[str, tuple[str, ...]], *, is_whole: bool) -> tuple[Facet, ...]:
    """Return the facets; the count of a value is the number of hits that match all other facets.

    ``is_whole`` is true if all things match all but facets; then the index has the counts of what stands alone.
    """
    counts = {(facet, value): count for facet, value, count in index.execute(_COUNTS)}
    labels = index.execute(
        "SELECT facet, value, label, rank, things FROM facet_label UNION ALL SELECT facet, value, name, rank, 0"
        " FROM chosen JOIN thing ON iri = value WHERE facet IN (SELECT value FROM json_each(?))",
        (json.dumps(LINKS),),
    ).fetchall()
    if is_whole:
        alone = (row for row in labels if row[-1] and {row[0]} >= chosen.keys())
        counts |= {(facet, value): things for facet, value, _, _, things in alone}
    return tuple(_facet(name, counts, labels, chosen.get(name, ())) for name in FACETS)


def _facet(
    name: str, counts: Mapping[tuple[str, str], int], labels: list[tuple[Any, ...]], chosen: tuple[str, ...]
) -> Facet:
    rows = [(rank, value, label) for facet, value, label, rank, _ in labels if facet == name]
    rows += [(len(KINDS), value, value) for value in chosen if value not in {known for _, known, _ in rows}]
    found = [
        (rank, FacetValue(value, label, counts.get((name, value), 0), value in chosen))
        for rank, value, label in rows
        if (name, value) in counts or value in chosen
    ]
    found.sort(key=lambda pair: (pair[0], -pair[1].count, pair[1].label))
    shown = (value for place, (_, value) in enumerate(found) if place < _VALUES or value.chosen)
    return Facet(name, FACETS[name], tuple(shown))


def _hit(row: tuple[Any, ...], section: tuple[str, str, str] | None, query: SearchQuery) -> Hit:
    _, iri, kind, name, labels, identifiers, sites, sheets, *texts, published, called_so, whole, recommended_by = row
    beginnings = query.beginnings
    anchor, heading, body = section or ("", "", "")
    around = texts_about(name, _lines(labels), *texts)
    above = f"{name} {heading}"
    every = [without_heading(body, heading), *around]
    found = (snippet(part, beginnings) for part in every if says_more(part, above)) if beginnings else iter(())
    shown = next(filter(None, found), "") or (snippet(around[0], [""]) if says_more(around[0], above) else "")
    return Hit(
        iri=iri,
        kind=_LABELS[kind],
        name=name,
        labels=_lines(labels),
        identifiers=_lines(identifiers),
        sites=_lines(sites),
        sheets=sheets,
        title=tuple(marked(name, beginnings)),
        snippet=tuple(marked(shown, beginnings)),
        is_called_so=bool(called_so),
        part_of=whole or "",
        section=tuple(marked(heading, beginnings)),
        anchor=anchor,
        published=published,
        recommended_by=tuple((page, title) for page, title in json.loads(recommended_by)),
    )


def _lines(text: str) -> tuple[str, ...]:
    return tuple(text.split("\n")) if text else ()
