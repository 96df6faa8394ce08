"""Query results as HTML tables."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from kg.iri import is_web_address
from kg.query import JSON, TURTLE, Form, Query
from kg.vocab import BASE, prefixed_name
from server.pages.addresses import page_of
from server.pages.answer import ask
from server.pages.rows import collect
from server.service import Service

PAGE_LIMIT = 1024 * 1024
"""Largest result in a page, in bytes."""
CELLS = PAGE_LIMIT // 32
"""Largest number of cells in a page: unbound variables add cells but no bytes."""
_SHOWN = {Form.BINDINGS: JSON, Form.BOOLEAN: JSON, Form.GRAPH: TURTLE}


@dataclass(frozen=True, slots=True)
class Cell:
    """One value of one row."""

    text: str
    href: str | None = None
    """Address of the page or web page of an IRI."""
    language: str | None = None


@dataclass(frozen=True, slots=True)
class Table:
    """A query result as columns and rows, or as text."""

    columns: tuple[str, ...] = ()
    rows: tuple[tuple[Cell, ...], ...] = ()
    text: str | None = None
    """Text instead of rows: a graph as Turtle, or ``yes`` or ``no``."""
    too_large: bool = False
    """True if the result is too large for a page; then it has neither rows nor text."""


def table(service: Service, query: Query) -> Table:
    """Return the answer to ``query``; too large if it has more than :data:`PAGE_LIMIT` bytes or :data:`CELLS` cells.

    Raises:
        QueryError: when the pool cannot answer.
    """
    reply = ask(service, query, _SHOWN)
    body = collect(reply.chunks, PAGE_LIMIT)
    if body is None:
        return Table(too_large=True)
    if reply.form is Form.GRAPH:
        return Table(text=body.decode())
    answer = json.loads(body)
    if reply.form is Form.BOOLEAN:
        return Table(text="yes" if answer["boolean"] else "no")
    columns = tuple(answer["head"]["vars"])
    if len(columns) * len(answer["results"]["bindings"]) > CELLS:
        return Table(too_large=True)
    rows = (tuple(_cell(row.get(name)) for name in columns) for row in answer["results"]["bindings"])
    return Table(columns, tuple(rows))


def _cell(term: Mapping[str, Any] | None) -> Cell:
    if term is None:
        return Cell("")
    if term["type"] == "uri":
        return _iri_cell(str(term["value"]))
    if term["type"] == "triple":
        return Cell(json.dumps(term["value"], ensure_ascii=False))
    text = str(term["value"])
    return Cell(text, text if is_web_address(text) else None, term.get("xml:lang"))


def _iri_cell(iri: str) -> Cell:
    """Return the cell of an IRI; an IRI of our namespace links to its page, any other to itself if it is a URL."""
    if iri.startswith(BASE):
        return Cell(iri.removeprefix(BASE), page_of(iri))
    return Cell(prefixed_name(iri), iri if is_web_address(iri) else None)
