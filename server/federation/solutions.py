"""Conversion of query results to ``VALUES``; all terms are validated or escaped, so that none can end the block."""

from __future__ import annotations

import json
import re
from collections.abc import Collection, Mapping
from typing import Any

from kg.errors import ServiceFailed
from kg.query.text import iri_term, string_term

LIMIT = 8 * 1024 * 1024
"""Largest block, in characters, if all variables are unbound: UNDEF costs no bytes in the response."""
_UNBOUND = "UNDEF"
_LANGUAGE = re.compile(r"[A-Za-z]+(-[A-Za-z0-9]+)*")
_CAREFUL = str.maketrans({"#": r"\u0023", "'": r"\u0027"})
"""Escapes of characters that begin a comment or string if the scan of queries takes ``<`` for an operator."""


def values(body: bytes, variables: Collection[str]) -> str:
    """Return the results in ``body`` (SPARQL JSON) as ``VALUES`` on one line; their variables must be in ``variables``.

    Raises:
        ServiceFailed: when the body is no such result, is too large, or has terms that ``VALUES`` cannot contain.

    >>> answer = b'{"head": {"vars": ["a"]}, "results": {"bindings": [{"a": {"type": "literal", "value": "1"}}, {}]}}'
    >>> values(answer, {"a"})
    'VALUES (?a) { ("1") (UNDEF) }'
    """
    names, rows = _parsed(body)
    if len(set(names)) < len(names) or not set(names) <= set(variables):
        raise ServiceFailed("an answer with variables that are not in the query")
    if len(rows) * (len(names) + 1) * len(_UNBOUND) > LIMIT:
        raise ServiceFailed("an answer with too many rows")
    lines = (f"({' '.join([_term(row.get(name)) for name in names])})" for row in rows)
    return f"VALUES ({' '.join(f'?{name}' for name in names)}) {{ {' '.join(lines)} }}"


def _parsed(body: bytes) -> tuple[list[str], list[Mapping[str, Any]]]:
    """Return variables and rows of a document in SPARQL 1.1 Query Results JSON Format."""
    try:
        answer = json.loads(body)
        names, rows = answer["head"]["vars"], answer["results"]["bindings"]
    except (ValueError, KeyError, TypeError, RecursionError):
        raise ServiceFailed("an answer that is not SPARQL's JSON") from None
    if not isinstance(names, list) or not isinstance(rows, list):
        raise ServiceFailed("an answer that is not SPARQL's JSON")
    if not all(isinstance(name, str) for name in names) or not all(isinstance(row, dict) for row in rows):
        raise ServiceFailed("an answer that is not SPARQL's JSON")
    return names, rows


def _term(term: Any) -> str:
    if term is None:
        return _UNBOUND
    kind, value = (term.get("type"), term.get("value")) if isinstance(term, dict) else (None, None)
    if not isinstance(value, str):
        raise ServiceFailed("an answer with terms that are neither IRIs nor literals")
    if kind == "bnode":
        raise ServiceFailed("an answer with blank nodes, which have no identity here; ask for IRIs instead")
    try:
        if kind == "uri":
            return _iri(value)
        if kind in ("literal", "typed-literal") and "its:dir" not in term:
            return _literal(value, term.get("xml:lang"), term.get("datatype"))
    except (ValueError, TypeError):
        raise ServiceFailed("an answer with terms that are not valid RDF") from None
    raise ServiceFailed("an answer with terms that are neither IRIs nor literals")


def _iri(value: str) -> str:
    return iri_term(value).translate(_CAREFUL)


def _literal(value: str, language: str | None, datatype: str | None) -> str:
    text = string_term(value)
    if language is not None:
        if not _LANGUAGE.fullmatch(language):
            raise ValueError(language)
        return f"{text}@{language}"
    return text if datatype is None else f"{text}^^{_iri(datatype)}"
