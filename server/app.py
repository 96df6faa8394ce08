"""The Flask application: views, headers of every response, and error responses."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from http import HTTPStatus
from pathlib import Path

from flask import Flask, Response, current_app, jsonify, render_template, request
from werkzeug.exceptions import NotFound
from werkzeug.security import safe_join

from kg import plugins
from kg.query.rows import as_wrong_rows
from server.current import Current
from server.federation.rewriting import Federation
from server.http import cors as _cors
from server.http.cache import Cache
from server.http.compression import Compression
from server.http.counts import EXTENSION, RequestCounts
from server.http.negotiation import HTML, PROBLEM, prefers_html
from server.http.policy import HEADERS
from server.http.protocol import BODY_LIMIT, INTERNAL, URL_LIMIT, Problem
from server.http.tracing import request_id
from server.logs import fields
from server.pages.answer import ResultMiddleware
from server.pages.drafts import problem_of_kept_out
from server.pages.files import program_file
from server.pages.problems import problem_of, with_code
from server.pages.rendering import with_direction_shown
from server.service import Service
from server.settings import Settings
from server.workers import Pool
from server.writing.writer import Writer

_STATIC = Path(__file__).with_name("static")
CACHE = "cache"
"""Key in the application's extensions of its :class:`~server.http.cache.Cache`."""


def create_app(
    current: Current,
    settings: Settings,
    pool: Pool,
    writer: Writer | None = None,
    version: Callable[[], str] | None = None,
) -> Flask:
    """Return the application that serves the current release, for any WSGI server.

    ``pool`` evaluates queries; ``writer`` changes the dataset, and is ``None`` on a read-only server. ``version``
    returns the identifier of the current dataset; by default that of the current release.
    """
    app = Flask("server", static_folder=None)
    app.add_url_rule("/static/<path:filename>", "static", _static)
    app.config["MAX_CONTENT_LENGTH"] = BODY_LIMIT
    app.jinja_env.trim_blocks = app.jinja_env.lstrip_blocks = True
    app.jinja_env.finalize = with_direction_shown
    app.jinja_env.globals["without_server"] = settings.without_server
    app.add_template_filter(with_code)
    service = Service(current, settings, pool, Federation(settings.allow_service), writer)
    app.context_processor(partial(_for_templates, current, settings))
    for view in plugins.find("server.views").values():
        app.register_blueprint(view.blueprint(service))
    app.before_request(_check_length)
    app.register_error_handler(Exception, partial(_failed, settings))
    app.register_error_handler(NotFound, partial(_not_found, service))
    app.after_request(_finish)
    cache = Cache(
        Compression(ResultMiddleware(app.wsgi_app)),
        version or (lambda: service.current.release.id),
        settings.cache // 2,  # the other half is for results of queries
    )
    app.extensions[CACHE] = cache
    counts = app.extensions[EXTENSION] = RequestCounts(rule.rule for rule in app.url_map.iter_rules())
    counts.caches["responses"] = cache.responses
    app.wsgi_app = cache  # type: ignore[method-assign]
    return app


def _static(filename: str) -> Response:
    """Return a file of the pages' layout."""
    file = safe_join(str(_STATIC), filename)
    if file is None or not _is_file(Path(file)):
        raise NotFound(f"no file {filename!r}")
    return program_file(Path(file))


def _is_file(path: Path) -> bool:
    try:
        return path.is_file()
    except OSError:  # no system has so long a name
        return False


def _for_templates(current: Current, settings: Settings) -> dict[str, object]:
    shown = {"watch": settings.watch, "drafts": settings.drafts, "release_id": current.release.id}
    return {**shown, "request_id": request_id(request.environ)}


def _check_length() -> None:
    if len(request.environ["QUERY_STRING"]) + len(request.path) > URL_LIMIT:
        detail = f"the address is longer than {URL_LIMIT // 1024} kB; send a long query by POST"
        raise Problem(HTTPStatus.REQUEST_URI_TOO_LONG, detail)


def _not_found(service: Service, error: NotFound) -> Response:
    """Say why a page is kept out at the path that its file has in the site; else that there is nothing."""
    path = request.path.strip("/").removesuffix(".html")
    problem = problem_of_kept_out(service, path)
    return _problem_response(problem) if problem else _failed(service.settings, error)


def _failed(settings: Settings, error: Exception) -> Response:
    problem = problem_of(error)
    if problem is None:
        named = fields(request_id=request_id(request.environ))
        current_app.logger.error("while answering %s %s", request.method, request.path, exc_info=error, extra=named)
        problem = problem_of(as_wrong_rows(error)) if settings.engine else None
    if problem is None:
        problem = Problem(HTTPStatus.INTERNAL_SERVER_ERROR, INTERNAL)
    return _problem_response(problem)


def _problem_response(problem: Problem) -> Response:
    """Return a problem as JSON, or as HTML if the client prefers that to any data."""
    if prefers_html(request.headers.get("Accept")):
        response = Response(render_template("problem.html", problem=problem))
    else:
        response = jsonify(problem.members(request_id(request.environ)))
        response.mimetype = PROBLEM.media_type
    response.status_code = problem.status
    response.headers.update(problem.headers)
    response.vary.add("Accept")
    return response


def _finish(response: Response) -> Response:
    for name, value in HEADERS.items():
        response.headers.setdefault(name, value)
    _cors.admit(response, request.method)
    if response.mimetype == HTML.media_type:
        response.headers.setdefault("Content-Language", "en")
    return response
