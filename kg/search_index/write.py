"""Write the index of a release: one pass over its graph, then joins between things."""

from __future__ import annotations

import hashlib
import json
import os
import re
import sqlite3
from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import closing, contextmanager
from functools import partial
from itertools import groupby
from operator import itemgetter
from pathlib import Path
from shutil import copyfile
from types import MappingProxyType
from typing import Any

from kg.build_cache import BuildCache
from kg.identifiers import fairsharing
from kg.identifiers.tables import CROSSWALKS, read_table
from kg.search_index.keys import keys
from kg.search_index.kinds import ADVICE, KINDS, PAGES, ThingKind, kinds_of
from kg.search_index.ranking import UNREAD, order
from kg.search_index.site_sections import section_of
from kg.search_index.tables import (
    BY_ADDRESS,
    BY_IDENTIFIER,
    BY_LABEL,
    BY_NAME,
    PLACES,
    TABLES,
    WORKING_INDEXES,
    WORKING_TABLES,
)
from kg.search_index.things import (
    ADDRESSES,
    IDENTIFIERS,
    LABELS,
    NAMED,
    RECOMMENDS,
    TEXTS,
    SubjectStatements,
    parts,
    things,
)
from kg.search_index.words import fold, stems, words
from kg.vocab import ADMS, BASE, DCAT, DCT, DESCRIPTIONS, ELI, PROV, RDF, RDFS, RDM, ROLE, SCHEMA, SKOS, TITLES

_ABBREVIATED = re.compile(r"(?<=\()[^()\s]+(?=\)$)")
"""An abbreviation in brackets at the end of a name."""
_RANKS = {kind.name: rank for rank, kind in enumerate(KINDS)}
_SYNONYM = ("word", "meaning")
_RELATIONS = (ADMS.identifier, SCHEMA.isPartOf, DCT.type, PROV.wasDerivedFrom, *RECOMMENDS, *NAMED)
"""Properties by which things are joined."""
_HASHED = 1000
"""Number of rows that are hashed together."""
_SPELLED = range(3, 25)
"""Lengths of the words that are used as corrections."""
_TRIGRAMS = """WITH RECURSIVE place(at) AS (SELECT 1 UNION ALL SELECT at + 1 FROM place WHERE at < ?)
    INSERT OR IGNORE INTO trigram SELECT substr('  ' || word || ' ', at, 3), id FROM place
    JOIN word ON at <= length(word) + 1"""
"""Query that fills the table of trigrams as :func:`kg.search_index.words.trigrams` makes them."""


Sections = Mapping[str, Sequence[Sequence[str]]]
"""Mapping of a page's IRI to the anchor, heading and text of each of its sections."""


def write_index(
    graph: Path, file: Path, sections: Sections = MappingProxyType({}), cache: BuildCache | None = None
) -> str:
    """Write the index of a sorted N-Quads file and the sections of its pages; return the digest of its rows.

    Indexes with the same digest find the same. The file is deterministic for a version of SQLite. Memory use does not
    grow with the graph. The rows of unchanged parts of the graph are taken from the ``cache``.
    """
    (digest,) = writing_index(graph, file, sections, cache)
    return digest


def writing_index(
    graph: Path, file: Path, sections: Sections = MappingProxyType({}), cache: BuildCache | None = None
) -> Iterator[str]:
    """Yield the digest of :func:`write_index` once the rows are there; at the end of the iterator the file is whole."""
    known = cache or BuildCache()
    with _writing(file) as index:
        index.executescript(TABLES + WORKING_TABLES)
        index.execute("BEGIN")
        for part in parts(graph):
            digest = hashlib.sha256(b"".join(part)).hexdigest()
            _insert(index, known.result(known.key("index", digest), partial(_rows, part)))
        _join(index)
        _fill_synonyms(index)
        _fill_sections(index, sections)
        _label_facets(index)
        yield _digest(index)
        _fill_things(index)
        _fill_words(index)
        _fill_places(index)
        index.execute("COMMIT")


