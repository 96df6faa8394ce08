"""Making an index from a release's graph: one pass over its lines, then what one thing says of another is joined."""

from __future__ import annotations

import json
import sqlite3
from collections.abc import Iterable, Iterator
from contextlib import closing
from itertools import groupby
from operator import itemgetter
from pathlib import Path

from kg.identifiers import fairsharing
from kg.search_index.keys import keys
from kg.search_index.kinds import ADVICE, KINDS, ThingKind, kinds_of
from kg.search_index.tables import BY_ADDRESS, BY_IDENTIFIER, BY_LABEL, BY_NAME, TABLES, WORKING_TABLES
from kg.search_index.things import (
    ADDRESSES,
    IDENTIFIERS,
    LABELS,
    MODALITIES,
    RECOMMENDS,
    TEXTS,
    Said,
    things,
)
from kg.search_index.words import fold, trigrams
from kg.vocab import ADMS, BASE, DESCRIPTIONS, RDF, RDFS, RDM, ROLE, SKOS, TITLES

_RANKS = {kind.name: rank for rank, kind in enumerate(KINDS)}
_SPELLED = range(3, 25)
"""How long the words are that may be misspelt."""


def write_index(graph: Path, file: Path) -> int:
    """Write the index of a sorted N-Quads file; gives the number of things in it.

    The same graph gives the same bytes with the same version of SQLite. Memory does not grow with the graph.
    """
    with closing(sqlite3.connect(file, isolation_level=None)) as index:
        index.execute("PRAGMA journal_mode = OFF")
        index.execute("PRAGMA synchronous = OFF")
        index.executescript(TABLES + WORKING_TABLES)
        index.execute("BEGIN")
        for said in things(graph):
            _take(index, said)
        _join(index)
        _fill_words(index)
        _label_facets(index)
        index.execute("COMMIT")
        index.execute("ANALYZE")
        index.execute("VACUUM")
        (count,) = index.execute("SELECT count(*) FROM thing").fetchone()
    return int(count)


def _take(index: sqlite3.Connection, said: Said) -> None:
    classes = set(said.values(RDF.type))
    index.executemany("INSERT OR IGNORE INTO stands VALUES (?, ?)", said.named)
    if RDM.Mention in classes:
        _take_mention(index, said)
        return
    notations = [value for name in IDENTIFIERS for value in said.values(name)]
    if ADMS.Identifier in classes:
        is_fairsharing = any("FAIRsharing" in term for term in said.terms[SKOS.notation])
        written = ["https://fairsharing.org/" + text if is_fairsharing else text for text in notations]
        index.executemany("INSERT INTO notation VALUES (?, ?)", ((said.iri, text) for text in (*written, *notations)))
    relations = (name for name in (ADMS.identifier, *RECOMMENDS, *MODALITIES) if name in said.terms)
    rows = [(said.iri, name, target) for name in relations for target in said.values(name)]
    index.executemany("INSERT OR IGNORE INTO relation VALUES (?, ?, ?)", rows)
    kinds, name = kinds_of(classes), said.first(*TITLES)
    if kinds and name:
        _take_thing(index, said, kinds, notations)


def _take_mention(index: sqlite3.Connection, said: Said) -> None:
    page = said.iri.partition("#")[0]
    heading, label, openness = said.first(RDM.heading), said.first(RDFS.label), said.first(RDM.openness)
    roles = [role.removeprefix(ROLE.base) for role in said.values(RDM.role)] or [""]
    target, topic = said.first(RDM.target), said.first(RDM.topic)
    rows = ((page, topic, target, role or None, openness or None, heading, label) for role in roles)
    index.executemany("INSERT INTO mention VALUES (?, ?, ?, ?, ?, ?, ?)", rows)


def _take_thing(index: sqlite3.Connection, said: Said, kinds: tuple[ThingKind, ...], notations: list[str]) -> None:
    name, *others = said.values(*TITLES)
    labels = list(dict.fromkeys((*others, *said.values(*LABELS))))
    thing = index.execute(
        "INSERT INTO thing(iri, kind, rank, name, sort, labels, identifiers, description, text)"
        " VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?)",
        (
            *(said.iri, kinds[0].name, _RANKS[kinds[0].name], name, fold(name)),
            *("\n".join(labels), "\n".join(notations)),
            *("\n".join(said.values(*DESCRIPTIONS)), "\n".join(said.values(*TEXTS))),
        ),
    ).lastrowid
    facets = [("kind", kind.name, thing) for kind in kinds] + [("site", site, thing) for site in sorted(said.sites)]
    index.executemany("INSERT INTO facet VALUES (?, ?, ?)", facets)
    suffix = said.iri.removeprefix(fairsharing.DOI) if said.iri.startswith(fairsharing.DOI) else ""
    _know(index, thing, BY_IDENTIFIER, (said.iri, suffix, *notations))
    _know(index, thing, BY_NAME, (name,))
    _know(index, thing, BY_LABEL, labels)
    _know(index, thing, BY_ADDRESS, said.values(*ADDRESSES))


