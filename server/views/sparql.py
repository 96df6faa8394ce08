"""``/sparql``: the query operation of the SPARQL 1.1 Protocol, the service description, and a form for people."""

from __future__ import annotations

from functools import partial
from http import HTTPStatus

from flask import Blueprint, Response, render_template, request

from kg.errors import QueryError
from kg.query import FORMATS_BY_NAME, Form
from kg.vocab import PREFIXES
from server.http import protocol
from server.http.negotiation import choose, prefers_html
from server.http.protocol import Operation, Problem
from server.pages.answer import respond
from server.pages.description import described, respond_with
from server.pages.problems import problem_of
from server.pages.table import Table, table
from server.service import Service

_EXAMPLE = f"PREFIX rdm: <{PREFIXES['rdm']}>\n\nSELECT * {{ ?sheet a rdm:CheatSheet }} LIMIT 20\n"


def blueprint(service: Service) -> Blueprint:
    """Return the routes ``/sparql`` and ``/sparql/``: some clients add the slash and do not follow redirects."""
    routes = Blueprint("sparql", __name__)
    routes.add_url_rule("/sparql", "endpoint", partial(endpoint, service), methods=["GET", "POST"])
    routes.add_url_rule("/sparql/", "slash", partial(endpoint, service), methods=["GET", "POST"])
    return routes


def endpoint(service: Service) -> Response:
    """Answer the query of the present request; without one, describe the service.

    Raises:
        Problem: when the request is not one of the protocol, or no format of the answer is acceptable.
        QueryError: when the query cannot be answered.
    """
    body = request.get_data(cache=False) if request.method == "POST" else b""
    content_type = request.headers.get("Content-Type", "")
    coding = request.headers.get("Content-Encoding", "")
    operation = protocol.parse(protocol.Request(request.method, request.query_string, content_type, body, coding))
    accept = request.headers.get("Accept")
    named = operation.format if operation else protocol.format_named(protocol.fields(request.query_string))
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