def rewriting_index(before: Path, file: Path, sections: Sections) -> Iterator[str]:
    """Do what :func:`writing_index` does from the index of the same graph with other sections."""
    with _writing(file, before) as index:
        index.execute("BEGIN")
        index.execute("DELETE FROM section")
        _fill_sections(index, sections)
        yield _digest(index)
        _fill_words(index)
        index.execute("COMMIT")


@contextmanager
def _writing(file: Path, before: Path | None = None) -> Iterator[sqlite3.Connection]:
    """Open a new index, or one like that ``before``, for writing; at the end it is in ``file``, compacted.

    The counters in the head of the file do not tell in how many steps it was written.
    """
    part = file.with_name(f"{file.name}.part")
    if before:
        copyfile(before, part)
    with closing(sqlite3.connect(part, isolation_level=None)) as index:
        index.execute("PRAGMA journal_mode = OFF")
        index.execute("PRAGMA synchronous = OFF")
        index.execute("PRAGMA cache_size = -32000")  # kB
        yield index
        index.execute("ANALYZE")
        index.execute("PRAGMA schema_version = 1")
        index.execute("VACUUM INTO ?", (os.fspath(file),))
    part.unlink()


def _digest(index: sqlite3.Connection) -> str:
    """Return a hash of the schema, and of the rows of the tables from which all other tables are made."""
    whole = hashlib.sha256(TABLES.encode())
    for table in ("thing", "facet", "facet_label", "known_as", "recommends", "cites", "section", "synonym"):
        rows = index.execute(f"SELECT * FROM {table}")  # noqa: S608 - its name is one of these
        for some in iter(partial(rows.fetchmany, _HASHED), []):
            whole.update(json.dumps(some).encode())
    return whole.hexdigest()


Rows = dict[str, list[Sequence[Any]]]
"""Rows by table; things are numbered from 1."""

_INSERT = {
    "stands": "INSERT OR IGNORE INTO stands VALUES (?, ?)",
    "mention": "INSERT INTO mention VALUES (?, ?, ?, ?, ?, ?, ?)",
    "notation": "INSERT INTO notation VALUES (?, ?)",
    "relation": "INSERT OR IGNORE INTO relation VALUES (?, ?, ?)",
    "thing": "INSERT INTO thing(id, iri, kind, rank, name, sort, labels, identifiers, description, text,"
    " published) VALUES (? + :before, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)",
    "facet": "INSERT INTO facet VALUES (?, ?, ? + :before)",
    "known_as": "INSERT OR IGNORE INTO known_as VALUES (?, ? + :before, ?)",
}


def _insert(index: sqlite3.Connection, rows: Rows) -> None:
    """Insert rows; their things are numbered after those that are there."""
    (before,) = index.execute("SELECT coalesce(max(id), 0) FROM thing").fetchone()
    for table, insert in _INSERT.items():
        index.executemany(insert.replace(":before", str(before)), rows.get(table, ()))


def _rows(lines: Iterable[bytes]) -> Rows:
    """Return the rows of the things and mentions in lines of a graph."""
    rows: Rows = {table: [] for table in _INSERT}
    stands = set[tuple[str, str]]()
    for subject in things(map(bytes.decode, lines)):
        stands |= subject.named
        classes = set(subject.values(RDF.type))
        if RDM.Mention in classes:
            rows["mention"] += _mention(subject)
        else:
            _add(rows, subject, classes)
    rows["stands"] += sorted(stands)
    return rows


def _mention(subject: SubjectStatements) -> Iterator[Sequence[str | None]]:
    page = subject.iri.partition("#")[0]
    heading, label, openness = subject.first(RDM.heading), subject.first(RDFS.label), subject.first(RDM.openness)
    target, topic = subject.first(RDM.target), subject.first(RDM.topic)
    for role in [role.removeprefix(ROLE.base) for role in subject.values(RDM.role)] or [""]:
        yield page, topic, target, role or None, openness or None, heading, label


