"""``/sparql``: the SPARQL 1.1 Protocol's query operation, and a plain form for people."""

from __future__ import annotations

from functools import partial
from http import HTTPStatus
from urllib.parse import quote

from flask import Blueprint, Response, redirect, render_template, request, url_for
from werkzeug import Response as WerkzeugResponse

from kg.errors import QueryError
from kg.query import FORMATS, Form
from kg.vocab import PREFIXES
from server import protocol, service_description
from server.negotiate import choose, prefers_html
from server.protocol import Operation, Problem
from server.views import Service
from server.views._answer import respond
from server.views._problems import problem_of
from server.views._table import Table, table

_EXAMPLE = f"PREFIX rdm: <{PREFIXES['rdm']}>\n\nSELECT * {{ ?sheet a rdm:CheatSheet }} LIMIT 20\n"


def blueprint(service: Service) -> Blueprint:
    """The route ``/sparql``."""
    routes = Blueprint("sparql", __name__)
    routes.add_url_rule("/sparql", "endpoint", partial(endpoint, service), methods=["GET", "POST"])
    routes.add_url_rule("/sparql/", "slash", _without_slash, methods=["GET", "POST"])
    return routes


def endpoint(service: Service) -> Response:
    """Answer the query of the present request; without one, describe the service."""
    body = request.get_data(cache=False) if request.method == "POST" else b""
    content_type = request.headers.get("Content-Type", "")
    operation = protocol.parse(protocol.Request(request.method, request.query_string, content_type, body))
    accept = request.headers.get("Accept")
    named = operation.format if operation else protocol.format_named(protocol.fields(request.query_string))
    if prefers_html(accept) and not named:
        return _page(service, operation)
    choice = choose(accept, named)
    if operation:
        return respond(service, operation.query, choice)
    if choice[Form.GRAPH] is None:
        raise Problem(HTTPStatus.BAD_REQUEST, "expected one parameter 'query', found none")
    return _description(service)


def _without_slash() -> WerkzeugResponse:
    """The address that was meant, with the same method, body and parameters."""
    parameters = quote(request.query_string, safe="%&=+/?:@!$'()*,;~[]-._")
    return redirect(
        url_for("sparql.endpoint") + (f"?{parameters}" if parameters else ""), HTTPStatus.PERMANENT_REDIRECT
    )


def _page(service: Service, operation: Operation | None) -> Response:
    """The form; what became of a query stands below it, and the query stays in it."""
    answer: Table | None = None
    problem: Problem | None = None
    try:
        answer = table(service, operation.query) if operation else None
    except QueryError as error:
        problem = problem_of(error)
    formats = dict.fromkeys(fmt.name for form in (Form.BINDINGS, Form.GRAPH) for fmt in FORMATS[form])
    text = operation.query.text if operation else _EXAMPLE
    page = Response(render_template("sparql.html", text=text, formats=formats, answer=answer, problem=problem))
    if problem:
        page.status_code = problem.status
        page.headers.update(problem.headers)
    return page


def _description(service: Service) -> Response:
    turtle = service_description.turtle(request.base_url, service.current.release.manifest)
    response = Response(turtle, mimetype="text/turtle")
    response.vary.add("Accept")
    return response
