"""Answers of the pool as values of Python."""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping

from kg.errors import QueryTooLarge
from kg.query import JSON, Form, Query
from kg.query.text import iri_term
from kg.vocab import PREFIXES
from server.pages.answer import ask
from server.service import Service
from server.workers import Chunks

LIMIT = 4 * 1024 * 1024
"""Largest answer that a page is made of, in bytes."""
Row = Mapping[str, Mapping[str, str]]
"""Variable → term, as in SPARQL 1.1 Query Results JSON."""
_JSON = {Form.BINDINGS: JSON, Form.BOOLEAN: JSON, Form.GRAPH: None}
_HEADER = "".join(f"PREFIX {prefix}: <{base}>\n" for prefix, base in PREFIXES.items())


def rows(service: Service, query: str) -> list[Row]:
    """Return the rows of a SELECT query, which may use our prefixes.

    Raises:
        QueryTooLarge: when the answer is longer than :data:`LIMIT`.
        QueryError: when the pool cannot answer.
    """
    found: list[Row] = json.loads(answer(service, _HEADER + query))["results"]["bindings"]
    return found


def holds(service: Service, query: str) -> bool:
    """Return the answer to an ASK query, which may use our prefixes.

    Raises:
        QueryError: when the pool cannot answer.
    """
    return bool(json.loads(answer(service, _HEADER + query))["boolean"])


def answer(service: Service, query: str) -> bytes:
    """Return the answer to a SELECT or ASK query as SPARQL 1.1 Query Results JSON.

    Raises:
        QueryTooLarge: when the answer is longer than :data:`LIMIT`.
        QueryError: when the pool cannot answer.
    """
    body = collect(ask(service, Query(query), _JSON).chunks, LIMIT)
    if body is None:
        raise QueryTooLarge("there is too much of this for a page")
    return body


def collect(chunks: Chunks, limit: int) -> bytes | None:
    """Return the whole answer, or ``None`` if it has more than ``limit`` bytes."""
    body = bytearray()
    try:
        for chunk in chunks:
            body += chunk
            if len(body) > limit:
                return None
    finally:
        chunks.close()
    return bytes(body)


def text(row: Row, variable: str) -> str:
    """Return the value of a variable; empty if it is unbound."""
    return row.get(variable, {}).get("value", "")


def values(variable: str, iris: Iterable[str]) -> str:
    """Return a VALUES block of IRIs.

    >>> values("s", ["http://b.c/", "http://a.b/"])
    'VALUES ?s { <http://a.b/> <http://b.c/> }'
    """
    return f"VALUES ?{variable} {{ {' '.join(sorted({iri_term(iri) for iri in iris}))} }}"