def _add(rows: Rows, subject: SubjectStatements, classes: set[str]) -> None:
    notations = [value for name in IDENTIFIERS for value in subject.values(name)]
    if ADMS.Identifier in classes:
        is_fairsharing = any("FAIRsharing" in term for term in subject.terms[SKOS.notation])
        written = ["https://fairsharing.org/" + text if is_fairsharing else text for text in notations]
        rows["notation"] += [(subject.iri, text) for text in (*written, *notations)]
    if PROV.Entity in classes:
        rows["notation"] += [(subject.iri, text) for text in subject.values(DCT.identifier)]
    relations = (name for name in _RELATIONS if name in subject.terms)
    rows["relation"] += [(subject.iri, name, target) for name in relations for target in subject.values(name)]
    kinds, names = kinds_of(classes), subject.values(*TITLES)
    if not names and ELI.LegalResource in classes:
        names = notations[:1]  # where a page cites a law under a link without text
    if kinds and any(names):
        _add_thing(rows, subject, kinds, names, notations)


def _add_thing(
    rows: Rows, subject: SubjectStatements, kinds: tuple[ThingKind, ...], names: list[str], notations: list[str]
) -> None:
    name, *others = names
    shown = f"{name} (not in force)" if subject.first(ELI.in_force) == ELI["InForce-notInForce"] else name
    labels = list(dict.fromkeys((*others, *subject.values(*LABELS))))
    thing = len(rows["thing"]) + 1
    rows["thing"].append(
        (
            *(thing, subject.iri, kinds[0].name, _RANKS[kinds[0].name], shown, fold(shown)),
            *("\n".join(labels), "\n".join(notations)),
            *(
                "\n".join(subject.values(*DESCRIPTIONS)),
                "\n".join(subject.values(*TEXTS)),
                subject.first(DCAT.landingPage),
            ),
        )
    )
    rows["facet"] += [("kind", kind.name, thing) for kind in kinds]
    rows["facet"] += [("site", site, thing) for site in sorted(subject.sites)]
    addresses = subject.values(*ADDRESSES)
    known = {
        BY_IDENTIFIER: (subject.iri, *_suffixes([subject.iri]), *notations),
        BY_NAME: (name,),
        BY_LABEL: [*labels, *_ABBREVIATED.findall(name)],
        BY_ADDRESS: (*addresses, *_suffixes(addresses)),
    }
    rows["known_as"] += _known_as(thing, known)


def _suffixes(iris: Iterable[str]) -> list[str]:
    """Return the ids of the FAIRsharing records among some IRIs."""
    return [iri.removeprefix(fairsharing.DOI) for iri in iris if iri.startswith(fairsharing.DOI)]


def _known_as(thing: int, known: Mapping[int, Iterable[str]]) -> Iterator[tuple[str, int, int]]:
    """Yield the rows of the keys of the texts by which a thing is known, the best kind of key first."""
    return ((key, thing, how) for how, texts in known.items() for text in texts for key in sorted(keys(text)))


def _join(index: sqlite3.Connection) -> None:
    """Join statements of other subjects to things: identifiers, recommendations, facets and texts of mentions."""
    for create in WORKING_INDEXES:
        index.execute(create)
    found = index.execute(
        "SELECT thing.id, written FROM relation JOIN notation ON node = object JOIN thing ON iri = subject"
        " WHERE property = ? ORDER BY thing.id, written",
        (ADMS.identifier,),
    ).fetchall()
    for thing, rows in groupby(found, key=itemgetter(0)):
        written = [text for _, text in rows]
        index.executemany(_INSERT["known_as"].replace(":before", "0"), _known_as(thing, {BY_IDENTIFIER: written}))
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
    index.execute(
        "INSERT INTO cites SELECT law.id, page.id FROM relation JOIN thing AS law ON law.iri = object"
        " JOIN thing AS page ON page.iri = subject WHERE property = ?",
        (RDM.citesLegislation,),
    )
    for facets in _FACETS:
        named = {"names": RDM.mentionsModality, "is": RDM.modality, "pages": json.dumps(PAGES)}
        index.execute("INSERT OR IGNORE INTO facet " + facets, named)
    _join_sections(index)
    said = index.execute(
        "SELECT thing.id, named.name, named.labels FROM relation JOIN thing ON thing.iri = subject"
        " JOIN thing AS named ON named.iri = object WHERE property IN (SELECT value FROM json_each(?))"
        " ORDER BY thing.id, named.iri",
        (json.dumps(NAMED),),
    ).fetchall()
    for thing, rows in groupby(said, key=itemgetter(0)):
        names = "\n".join(f"{name}, {labels}".replace("\n", ", ") for _, name, labels in rows)
        index.execute("UPDATE thing SET text = trim(text || ? || ?, ?) WHERE id = ?", ("\n", names, "\n", thing))
    index.execute(
        "UPDATE thing SET sheets = (SELECT count(DISTINCT sheet) FROM recommends WHERE recommends.thing = thing.id),"
        " text = trim(text || char(10) || coalesce((SELECT group_concat(line, char(10)) FROM ("
        "   SELECT DISTINCT heading AS line FROM mention WHERE page = iri UNION SELECT label FROM mention"
        "   WHERE target = iri UNION SELECT openness FROM mention WHERE target = iri"
        "   UNION SELECT heading FROM mention WHERE target = iri UNION SELECT label FROM mention"
        "   WHERE page = iri UNION SELECT label FROM mention WHERE topic = iri UNION SELECT whole.name"
        "   FROM thing AS whole WHERE whole.iri = substr(thing.iri, 1, instr(thing.iri, '#') - 1))), ''), char(10))"
    )


