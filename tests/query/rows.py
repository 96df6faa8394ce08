"""The rows of a question's answer, and an error message for a question without rows."""

from __future__ import annotations

import io
import json
import re
from dataclasses import dataclass
from typing import Any

from kg.query import BINDINGS_FORMATS, Query, Store
from kg.query.canned import CannedQuery, Parameter
from kg.query.text import TokenKind, string_term, tokens


@dataclass(frozen=True)
class Data:
    """Location of the hand-written test data of a question."""

    place: str
    page: str
    """The variable of ``_PAGE`` that names a page there."""


FIXTURE = Data("GRAPHS in tests/query/conftest.py", "graph")
CONTENT = Data("the pages in content/", "file")

_PROLOGUE = re.compile(r"\bPREFIX\s+\S*:\s*<[^>]*>", re.IGNORECASE)
_PAGE = """
PREFIX dct: <http://purl.org/dc/terms/> PREFIX prov: <http://www.w3.org/ns/prov#>
SELECT ?graph ?file
{{ GRAPH ?graph {{ ?page dct:identifier {example} }} ?graph prov:wasDerivedFrom/dct:identifier ?file }}
"""


def rows(store: Store, text: str) -> list[dict[str, str]]:
    """Ask a query and return its rows: variable → value as text."""
    out = io.BytesIO()
    store.ask(Query(text)).write(out, BINDINGS_FORMATS[0])
    answer: dict[str, Any] = json.loads(out.getvalue())
    return [{name: term["value"] for name, term in row.items()} for row in answer["results"]["bindings"]]


def no_rows(query: CannedQuery, store: Store, data: Data) -> str:
    """Return a message with the names in a question that has no rows, and the place for its test data."""
    asked = names(query.text)
    lacking = [name for name in asked if not _is_said(store, name, query.text)]
    examples = [f'?{given.name} "{given.example}"{_page(store, given, data)}' for given in query.parameters]
    return "\n".join(
        [
            f"kg/queries/{query.name}.rq finds nothing in {data.place}.",
            f"Its patterns ask for {', '.join(asked)};",
            f"no statement there has {', '.join(lacking) or 'all of them together'}.",
            f"Its examples are {', '.join(examples)}." if examples else "It has no parameters.",
            f"Add what it asks for to {data.place}, or give it other examples.",
        ]
    )


def names(text: str) -> tuple[str, ...]:
    """Return the prefixed names that a query asks for, in the order of their first use.

    >>> names("PREFIX rdm: <https://w3id.org/rdm-kg/ont#> SELECT ?s { ?s rdm:role role:law ; rdm:role ?o }")
    ('rdm:role', 'role:law')
    """
    used = [token.text for token in tokens(text) if token.kind is TokenKind.NAME]
    return tuple(dict.fromkeys(name for name in used if not name.startswith(("xsd:", "_:")) and not name.endswith(":")))


def _is_said(store: Store, name: str, text: str) -> bool:
    """Return whether a statement has this name, as the query's text declares it, as its predicate or object."""
    prologue = " ".join(_PROLOGUE.findall(text))
    return bool(rows(store, f"{prologue} SELECT * {{ {{ ?s {name} ?o }} UNION {{ ?s ?p {name} }} }} LIMIT 1"))


def _page(store: Store, given: Parameter, data: Data) -> str:
    """Return the place of the page that has the example as its identifier; an empty text if there is none."""
    found = rows(store, _PAGE.format(example=string_term(given.example)))
    return f" in {found[0][data.page]}" if found else ""
