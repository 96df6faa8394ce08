"""``/sparql``: the query operation of the SPARQL 1.1 Protocol, the service description, and a form for people."""

from __future__ import annotations

from dataclasses import dataclass, replace
from functools import partial
from http import HTTPStatus
from typing import TYPE_CHECKING

from flask import Blueprint, Response, request

from kg.errors import QueryError
from kg.query import DEFAULT_GRAPH, FORMATS, FORMATS_BY_NAME, Form, Query
from kg.query.canned import columns_of
from kg.query.text import form_of, hint, with_declarations
from kg.vocab import DESCRIPTION_GRAPH, PREFIXES
from server.http import protocol
from server.http.cache import QUERY
from server.http.negotiation import HTML, Choice, best, choose, not_acceptable
from server.http.protocol import Operation, Problem
from server.pages.about import TITLE, page_about
from server.pages.answer import respond
from server.pages.description import described, respond_with
from server.pages.problems import problem_of
from server.pages.rendering import render
from server.pages.table import Table, table, with_absent_names
from server.service import Service

if TYPE_CHECKING:
    from _typeshed.wsgi import WSGIEnvironment

DESCRIBED = "/sparql/described"
"""Path of the endpoint whose default graph has the description of the dataset as well.

Query editors ask for it in the default graph, and can be given an address only.
"""
PATHS = {"/sparql": "endpoint", "/sparql/": "slash", DESCRIBED: "described"}
"""Path → name of the endpoint: some clients add the slash and do not follow redirects."""
HINT = "Query-Hint"
"""Header with a hint about a query that finds nothing."""

_EXAMPLE = f"PREFIX rdm: <{PREFIXES['rdm']}>\n\nSELECT * {{ ?sheet a rdm:CheatSheet }} LIMIT 20\n"


@dataclass(slots=True)  # not frozen: there is one for each request
class Question:
    """A query that is answered with data, not with a page."""

    query: Query
    form: Form
    """Form of its result."""
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
    if operation is None or _is_for_people(operation, accept, named) or hint(operation.query.text):
        return None
    return Question(_asked(operation), form_of(operation.query.text), choose(accept, named))


def _read(environ: WSGIEnvironment, body: bytes) -> tuple[Operation | None, str | None, str | None]:
    """Return the operation of a request, its header Accept, and the format that it names."""
    query = environ.get("QUERY_STRING", "").encode("latin-1")
    content_type, coding = environ.get("CONTENT_TYPE", ""), environ.get("HTTP_CONTENT_ENCODING", "")
    operation = protocol.parse(protocol.Request(environ["REQUEST_METHOD"], query, content_type, body, coding))
    if operation and environ["PATH_INFO"] == DESCRIBED:
        operation = replace(operation, query=_with_description(operation.query))
    named = operation.format if operation else protocol.format_named(protocol.fields(query))
    return operation, environ.get("HTTP_ACCEPT"), named


def _with_description(query: Query) -> Query:
    """Return a query with the description in its default graph, unless the request names the graphs."""
    is_named = query.default_graphs or query.named_graphs
    return query if is_named else Query(query.text, (DEFAULT_GRAPH, DESCRIPTION_GRAPH))


def endpoint(service: Service) -> Response:
    """Answer the query of the present request; without one, describe the service.

    Raises:
        Problem: when the request is not one of the protocol, or no format of the answer is acceptable.
        QueryError: when the query cannot be answered.
    """
    body = request.get_data(cache=False) if request.method == "POST" else b""
    operation, accept, named = _read(request.environ, body)
    if operation:
        request.environ[QUERY] = _asked(operation)
    if _is_for_people(operation, accept, named):
        return _page(service, operation)
    choice = choose(accept, named)
    if operation:
        response = respond(service, _asked(operation), choice)
        if advice := hint(operation.query.text):
            response.headers[HINT] = advice.encode("ascii", "replace").decode()
        return response
    wanted = choice[Form.GRAPH]
    if wanted is None and choice[Form.BINDINGS]:
        raise Problem(HTTPStatus.BAD_REQUEST, "expected one parameter 'query', found none")
    if wanted is None:
        raise not_acceptable((*FORMATS[Form.GRAPH], HTML), what="the description of this service")
    return respond_with(described(service), wanted)


def _is_for_people(operation: Operation | None, accept: str | None, named: str | None) -> bool:
    """Return whether a page is the best of the formats of the answer, or of the description if there is no query."""
    form = form_of(operation.query.text) if operation else Form.GRAPH
    return best(accept, (*FORMATS[form], HTML), named) is HTML


def _page(service: Service, operation: Operation | None) -> Response:
    """Return the page with the form, filled with the query, and the answer or problem below it."""
    answer: Table | None = None
    problem: Problem | None = None
    text = operation.query.text if operation else _EXAMPLE
    try:
        if operation:
            answer = table(service, _declared(operation.query), columns_of(text))
            answer = with_absent_names(service, answer, text)
    except QueryError as error:
        problem = problem_of(error)
    shown = {
        "text": text,
        "known_prefixes": protocol.KNOWN_PREFIXES,
        "answer": answer,
        "problem": problem,
        "hint": hint(text),
    }
    words = "The endpoint for queries by the SPARQL 1.1 Protocol, with a form for people."
    about = page_about(service, "WebPage", f"{TITLE}: SPARQL endpoint", words)
    page = render("sparql.html", about, formats=FORMATS_BY_NAME, **shown)
    page.vary.add("Accept")
    if problem:
        page.status_code = problem.status
        page.headers.update(problem.headers)
    return page


def _asked(operation: Operation) -> Query:
    """Return the query of an operation as it is evaluated."""
    return _declared(operation.query) if operation.lacks_prefixes else operation.query


def _declared(query: Query) -> Query:
    """Return a query of a person, who need not declare our prefixes."""
    return query.with_text(with_declarations(query.text, PREFIXES))