def _join_sections(index: sqlite3.Connection) -> None:
    """Join the section of its site to each page, other than one that has the title of a section."""
    index.create_function("section_of", 3, section_of, deterministic=True)
    index.create_function("casefold", 1, str.casefold, deterministic=True)
    index.execute(
        "CREATE TEMP TABLE stands_under AS SELECT thing.id AS thing, whole.object AS site, casefold(name) AS name,"
        " min(section_of(coalesce(sort.object, ''), coalesce(written, ''), kind = 'cheat-sheet')) AS section FROM thing"
        " JOIN relation AS whole ON whole.subject = iri AND whole.property = :whole"
        " LEFT JOIN relation AS sort ON sort.subject = iri AND sort.property = :sort"
        " LEFT JOIN relation AS file ON file.subject = iri || '#graph' AND file.property = :file"
        " LEFT JOIN notation ON node = file.object"
        " WHERE kind IN (SELECT value FROM json_each(:pages)) GROUP BY thing.id",
        {"whole": SCHEMA.isPartOf, "sort": DCT.type, "file": PROV.wasDerivedFrom, "pages": json.dumps(PAGES)},
    )
    index.execute(
        "INSERT INTO facet SELECT 'section', section, thing FROM stands_under AS own WHERE (site, name) NOT IN"
        " (SELECT site, casefold(section) FROM stands_under)"
    )


_FACETS = (
    """SELECT 'site', site, id FROM stands JOIN thing USING (iri)
    WHERE kind NOT IN (SELECT value FROM json_each(:pages))""",
    "SELECT 'role', role, id FROM mention JOIN thing ON iri = target WHERE role NOT NULL",
    "SELECT 'openness', openness, id FROM mention JOIN thing ON iri = target WHERE openness NOT NULL",
    "SELECT 'modality', object, id FROM relation JOIN thing ON iri = subject WHERE property IN (:names, :is)",
    """SELECT 'modality', object, recommends.thing FROM recommends JOIN thing AS s ON s.id = sheet
    JOIN relation ON subject = s.iri WHERE property = :names""",
)
"""Queries for facets; a page stands in its own site alone, and the modalities of a thing are its own and those of the
sheets that recommend it."""


def _fill_synonyms(index: sqlite3.Connection) -> None:
    """Fill the table of synonyms, by the stems of their words, in both directions."""
    table = read_table(CROSSWALKS / "synonyms.tsv", _SYNONYM)
    pairs = [tuple(words(text)) for _, (word, meaning) in table.select(_SYNONYM) for text in (word, meaning)]
    both = [*zip(pairs[::2], pairs[1::2], strict=True), *zip(pairs[1::2], pairs[::2], strict=True)]
    rows = sorted({(stems(phrase)[0], " ".join(meant)) for phrase, meant in both})
    index.executemany("INSERT INTO synonym VALUES (?, ?)", rows)


