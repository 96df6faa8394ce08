"""Query results as tables for people."""

from __future__ import annotations

import json
from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from functools import partial
from itertools import chain, islice
from typing import Any

from kg.iri import is_iri, is_web_address
from kg.query import JSON, TURTLE, Form, Query, canned
from kg.query.absent import absent_names
from kg.query.rows import Row, text, values
from kg.vocab import BASE, BLOCK, RDM, ROLE, SECTION, XSD, prefixed_name
from server.pages.addresses import page_of
from server.pages.answer import ask
from server.pages.languages import foreign, languages
from server.pages.lines import line_addresses
from server.pages.rows import collect, rows
from server.pages.statements import names_of, site_of
from server.pages.words import address, date_in_words, decoded, registry
from server.service import Service

PAGE_LIMIT = 1024 * 1024
"""Largest result in a page, in bytes."""
CELLS = PAGE_LIMIT // 32
"""Largest number of cells in a page: unbound variables add cells but no bytes."""
_SHOWN = {Form.BINDINGS: JSON, Form.BOOLEAN: JSON, Form.GRAPH: TURTLE}
_NUMBERS = frozenset({XSD.integer, XSD.decimal, XSD.double})
_DATES = {XSD.date: "%-d %B %Y", XSD.dateTime: "%-d %B %Y, %H:%M"}
"""Datatype → how its values are written."""
_DIGITS = 10
"""Digits that no number of a line has."""
_MOST_LOOKED_UP = 1000
"""Largest number of IRIs whose descriptions, or names for the answer to somebody's own query, are looked up."""
_TERMS = (RDM.base, ROLE.base, SECTION.base, BLOCK.base)
"""Beginnings of the IRIs of terms, which people write in queries by their prefixed names."""


@dataclass(frozen=True, slots=True)
class Cell:
    """One value of one row."""

    text: str
    href: str | None = None
    """Address of the page or web page of an IRI."""
    language: str | None = None
    """Language of a text that is not in English."""
    datatype: str = ""
    """IRI of the datatype of a number or a date."""
    value: str = ""
    """The value in the form that machines read, where the text has another."""
    is_code: bool = False
    """True for an IRI in the form of queries, which is no words for people."""
    members: tuple[Cell, ...] = ()
    """The values of a list, which the text has as well."""

    @property
    def is_time(self) -> bool:
        """True for a date or time in words, which machines read from the value."""
        return self.datatype in _DATES and self.text != self.value


@dataclass(frozen=True, slots=True)
class TableColumn:
    """A column of a table."""

    name: str
    """Variable of the values."""
    label: str
    is_number: bool = False
    href: str | None = None
    """Address of the table sorted by the column; ``None`` for a table that is whole, which a script sorts."""
    direction: str | None = None
    """Value of ``aria-sort``, if the table is sorted by the column."""
    thing: Cell | None = None
    """Link to what the heading names."""
    count: Cell | None = None
    """Number of what the column has, which leads to a list of it."""


@dataclass(frozen=True, slots=True)
class Table:
    """A query result as columns and rows, or as text."""

    columns: tuple[TableColumn, ...] = ()
    rows: tuple[tuple[Cell, ...], ...] = ()
    same: tuple[tuple[TableColumn, Cell], ...] = ()
    """The columns that have the same value in all of several rows, which are no columns of the table."""
    text: str | None = None
    """Text instead of rows: a graph as Turtle, or ``yes`` or ``no``."""
    too_large: bool = False
    """True if the result is too large for a page; then it has neither rows nor text."""
    is_matrix: bool = False
    """True if the first column has the headings of the rows; then it and the head stay in view."""
    whole: str | None = None
    """Address of the list that the table is a part of, as CSV."""
    absent: str = ""
    """Which names of the query of an empty table are nowhere in the graph."""


def table(service: Service, query: Query, columns: Sequence[canned.Column] = ()) -> Table:
    """Return the answer to ``query``; too large if it has more than :data:`PAGE_LIMIT` bytes or :data:`CELLS` cells,
    of which a list has one for each value.

    Raises:
        QueryError: when the pool cannot answer.
    """
    reply = ask(service, query, _SHOWN)
    body = collect(reply.chunks, PAGE_LIMIT)
    if body is None:
        return Table(too_large=True)
    if reply.form is Form.GRAPH:
        return Table(text=body.decode())
    return table_of(service, json.loads(body), columns)


