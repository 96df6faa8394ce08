"""An answer as a table for people."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from kg.iri import is_web_address
from kg.query import BINDINGS_FORMATS, GRAPH_FORMATS, Form, Query
from kg.vocab import BASE, prefixed_name
from server.pages.addresses import page_of
from server.pages.answer import ask
from server.pages.rows import collect
from server.service import Service

PAGE_LIMIT = 1024 * 1024
"""Bytes of an answer that a page may show."""
CELLS = PAGE_LIMIT // 32
"""Cells that a page may show: as many as fit into such an answer, while unbound variables come for nothing."""
_SHOWN = {Form.BINDINGS: BINDINGS_FORMATS[0], Form.BOOLEAN: BINDINGS_FORMATS[0], Form.GRAPH: GRAPH_FORMATS[0]}


@dataclass(frozen=True, slots=True)
class Cell:
    """One value of one row."""

    text: str
    href: str | None = None
    """Where it leads, for an IRI of the web."""
    language: str | None = None


@dataclass(frozen=True, slots=True)
class Table:
    """An answer to show."""

    columns: tuple[str, ...] = ()
    rows: tuple[tuple[Cell, ...], ...] = ()
    text: str | None = None
    """What there is instead of rows: a graph as Turtle, yes or no."""
    too_large: bool = False
    """Nothing is shown, since a page is no place for so much."""


def table(service: Service, query: Query) -> Table:
    """The answer to ``query``, if it has at most :data:`PAGE_LIMIT` bytes and :data:`CELLS`.

    Raises what the pool raises.
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
    """An IRI of the web leads to its place, one of our data to its page."""
    if iri.startswith(BASE):
        return Cell(iri.removeprefix(BASE), page_of(iri))
    return Cell(prefixed_name(iri), iri if is_web_address(iri) else None)