def _fill_sections(index: sqlite3.Connection, sections: Sections) -> None:
    rows = ((*section, page) for page in sorted(sections) for section in sections[page])
    index.executemany(
        "INSERT INTO section(thing, anchor, heading, text) SELECT id, ?, ?, ? FROM thing WHERE iri = ?", rows
    )


def _fill_things(index: sqlite3.Connection) -> None:
    """Fill the full-text table of things."""
    index.execute(
        "INSERT INTO words(rowid, name, labels, identifiers, description, text)"
        " SELECT id, name, labels, identifiers, description, text FROM thing ORDER BY id"
    )
    index.execute("INSERT INTO words(words) VALUES ('optimize')")


def _fill_words(index: sqlite3.Connection) -> None:
    """Fill the full-text table of sections, and those of the words in things and sections."""
    index.execute("INSERT INTO sections(sections) VALUES ('rebuild')")
    index.execute("INSERT INTO sections(sections) VALUES ('optimize')")
    for table in ("words", "sections"):
        index.execute(f"CREATE VIRTUAL TABLE temp.vocabulary_of_{table} USING fts5vocab('main', '{table}', 'row')")
    found = [*_spelled(index)]
    is_filled = [word for word, _ in found] == [word for (word,) in index.execute("SELECT word FROM word ORDER BY id")]
    index.execute("DELETE FROM word")
    index.executemany("INSERT INTO word VALUES (?, ?, ?)", ((n, *each) for n, each in enumerate(found, 1)))
    if not is_filled:
        index.execute("DELETE FROM trigram")
        index.execute(_TRIGRAMS, (_SPELLED[-1] + 1,))
    for table in ("words", "sections"):
        index.execute(f"DROP TABLE temp.vocabulary_of_{table}")


def _fill_places(index: sqlite3.Connection) -> None:
    """Fill the table of the places of all things, in each order."""
    select, insert = f"SELECT id FROM {UNREAD} ORDER BY ", f"INSERT INTO place VALUES (?{', ?' * len(PLACES)})"  # noqa: S608
    orders = [index.execute(select + order(name)) for name in PLACES]
    rows = ((number, *(thing for (thing,) in row)) for number, row in enumerate(zip(*orders, strict=True), 1))
    index.executemany(insert, rows)


def _spelled(index: sqlite3.Connection) -> Iterator[tuple[str, int]]:
    """Yield the words that are used as corrections, each with the number of things and sections that contain it.

    A word that stands in a single section may itself be misspelt.
    """
    counts = index.execute(
        "SELECT term, sum(doc) FROM (SELECT term, doc FROM temp.vocabulary_of_words UNION ALL"
        " SELECT term, doc FROM temp.vocabulary_of_sections WHERE doc > 1) GROUP BY term ORDER BY term"
    )
    for word, count in counts:
        if len(word) in _SPELLED and word.isalpha():
            yield word, count


def _label_facets(index: sqlite3.Connection) -> None:
    """Fill the table of labels; a facet value without a label is labelled with its name."""
    labels = {("kind", kind.name): kind.label for kind in KINDS}
    values = index.execute("SELECT facet, value, count(*) FROM facet GROUP BY facet, value").fetchall()
    iris = {"site": BASE, "role": ROLE.base, "modality": ""}
    for facet, value, number in values:
        iri = iris[facet] + value if facet in iris else ""
        named = index.execute("SELECT name FROM thing WHERE iri = ?", (iri,)).fetchone()
        label = labels.get((facet, value)) or (named[0] if named else value.replace("-", " "))
        rank = _RANKS.get(value, 0) if facet == "kind" else 0
        index.execute("INSERT INTO facet_label VALUES (?, ?, ?, ?, ?)", (facet, value, label, rank, number))
    index.execute(
        "UPDATE thing SET sites = coalesce((SELECT group_concat(label, char(10)) FROM (SELECT label FROM facet"
        " JOIN facet_label USING (facet, value) WHERE facet.thing = thing.id AND facet = 'site' ORDER BY label)), '')"
    )
