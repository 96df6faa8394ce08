"""Query results as Python values."""

from __future__ import annotations

from kg.errors import QueryTooLarge
from kg.query import JSON, Form, Query
from kg.query.rows import Row, read_boolean, read_rows, with_prefixes
from server.pages.answer import ask
from server.service import Service
from server.workers import Chunks

LIMIT = 4 * 1024 * 1024
"""Largest query result for a page, in bytes."""
_MOST = 10_000
"""Largest number of instances of a class that are all listed on a page."""
_JSON = {Form.BINDINGS: JSON, Form.BOOLEAN: JSON, Form.GRAPH: None}


def rows(service: Service, query: str) -> list[Row]:
    """Return the rows of a SELECT query, which may use our prefixes.

    Raises:
        QueryTooLarge: when the answer is longer than :data:`LIMIT`.
        QueryError: when the pool cannot answer.
    """
    return read_rows(answer(service, with_prefixes(query)))


def is_too_long(service: Service, cls: str) -> bool:
    """Return whether a class, given by its prefixed name, has more instances than a page lists; read no more of them.

    Raises:
        QueryError: when the pool cannot answer.
    """
    return bool(rows(service, f"SELECT ?thing {{ ?thing a {cls} }} OFFSET {_MOST} LIMIT 1"))


def holds(service: Service, query: str) -> bool:
    """Return the answer to an ASK query, which may use our prefixes.

    Raises:
        QueryError: when the pool cannot answer.
    """
    return read_boolean(answer(service, with_prefixes(query)))


def answer(service: Service, query: Query) -> bytes:
    """Return the answer to a SELECT or ASK query as SPARQL 1.1 Query Results JSON.

    Raises:
        QueryTooLarge: when the answer is longer than :data:`LIMIT`.
        QueryError: when the pool cannot answer.
    """
    body = collect(ask(service, query, _JSON).chunks, LIMIT)
    if body is None:
        raise QueryTooLarge("the result is too large for a page")
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
