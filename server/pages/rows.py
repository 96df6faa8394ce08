"""Answers that a page is made of, as Python's values."""

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
"""Bytes of an answer that a page is made of."""
Row = Mapping[str, Mapping[str, str]]
"""Variable → term, as SPARQL's JSON results have them."""
_JSON = {Form.BINDINGS: JSON, Form.BOOLEAN: JSON, Form.GRAPH: None}
_HEADER = "".join(f"PREFIX {prefix}: <{base}>\n" for prefix, base in PREFIXES.items())


def rows(service: Service, query: str) -> list[Row]:
    """The rows of a SELECT query, which may use our prefixes; raises what the pool raises."""
    found: list[Row] = json.loads(answer(service, _HEADER + query))["results"]["bindings"]
    return found


def holds(service: Service, query: str) -> bool:
    """The answer to an ASK query, which may use our prefixes."""
    return bool(json.loads(answer(service, _HEADER + query))["boolean"])


def answer(service: Service, query: str) -> bytes:
    """The answer to a SELECT or ASK query in SPARQL's JSON."""
    body = collect(ask(service, Query(query), _JSON).chunks, LIMIT)
    if body is None:
        raise QueryTooLarge("there is too much of this for a page")
    return body


def collect(chunks: Chunks, limit: int) -> bytes | None:
    """The whole answer, if it has at most ``limit`` bytes."""
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
    """What a variable stands for; empty where it is unbound."""
    return row.get(variable, {}).get("value", "")


def values(variable: str, iris: Iterable[str]) -> str:
    """A VALUES block of IRIs.

    >>> values("s", ["http://b.c/", "http://a.b/"])
    'VALUES ?s { <http://a.b/> <http://b.c/> }'
    """
    return f"VALUES ?{variable} {{ {' '.join(sorted({iri_term(iri) for iri in iris}))} }}"