def table_of(service: Service, answer: Mapping[str, Any], columns: Sequence[canned.Column] = ()) -> Table:
    """Return a result, in the form of SPARQL 1.1 Query Results JSON, with these columns; with all where none are given.

    A name and the IRI of what it names are one link, and a line of a page is a link to that line. Columns without any
    value are left out.

    Raises:
        QueryError: when the pool cannot answer.
    """
    if "boolean" in answer:
        return Table(text="yes" if answer["boolean"] else "no")
    names, found = answer["head"]["vars"], answer["results"]["bindings"]
    known = set(names)
    wanted = [column for column in columns if column.name in known] or [canned.Column(name, name) for name in names]
    if len(wanted) * max(len(found), 1) + sum(_members(found, column) for column in wanted) > CELLS:
        return Table(too_large=True)
    links = _Links(service, found, wanted)
    shown = (_column(column, [links.cell(row, column) for row in found]) for column in wanted)
    return without_repetition(shown)


def _members(found: Sequence[Row], column: canned.Column) -> int:
    """Return the number of values in the lists of a column, of which each is shown as a cell is."""
    return sum(len(_list(text(row, column.each))) for row in found) if column.each else 0


def with_absent_names(service: Service, shown: Table, query: str) -> Table:
    """Return the table of somebody's own query; an empty one says which names of the query are nowhere in the graph.

    Raises:
        QueryError: when the pool cannot answer.
    """
    is_empty = not shown.rows and shown.text is None and not shown.too_large
    return replace(shown, absent=absent_names(query, partial(rows, service))) if is_empty else shown


def without_repetition(listed: Iterable[tuple[TableColumn, Sequence[Cell]]]) -> Table:
    """Return a table of columns, without those that have no value, or the same value in all of several rows."""
    columns = [(column, cells) for column, cells in listed if any(cell.text for cell in cells)]
    same = [(column, cells[0]) for column, cells in columns if len(cells) > 1 and len(set(cells)) == 1]
    if len(same) == len(columns):  # rows that are all alike are only to be counted
        same = []
    alone = {column for column, _ in same}
    rest = [(column, cells) for column, cells in columns if column not in alone]
    return Table(
        tuple(column for column, _ in rest), tuple(zip(*(cells for _, cells in rest), strict=True)), tuple(same)
    )


def _column(column: canned.Column, cells: Sequence[Cell]) -> tuple[TableColumn, Sequence[Cell]]:
    is_number = all(cell.datatype in _NUMBERS for cell in cells if cell.text)
    return TableColumn(column.name, column.label, is_number), cells


