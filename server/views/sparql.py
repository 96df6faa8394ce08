"""``/sparql``: the query operation of the SPARQL 1.1 Protocol, the service description, and a form for people."""

from __future__ import annotations

from dataclasses import dataclass, replace
from functools import partial
from http import HTTPStatus
from typing import TYPE_CHECKING

from flask import Blueprint, Response, render_template, request

from kg.errors import QueryError
from kg.query import DEFAULT_GRAPH, FORMATS_BY_NAME, Form, Query
from kg.vocab import DESCRIPTION_GRAPH, PREFIXES
from server.http import protocol
from server.http.negotiation import Choice, choose, prefers_html
from server.http.protocol import Operation, Problem
from server.pages.answer import respond
from server.pages.description import described, respond_with
from server.pages.problems import problem_of
from server.pages.table import Table, table
from server.service import Service

if TYPE_CHECKING:
    from _typeshed.wsgi import WSGIEnvironment

DESCRIBED = "/sparql/described"
"""Path of the endpoint whose default graph has the description of the dataset as well.

Query editors ask for it in the default graph, and can be given an address only.
"""
PATHS = {"/sparql": "endpoint", "/sparql/": "slash", DESCRIBED: "described"}
"""Path → name of the endpoint: some clients add the slash and do not follow redirects."""

_EXAMPLE = f"PREFIX rdm: <{PREFIXES['rdm']}>\n\nSELECT * {{ ?sheet a rdm:CheatSheet }} LIMIT 20\n"


@dataclass(frozen=True, slots=True)
class Question:
    """A query that is answered with data, not with a page."""

    query: Query
    choice: Choice
    """Format of each form of result."""


def blueprint(service: Service) -> Blueprint:
    """Return the routes at :data:`PATHS`."""
    routes = Blueprint("sparql", __name__)
    for path, name in PATHS.items():
        routes.add_url_rule(path, name, partial(endpoint, service), methods=["GET", "POST"])
    return routes


def question(environ: WSGIEnvironment) -> Question | None:
    """Return the question of a request to :data:`PATHS`, or ``None`` if it is not answered with the query's result.

    The body stays in ``wsgi.input``, which must be seekable.

    Raises:
        Problem: when the request is not one of the protocol, or names an unknown format.
    """
    method, body = environ["REQUEST_METHOD"], environ["wsgi.input"]
    if method not in ("GET", "HEAD", "POST"):
        return None
    sent = b""
    if method == "POST":
        sent = body.read()
        body.seek(0)
    operation, accept, named = _read(environ, sent)
    if operation is None or prefers_html(accept, named):
        return None
    return Question(operation.query, choose(accept, named))


def _read(environ: WSGIEnvironment, body: bytes) -> tuple[Operation | None, str | None, str | None]:
    """Return the operation of a request, its header Accept, and the format that it names."""
    query = environ.get("QUERY_STRING", "").encode("latin-1")
    content_type, coding = environ.get("CONTENT_TYPE", ""), environ.get("HTTP_CONTENT_ENCODING", "")
    operation = protocol.parse(protocol.Request(environ["REQUEST_METHOD"], query, content_type, body, coding))
    if (
        operation
        and environ["PATH_INFO"] == DESCRIBED
        and not (operation.query.default_graphs or operation.query.named_graphs)
    ):
        described_too = replace(operation.query, default_graphs=(DEFAULT_GRAPH, DESCRIPTION_GRAPH))
        operation = replace(operation, query=described_too)
    named = operation.format if operation else protocol.format_named(protocol.fields(query))
    return operation, environ.get("HTTP_ACCEPT"), named


def _with_description(query: Query) -> Query:
    """Return a query with the description in its default graph, unless the request names the graphs."""
    is_named = query.default_graphs or query.named_graphs
    return query if is_named else replace(query, default_graphs=(DEFAULT_GRAPH, DESCRIPTION_GRAPH))


def endpoint(service: Service) -> Response:
    """Answer the query of the present request; without one, describe the service.

    Raises:
        Problem: when the request is not one of the protocol, or no format of the answer is acceptable.
        QueryError: when the query cannot be answered.
    """
    body = request.get_data(cache=False) if request.method == "POST" else b""
    operation, accept, named = _read(request.environ, body)
    if prefers_html(accept, named):
        return _page(service, operation)
    choice = choose(accept, named)
    if operation:
        return respond(service, operation.query, choice)
    if choice[Form.GRAPH] is None:
        raise Problem(HTTPStatus.BAD_REQUEST, "expected one parameter 'query', found none")
    return respond_with(described(service), choice)


def _page(service: Service, operation: Operation | None) -> Response:
    """Return the page with the form, filled with the query, and the answer or problem below it."""
    answer: Table | None = None
    problem: Problem | None = None
    try:
        answer = table(service, operation.query) if operation else None
    except QueryError as error:
        problem = problem_of(error)
    text = operation.query.text if operation else _EXAMPLE
    page = Response(render_template("sparql.html", text=text, formats=FORMATS_BY_NAME, answer=answer, problem=problem))
    if problem:
        page.status_code = problem.status
        page.headers.update(problem.headers)
    return page
