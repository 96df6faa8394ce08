"""The Flask application: views, the headers of every answer, and the one place where errors become statuses."""

from __future__ import annotations

from http import HTTPStatus
from pathlib import Path

from flask import Flask, Response, current_app, jsonify, render_template, request
from werkzeug.exceptions import HTTPException

from kg import errors, plugins
from server.negotiate import prefers_html
from server.protocol import BODY_LIMIT, Problem
from server.settings import Settings
from server.views import Service
from server.workers import BrokenAnswerError, Pool
from server.workers.current import Current

RETRY_SECONDS = 5
"""What ``Retry-After`` says where the same request may do better later."""

STATUSES: tuple[tuple[type[Exception], HTTPStatus], ...] = (
    (errors.QueryTimeout, HTTPStatus.GATEWAY_TIMEOUT),
    (errors.QueryTooLarge, HTTPStatus.SERVICE_UNAVAILABLE),
    (errors.Busy, HTTPStatus.SERVICE_UNAVAILABLE),
    (errors.UpdateRefused, HTTPStatus.BAD_REQUEST),
    (errors.QueryRefused, HTTPStatus.FORBIDDEN),
    (errors.QueryError, HTTPStatus.BAD_REQUEST),
    (errors.UnknownName, HTTPStatus.NOT_FOUND),
    (errors.ReleaseError, HTTPStatus.SERVICE_UNAVAILABLE),
    (BrokenAnswerError, HTTPStatus.SERVICE_UNAVAILABLE),
)
"""The status of each error that may be shown; the first that fits counts, any other is a 500 that tells nothing."""

_HEADERS = {
    "Access-Control-Allow-Origin": "*",
    "Content-Security-Policy": (
        "default-src 'none'; style-src 'self'; form-action 'self'; base-uri 'none'; frame-ancestors 'none'"
    ),
    "Referrer-Policy": "no-referrer",
    "X-Content-Type-Options": "nosniff",
}


def create_app(release: Path, settings: Settings, pool: Pool) -> Flask:
    """The application that serves the release at ``release``, whose queries ``pool`` answers.

    Raises :class:`kg.errors.ReleaseError` where there is none.
    """
    app = Flask("server")
    app.config["MAX_CONTENT_LENGTH"] = BODY_LIMIT
    app.jinja_env.trim_blocks = app.jinja_env.lstrip_blocks = True
    service = Service(Current(release), settings, pool)
    for view in plugins.find("server.views").values():
        app.register_blueprint(view.blueprint(service))
    app.register_error_handler(Exception, _failed)
    app.after_request(_finish)
    return app


def problem_of(error: Exception) -> Problem | None:
    """What a client is told about ``error``; ``None`` where that is nothing."""
    if isinstance(error, Problem):
        return error
    if isinstance(error, HTTPException):
        headers = {name: value for name, value in error.get_headers() if name == "Allow"}
        return Problem(HTTPStatus(error.code or 500), error.description or "", headers=headers)
    status = next((status for kind, status in STATUSES if isinstance(error, kind)), None)
    if status is None:
        return None
    places = ((name, getattr(error, name, None)) for name in ("line", "column"))
    more: dict[str, object] = {name: value for name, value in places if value is not None}
    headers = {"Retry-After": str(RETRY_SECONDS)} if status >= HTTPStatus.INTERNAL_SERVER_ERROR else {}
    return Problem(status, str(error), more=more, headers=headers)


def _failed(error: Exception) -> Response:
    problem = problem_of(error)
    if problem is None:
        current_app.logger.error("while answering %s %s", request.method, request.path, exc_info=error)
        problem = Problem(HTTPStatus.INTERNAL_SERVER_ERROR, "something is wrong with this server, not with the request")
    return _problem_response(problem)


def _problem_response(problem: Problem) -> Response:
    """RFC 9457, or a page for people."""
    if prefers_html(request.headers.get("Accept")):
        response = Response(render_template("problem.html", problem=problem))
    else:
        response = jsonify(problem.members())
        response.mimetype = "application/problem+json"
    response.status_code = problem.status
    response.headers.update(problem.headers)
    response.vary.add("Accept")
    return response


def _finish(response: Response) -> Response:
    response.headers.update(_HEADERS)
    if request.method == "OPTIONS":
        response.headers["Access-Control-Allow-Methods"] = response.headers.get("Allow", "GET")
        response.headers["Access-Control-Allow-Headers"] = "Accept, Content-Type"
        response.headers["Access-Control-Max-Age"] = "86400"
    if response.mimetype == "text/html":
        response.vary.add("Accept")
    return response
