"""Run SELECT and ASK queries and return their results as Python values."""

from __future__ import annotations

import io
import json
from collections.abc import Iterable, Iterator, Mapping
from contextlib import contextmanager
from typing import Any

from kg.errors import ServiceFailed
from kg.query import JSON, Query, Store
from kg.query.text import iri_term
from kg.vocab import PREFIXES

Row = Mapping[str, Mapping[str, Any]]
"""Mapping of variable to term, as in SPARQL 1.1 Query Results JSON."""
_UNREADABLE = (ValueError, LookupError, TypeError, AttributeError, RecursionError)
"""Exceptions that are raised where rows are read that do not fit their query."""
_PROLOGUE = "".join(f"PREFIX {prefix}: <{base}>\n" for prefix, base in PREFIXES.items())


def rows(store: Store, query: str) -> list[Row]:
    """Return the rows of a SELECT query, which may use :data:`kg.vocab.PREFIXES`."""
    return read_rows(_ask(store, query))


def holds(store: Store, query: str) -> bool:
    """Return the result of an ASK query, which may use :data:`kg.vocab.PREFIXES`."""
    return read_boolean(_ask(store, query))


def read_rows(answer: bytes) -> list[Row]:
    """Parse the rows of a SELECT query from SPARQL 1.1 Query Results JSON."""
    found: list[Row] = json.loads(answer)["results"]["bindings"]
    return found


def read_boolean(answer: bytes) -> bool:
    """Parse the result of an ASK query from SPARQL 1.1 Query Results JSON."""
    return bool(json.loads(answer)["boolean"])


def text(row: Row, variable: str) -> str:
    """Return the value of a variable; empty if it is unbound."""
    return str(row.get(variable, {}).get("value", ""))


def as_wrong_rows(error: Exception) -> Exception:
    """Return an error as one of the engine that answered, if it is raised where rows do not fit their query."""
    if isinstance(error, _UNREADABLE):
        return ServiceFailed("the engine answered wrongly: its rows do not fit what was asked")
    return error


@contextmanager
def reading(*errors: type[Exception]) -> Iterator[None]:
    """Read an answer of a stranger in the block; ``errors`` are those of the reader of its format.

    Raises:
        ServiceFailed: when the answer is not what was asked for.
    """
    expected: tuple[type[Exception], ...] = (*_UNREADABLE, *errors)
    try:
        yield
    except expected as error:
        raise ServiceFailed(f"the answer cannot be read: {error}") from error


def with_prefixes(query: str) -> Query:
    """Return a query with declarations of :data:`kg.vocab.PREFIXES` before its text."""
    return Query(_PROLOGUE + query)


def values(variable: str, iris: Iterable[str]) -> str:
    """Return a VALUES block with the distinct IRIs, sorted.

    >>> values("s", ["http://b.c/", "http://a.b/"])
    'VALUES ?s { <http://a.b/> <http://b.c/> }'

    Raises:
        ValueError: when a value is not an absolute IRI.
    """
    return f"VALUES ?{variable} {{ {' '.join(sorted({iri_term(iri) for iri in iris}))} }}"


def one_of(variable: str, iris: Iterable[str]) -> str:
    """Return a FILTER that a variable is one of the distinct IRIs, sorted.

    This is for the properties of a subject that is known: from VALUES of a property the engine first collects all
    statements of the store with it.

    >>> one_of("p", ["http://b.c/", "http://a.b/"])
    'FILTER(?p IN (<http://a.b/>, <http://b.c/>))'

    Raises:
        ValueError: when a value is not an absolute IRI.
    """
    return f"FILTER(?{variable} IN ({', '.join(sorted({iri_term(iri) for iri in iris}))}))"


def _ask(store: Store, query: str) -> bytes:
    out = io.BytesIO()
    store.ask(with_prefixes(query)).write(out, JSON)
    return out.getvalue()