class _Links:
    """Makes the cells of a result, with the addresses that they lead to."""

    def __init__(self, service: Service, found: Sequence[Row], columns: Sequence[canned.Column]) -> None:
        """Look up what the graph has about the IRIs, names and lines of a result."""
        lines, named = defaultdict[str, set[int]](set), dict[str, str]()
        for column in columns:
            for row in found:
                if place := _place(row, column):
                    lines[place[0]].add(place[1])
                if column.of and is_iri(text(row, column.of)):
                    named[text(row, column.of)] = text(row, column.name)
        self._of_query = all(column.name == column.label for column in columns)
        listed = {iri for column in columns if column.each for row in found for iri in _list(text(row, column.each))}
        bare = (text(row, column.name) for row in found for column in columns if _is_bare_iri(row, column))
        listed = set(_things(chain(bare, sorted(listed)))) if self._of_query else listed.union(bare)
        self._names = names_of(service, filter(is_iri, listed)) if listed else {}
        self._places = {iri: registry(iri) or site_of(service, iri) for iri in listed}
        self._namesakes = Counter(name.casefold() for name in self._names.values())
        named |= self._names
        self._lines = line_addresses(service, lines)
        self._languages = languages(service, named)
        iris = {str(term["value"]) for row in found for term in row.values() if term["type"] == "uri"}
        self._described = _described(service, iris)

    def cell(self, row: Row, column: canned.Column) -> Cell:
        """Return the cell of a row in a column."""
        term = row.get(column.name)
        if term and (place := _place(row, column)):
            return replace(_literal(term), href=self._lines.get(place))
        if column.each and text(row, column.each):
            members = tuple(map(self._told_apart, _list(text(row, column.each))))
            in_order = tuple(sorted(members, key=lambda member: member.text.casefold()))
            return Cell("; ".join(member.text for member in in_order), members=in_order)
        if column.of and column.of in row:
            iri = text(row, column.of)
            return self._named(iri, term) if term else self._iri(iri)
        if term is None:
            return Cell("")
        if term["type"] != "uri":
            return _literal(term)
        iri = str(term["value"])
        return self._told_apart(iri) if self._of_query else self._elsewhere(iri)

    def _told_apart(self, iri: str) -> Cell:
        """Return an IRI by the name that it has, with its registry or site if another one has the same name."""
        shown, name = self._iri(iri), self._names.get(iri)
        if not name:
            return shown
        place = self._places[iri] if self._namesakes[name.casefold()] > 1 else ""
        words = f"{name} ({place})" if place else name
        return replace(shown, text=words, language=self._languages.get(iri), is_code=False)

    def _elsewhere(self, iri: str) -> Cell:
        """Return an IRI by the name that it has, and the registry or the site that it is of."""
        name, place = self._names.get(iri, ""), self._places[iri]
        shown = self._iri(iri)
        words = f"{name} ({place})" if name and place else name or place or shown.text
        return replace(shown, text=words, language=self._languages.get(iri) if name else None)

    def _named(self, iri: str, name: Mapping[str, Any]) -> Cell:
        cell = _literal(name)
        return replace(cell, href=self._address(iri), language=self._languages.get(iri, cell.language))

    def _iri(self, iri: str) -> Cell:
        short = prefixed_name if self._of_query else address
        shown = iri.removeprefix(BASE) if iri.startswith(BASE) else short(iri)
        return Cell(shown if self._of_query else decoded(shown), self._address(iri), is_code=self._of_query, value=iri)

    def _address(self, iri: str) -> str | None:
        """Return the address of our page of an IRI that the graph describes, else of the web page at the IRI."""
        if iri.startswith(BASE) or iri in self._described or iri in self._names:
            return page_of(iri)
        return iri if is_web_address(iri) else None


def _place(row: Row, column: canned.Column) -> tuple[str, int] | None:
    """Return the page and line that a row has in a column of lines."""
    page, line = text(row, column.page) if column.page else "", text(row, column.name)
    return (page, int(line)) if is_iri(page) and line.isdecimal() and len(line) < _DIGITS else None


def _is_bare_iri(row: Row, column: canned.Column) -> bool:
    return not column.of and column.name in row and row[column.name]["type"] == "uri"


def _things(iris: Iterable[str]) -> Iterable[str]:
    """Return the first distinct IRIs that are not of terms, at most :data:`_MOST_LOOKED_UP`."""
    things = (iri for iri in dict.fromkeys(iris) if is_iri(iri) and not iri.startswith(_TERMS))
    return islice(things, _MOST_LOOKED_UP)


def _list(iris: str) -> list[str]:
    return iris.split(", ") if iris else []


def _described(service: Service, iris: Iterable[str]) -> set[str]:
    """Return the IRIs outside our namespace that the graph describes."""
    outside = sorted(iri for iri in iris if not iri.startswith(BASE) and is_iri(iri))[:_MOST_LOOKED_UP]
    if not outside:
        return set()
    query = f"SELECT ?s {{ {values('s', outside)} FILTER EXISTS {{ ?s ?p ?o }} }}"
    return {text(row, "s") for row in rows(service, query)}


def _literal(term: Mapping[str, Any]) -> Cell:
    """Return the cell of a literal, a blank node or a triple; an address of the web is a link to it."""
    if term["type"] == "triple":
        return Cell(json.dumps(term["value"], ensure_ascii=False))
    written, datatype = str(term["value"]), str(term.get("datatype", ""))
    if datatype in _DATES:
        return Cell(date_in_words(written, _DATES[datatype]), datatype=datatype, value=written)
    return Cell(
        address(written),
        written if is_web_address(written) else None,
        foreign(term.get("xml:lang", "")),
        datatype,
        written,
    )
