"""Answers of a store as values of Python."""

from __future__ import annotations

import io
import json
from collections.abc import Iterable
from typing import Any

from kg.query import JSON, Query, Store
from kg.query.text import iri_term
from kg.vocab import PREFIXES

Row = dict[str, dict[str, str]]
"""Variable → term, as in SPARQL 1.1 Query Results JSON."""
_HEADER = "".join(f"PREFIX {prefix}: <{base}>\n" for prefix, base in PREFIXES.items())


def rows(store: Store, query: str) -> list[Row]:
    """Return the rows of a SELECT query, which may use our prefixes."""
    found: list[Row] = _ask(store, query)["results"]["bindings"]
    return found


def holds(store: Store, query: str) -> bool:
    """Return the answer to an ASK query, which may use our prefixes."""
    return bool(_ask(store, query)["boolean"])


def text(row: Row, variable: str) -> str:
    """Return the value of a variable; empty if it is unbound."""
    return row.get(variable, {}).get("value", "")


def values(variable: str, iris: Iterable[str]) -> str:
    """Return a VALUES block of IRIs."""
    return f"VALUES ?{variable} {{ {' '.join(sorted({iri_term(iri) for iri in iris}))} }}"


def _ask(store: Store, query: str) -> Any:
    out = io.BytesIO()
    store.ask(Query(_HEADER + query)).write(out, JSON)
    return json.loads(out.getvalue())
