"""Answers as short JSON: rows without names, prefixed IRIs, and a note where something is left out."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from math import isfinite
from typing import Any

from kg.query import Form, Query
from kg.vocab import XSD, prefixed_name
from server.workers.asking import PoolStore

MOST_ROWS = 100
"""Rows of an answer, at most."""
MOST_BYTES = 24 * 1024
"""Bytes of the rows, or the graph, of an answer, about."""
_MOST_READ = 16 * MOST_BYTES
"""Bytes of SPARQL JSON, or Turtle, that are read; the rows are much shorter without names of variables and types."""
_LONGEST = 600
"""Characters of a text in a cell."""
_FEWER = "ask for less, for example with LIMIT and OFFSET or a narrower pattern"
_NUMBERS: Mapping[str, Callable[[str], int | float]] = {
    XSD.integer: int,
    XSD.base + "decimal": float,
    XSD.base + "double": float,
}

Cell = str | int | float | bool | None
"""A value in a row."""


def answered(store: PoolStore, query: Query) -> dict[str, Any]:
    """Return the answer to a query: ``columns`` and ``rows``, ``boolean``, or ``turtle``; ``truncated`` if cut.

    Raises:
        QueryError: when the query fails.
    """
    answer = store.ask(query)
    body, whole = answer.beginning(_MOST_READ)
    if answer.form is Form.GRAPH:
        return _turtle(body)
    text = body.decode("utf-8", "ignore")
    if answer.form is Form.BOOLEAN:
        return {"boolean": json.loads(text)["boolean"]}
    names, bindings = _bindings(text)
    made = table(names, ([_cell(row.get(name)) for name in names] for row in bindings))
    if not whole:
        made["truncated"] = f"these are the first {len(made['rows'])} rows of more; {_FEWER}"
    return made


def table(columns: Sequence[str], rows: Iterable[Sequence[Cell]]) -> dict[str, Any]:
    """Return rows within the bounds, without the columns that are empty in all of them."""
    kept: list[Sequence[Cell]] = []
    cut, room = False, MOST_BYTES
    for row in rows:
        room -= len(json.dumps(row, ensure_ascii=False).encode())
        if len(kept) == MOST_ROWS or room < 0:
            cut = True
            break
        kept.append(row)
    used = [at for at in range(len(columns)) if not kept or any(row[at] is not None for row in kept)]
    made: dict[str, Any] = {
        "columns": [columns[at] for at in used],
        "rows": [[row[at] for at in used] for row in kept],
    }
    return made | ({"truncated": f"these are the first {len(kept)} rows of more; {_FEWER}"} if cut else {})


def short(text: str) -> str:
    """Return a text that is cut after :data:`_LONGEST` characters, with a sign that it is."""
    return text if len(text) <= _LONGEST else f"{text[:_LONGEST]}…"


def _bindings(text: str) -> tuple[list[str], Iterator[Mapping[str, Any]]]:
    """Return the variables and the solutions of SPARQL JSON, of which the end may be missing."""
    head, _, rest = text.partition('"bindings":[')
    names: list[str] = json.loads(head[head.index('"vars":') + len('"vars":') : head.index("]") + 1])
    return names, _objects(rest)


def _objects(text: str) -> Iterator[Mapping[str, Any]]:
    decoder, at = json.JSONDecoder(), 0
    while text.startswith("{", at):
        try:
            found, at = decoder.raw_decode(text, at)
        except json.JSONDecodeError:
            return  # its end is missing
        yield found
        at += text.startswith(",", at)


def _cell(term: Mapping[str, Any] | None) -> Cell:
    """Return a term: a prefixed IRI, a number, or a text."""
    if term is None:
        return None
    written = term["value"]
    if term["type"] == "triple":
        return " ".join(str(_cell(written[part])) for part in ("subject", "predicate", "object"))
    if term["type"] == "uri":
        return prefixed_name(written)
    try:
        number = _NUMBERS[term.get("datatype", "")](written)
    except (KeyError, ValueError):
        return short(written)
    return number if isfinite(number) else written


def _turtle(body: bytes) -> dict[str, Any]:
    text = body[:MOST_BYTES].decode("utf-8", "ignore")
    if len(body) <= MOST_BYTES:
        return {"turtle": text}
    return {"turtle": text.rpartition("\n")[0], "truncated": f"the rest of the graph is left out; {_FEWER}"}
