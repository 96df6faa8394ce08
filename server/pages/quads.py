"""Statements with their named graphs, which CONSTRUCT cannot return, in a format that keeps them."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import groupby

from flask import Response, request

from kg.errors import QueryTooLarge
from kg.query import FORMATS_BY_NAME, Form, Format, Query
from kg.vocab import BASE
from server.http.negotiation import media_type
from server.pages.answer import ask
from server.pages.rows import collect
from server.pages.service_description import write
from server.service import Service

LIMIT = 32 * 1024 * 1024
"""Largest number of bytes of the statements of one response, before they are written."""
_TERMS = dict.fromkeys(Form, FORMATS_BY_NAME["tsv"])
"""The terms of this format are written as in Turtle."""


def respond_with_graphs(service: Service, query: str, wanted: Format) -> Response:
    """Return the rows ``?s ?p ?o ?g`` of a SELECT query as statements of named graphs, or of the default graph.

    Rows of one graph must follow each other.

    Raises:
        QueryTooLarge: when the rows have more than :data:`LIMIT` bytes.
        QueryError: when the query fails.
    """
    rows = collect(ask(service, Query(query), _TERMS).chunks, LIMIT)
    if rows is None:
        raise QueryTooLarge("the statements are too many for a format with named graphs")
    written = write("".join(_trig(rows.decode())), BASE, wanted)
    return Response(written, mimetype=media_type(request.headers.get("Accept"), wanted))


def _trig(table: str) -> Iterator[str]:
    """Yield a block of TriG for each graph of a table."""
    rows = (line.split("\t") for line in table.split("\n")[1:] if line)
    for graph, statements in groupby(rows, key=lambda row: row[3]):
        yield f"{graph} {{\n"
        yield from (f"{subject} {predicate} {thing} .\n" for subject, predicate, thing, _ in statements)
        yield "}\n"
