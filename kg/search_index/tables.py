"""The schema of the index, and of the temporary tables that are used to write it."""

from kg.search_index.results import SORTS

FILE = "search.sqlite"
"""Name of the index in the folder of a release."""
FORMAT = 5
"""Version of the schema, stored as SQLite's ``user_version``; files of any other version are rejected."""
PLACES = (*SORTS, *(f"-{sort}" for sort in SORTS))
"""Columns of ``place``: the orders in which all things can be listed."""

TABLES = f"""
PRAGMA user_version = {FORMAT};
CREATE TABLE thing(
  id INTEGER PRIMARY KEY, iri TEXT NOT NULL UNIQUE, kind TEXT NOT NULL, rank INTEGER NOT NULL, name TEXT NOT NULL,
  sort TEXT NOT NULL, labels TEXT NOT NULL, identifiers TEXT NOT NULL, description TEXT NOT NULL, text TEXT NOT NULL,
  published TEXT NOT NULL, sites TEXT NOT NULL DEFAULT '', sheets INTEGER NOT NULL DEFAULT 0
);
CREATE TABLE facet(facet TEXT, value TEXT, thing INTEGER, PRIMARY KEY(thing, facet, value)) WITHOUT ROWID;
CREATE INDEX thing_of_facet ON facet(facet, value, thing);
CREATE TABLE facet_label(
  facet TEXT, value TEXT, label TEXT, rank INTEGER, things INTEGER, PRIMARY KEY(facet, value)
) WITHOUT ROWID;
CREATE TABLE known_as(key TEXT, thing INTEGER, how INTEGER, PRIMARY KEY(key, thing)) WITHOUT ROWID;
CREATE TABLE recommends(thing INTEGER, sheet INTEGER, how TEXT, PRIMARY KEY(thing, sheet, how)) WITHOUT ROWID;
CREATE INDEX thing_of_sheet ON recommends(sheet, thing);
CREATE TABLE cites(law INTEGER, page INTEGER, PRIMARY KEY(law, page)) WITHOUT ROWID;
CREATE TABLE word(id INTEGER PRIMARY KEY, word TEXT NOT NULL UNIQUE, things INTEGER NOT NULL);
CREATE TABLE trigram(trigram TEXT, word INTEGER, PRIMARY KEY(trigram, word)) WITHOUT ROWID;
CREATE TABLE section(
  id INTEGER PRIMARY KEY, thing INTEGER NOT NULL, anchor TEXT NOT NULL, heading TEXT NOT NULL, text TEXT NOT NULL
);
CREATE TABLE place(number INTEGER PRIMARY KEY, {", ".join(f'"{name}" INTEGER' for name in PLACES)});
CREATE TABLE synonym(word TEXT, meant TEXT, PRIMARY KEY(word, meant)) WITHOUT ROWID;
CREATE VIRTUAL TABLE sections USING fts5(
  heading, text, content='section', content_rowid='id', tokenize='unicode61 remove_diacritics 2'
);
CREATE VIRTUAL TABLE words USING fts5(
  name, labels, identifiers, description, text,
  content='', tokenize='unicode61 remove_diacritics 2', prefix='1 2 3'
);
"""
"""``how`` of ``known_as`` is one of the constants below; ``how`` of ``recommends`` is the property's local name.
A row of ``place`` has the thing that is at this place, from 1, in the list of all things in each order."""

BY_IDENTIFIER, BY_NAME, BY_LABEL, BY_ADDRESS = range(4)
"""Kinds of keys: an identifier of the thing itself, its name, an alternative name, an address that it refers to."""

WORKING_TABLES = """
CREATE TEMP TABLE mention(page TEXT, topic TEXT, target TEXT, role TEXT, openness TEXT, heading TEXT, label TEXT);
CREATE TEMP TABLE stands(iri TEXT, site TEXT, PRIMARY KEY(iri, site)) WITHOUT ROWID;
CREATE TEMP TABLE relation(subject TEXT, property TEXT, object TEXT, PRIMARY KEY(subject, property, object))
  WITHOUT ROWID;
CREATE TEMP TABLE notation(node TEXT, written TEXT);
"""
"""Tables of statements that are joined after the whole graph was read, which keeps them out of memory."""

WORKING_INDEXES = (
    "CREATE INDEX temp.mention_of_page ON mention(page)",
    "CREATE INDEX temp.mention_of_topic ON mention(topic)",
    "CREATE INDEX temp.mention_of_target ON mention(target)",
    "CREATE INDEX temp.notation_of_node ON notation(node)",
)
"""Indexes of these tables, which are made in one go when these are full."""