def _know(index: sqlite3.Connection, thing: int | None, how: int, texts: Iterable[str]) -> None:
    rows = ((key, thing, how) for text in texts for key in sorted(keys(text)))
    index.executemany("INSERT OR IGNORE INTO known_as VALUES (?, ?, ?)", rows)


def _join(index: sqlite3.Connection) -> None:
    """What is said of a thing elsewhere: who names it, in which role, and by which other identifiers."""
    found = index.execute(
        "SELECT thing.id, written FROM relation JOIN notation ON node = object JOIN thing ON iri = subject"
        " WHERE property = ? ORDER BY thing.id, written",
        (ADMS.identifier,),
    ).fetchall()
    for thing, rows in groupby(found, key=itemgetter(0)):
        written = [text for _, text in rows]
        _know(index, thing, BY_IDENTIFIER, written)
        shown = "\n".join(text for text in written if "/" not in text)
        index.execute(
            "UPDATE thing SET identifiers = trim(identifiers || ? || ?, ?) WHERE id = ?", ("\n", shown, "\n", thing)
        )
    index.execute(
        "INSERT INTO recommends SELECT thing.id, sheet.id, substr(property, ?) FROM relation"
        " JOIN thing ON thing.iri = object JOIN thing AS sheet ON sheet.iri = subject"
        " WHERE property IN (SELECT value FROM json_each(?)) AND sheet.kind IN (SELECT value FROM json_each(?))",
        (len(RDM.base) + 1, json.dumps(RECOMMENDS), json.dumps(ADVICE)),
    )
    for facets in _FACETS:
        index.execute("INSERT OR IGNORE INTO facet " + facets, {"names": RDM.mentionsModality, "is": RDM.modality})
    index.execute(
        "UPDATE thing SET sheets = (SELECT count(DISTINCT sheet) FROM recommends WHERE recommends.thing = thing.id),"
        " text = trim(text || char(10) || coalesce((SELECT group_concat(said, char(10)) FROM ("
        "   SELECT DISTINCT heading AS said FROM mention WHERE page = iri UNION SELECT label FROM mention"
        "   WHERE page = iri UNION SELECT label FROM mention WHERE topic = iri UNION SELECT whole.name"
        "   FROM thing AS whole WHERE whole.iri = substr(thing.iri, 1, instr(thing.iri, '#') - 1))), ''), char(10))"
    )


_FACETS = (
    "SELECT 'site', site, id FROM stands JOIN thing USING (iri)",
    "SELECT 'role', role, id FROM mention JOIN thing ON iri = target WHERE role NOT NULL",
    "SELECT 'openness', openness, id FROM mention JOIN thing ON iri = target WHERE openness NOT NULL",
    "SELECT 'modality', object, id FROM relation JOIN thing ON iri = subject WHERE property IN (:names, :is)",
    """SELECT 'modality', object, recommends.thing FROM recommends JOIN thing AS s ON s.id = sheet
    JOIN relation ON subject = s.iri WHERE property = :names""",
)
"""A thing's modalities are those that it names, and those of the sheets that recommend it."""


def _fill_words(index: sqlite3.Connection) -> None:
    index.execute(
        "INSERT INTO words(rowid, name, labels, identifiers, description, text)"
        " SELECT id, name, labels, identifiers, description, text FROM thing ORDER BY id"
    )
    index.execute("INSERT INTO words(words) VALUES ('optimize')")
    index.execute("CREATE VIRTUAL TABLE temp.vocabulary USING fts5vocab('main', 'words', 'row')")
    for number, (word, count) in enumerate(_spelled(index), 1):
        index.execute("INSERT INTO word VALUES (?, ?, ?)", (number, word, count))
        rows = ((trigram, number) for trigram in sorted(trigrams(word)))
        index.executemany("INSERT INTO trigram VALUES (?, ?)", rows)
    index.execute("DROP TABLE temp.vocabulary")


def _spelled(index: sqlite3.Connection) -> Iterator[tuple[str, int]]:
    """The words that a misspelt one may mean, with the number of things that have it."""
    for word, count in index.execute("SELECT term, doc FROM temp.vocabulary ORDER BY term"):
        if len(word) in _SPELLED and word.isalpha():
            yield word, count


def _label_facets(index: sqlite3.Connection) -> None:
    """What people call the values of facets; the name where nothing says it."""
    labels = {("kind", kind.name): kind.label for kind in KINDS}
    values = index.execute("SELECT DISTINCT facet, value FROM facet ORDER BY facet, value").fetchall()
    iris = {"site": BASE, "role": ROLE.base, "modality": ""}
    for facet, value in values:
        iri = iris[facet] + value if facet in iris else ""
        named = index.execute("SELECT name FROM thing WHERE iri = ?", (iri,)).fetchone()
        label = labels.get((facet, value)) or (named[0] if named else value.replace("-", " "))
        rank = _RANKS.get(value, 0) if facet == "kind" else 0
        index.execute("INSERT INTO facet_label VALUES (?, ?, ?, ?)", (facet, value, label, rank))
    index.execute(
        "UPDATE thing SET sites = coalesce((SELECT group_concat(label, char(10)) FROM (SELECT label FROM facet"
        " JOIN facet_label USING (facet, value) WHERE facet.thing = thing.id AND facet = 'site' ORDER BY label)), '')"
    )
