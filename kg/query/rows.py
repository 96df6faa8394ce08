"""Rows of SELECT queries and truth values of ASK queries as Python values, and the texts of such queries."""

from __future__ import annotations

import io
import json
from collections.abc import Iterable, Mapping
from typing import Any

from kg.query import JSON, Query, Store
from kg.query.text import iri_term
from kg.vocab import PREFIXES

Row = Mapping[str, Mapping[str, Any]]
"""Variable → term, as in SPARQL 1.1 Query Results JSON."""
_PROLOGUE = "".join(f"PREFIX {prefix}: <{base}>\n" for prefix, base in PREFIXES.items())


def rows(store: Store, query: str) -> list[Row]:
    """Return the rows of a SELECT query, which may use our prefixes."""
    return read_rows(_ask(store, query))


def holds(store: Store, query: str) -> bool:
    """Return the answer to an ASK query, which may use our prefixes."""
    return read_boolean(_ask(store, query))


def read_rows(answer: bytes) -> list[Row]:
    """Return the rows of a SELECT query's answer in SPARQL's JSON."""
    found: list[Row] = json.loads(answer)["results"]["bindings"]
    return found


def read_boolean(answer: bytes) -> bool:
    """Return the truth value of an ASK query's answer in SPARQL's JSON."""
    return bool(json.loads(answer)["boolean"])


def text(row: Row, variable: str) -> str:
    """Return the value of a variable; empty if it is unbound."""
    return str(row.get(variable, {}).get("value", ""))


def with_prefixes(query: str) -> Query:
    """Return a query whose text may use our prefixes."""
    return Query(_PROLOGUE + query)


def values(variable: str, iris: Iterable[str]) -> str:
    """Return a VALUES block of IRIs, sorted, each once.

    >>> values("s", ["http://b.c/", "http://a.b/"])
    'VALUES ?s { <http://a.b/> <http://b.c/> }'

    Raises:
        ValueError: when one of them is no absolute IRI.
    """
    return f"VALUES ?{variable} {{ {' '.join(sorted({iri_term(iri) for iri in iris}))} }}"


def _ask(store: Store, query: str) -> bytes:
    out = io.BytesIO()
    store.ask(with_prefixes(query)).write(out, JSON)
    return out.getvalue()
