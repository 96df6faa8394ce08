"""Evaluation of a query on behalf of the present HTTP request, for all views."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterable
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, cast

from flask import Response, after_this_request, request
from werkzeug.utils import get_content_type

from kg.query import FORMATS, Query
from server.http import cors
from server.http.cache import HIT, depends_on
from server.http.negotiation import Choice, media_type, not_acceptable
from server.http.policy import HEADERS
from server.service import Service
from server.workers import Reply

if TYPE_CHECKING:
    from _typeshed.wsgi import StartResponse, WSGIApplication, WSGIEnvironment

DISCONNECTED = "kg.disconnected"
"""Key in the WSGI environment of a function that returns whether the client has closed its connection."""
EVALUATION = "kg.evaluation"
"""Key in the WSGI environment of the request's query, if the HTTP server has begun to evaluate it: :class:`Begun`.

Who takes it out has the reply, or ends the query.
"""
RESULTS = "results"
"""Name of the cache of results."""
RESULT = "kg.result"
"""Key in the WSGI environment of the complete result of the request's query, in a format that the client accepts."""

_FIXED = (*HEADERS.items(), *cors.HEADERS.items())
_FOR_ENDPOINTS = 0.5
"""Share of a query's time that other endpoints may take; the rest is left for the store."""


@dataclass(frozen=True, slots=True)
class Begun:
    """A query whose evaluation has begun."""

    reply: Callable[[], Reply]
    """Returns the reply to the query, or raises its error."""
    end: Callable[[], object]
    """Ends the query, whose reply nobody wants."""


def end_unanswered(environ: WSGIEnvironment) -> None:
    """End the query that was begun for a request, if the response did without: its worker would wait for ever."""
    begun = cast("Begun | None", environ.pop(EVALUATION, None))
    if begun is not None:
        begun.end()


def ask(service: Service, query: Query, choice: Choice) -> Reply:
    """Evaluate a query for the client of the present request, within the service's timeout.

    SERVICE clauses are evaluated before, within the same timeout; a response with their results is not cacheable.

    Raises:
        QueryError: when the query fails.
    """
    begun = cast("Begun | None", request.environ.pop(EVALUATION, None))
    disconnected = cast("Callable[[], bool] | None", request.environ.get(DISCONNECTED))
    client, timeout, began = request.remote_addr or "", service.settings.query_timeout, time.monotonic()
    localized = None if begun else service.federation.localize(query, timeout * _FOR_ENDPOINTS, client)
    if begun:
        reply = begun.reply()
    elif localized is None:
        reply = service.pool.answer(query, choice, timeout, disconnected, client)
    else:
        after_this_request(_set_no_store)
        left = max(0.1, timeout - (time.monotonic() - began))
        reply = service.pool.answer(localized, choice, left, disconnected, client)
        reply = replace(reply, cacheable=False)
    depends_on(request.environ, reply.release, reply.cacheable)
    return reply


def respond(service: Service, query: Query, choice: Choice) -> Response:
    """Return the result of a query as a stream in the chosen format.

    Raises:
        Problem: when ``choice`` has no format for the form of the result (406).
        QueryError: when the query fails.
    """
    reply = ask(service, query, choice)
    if reply.kept:
        request.environ[HIT] = RESULTS
    if reply.format is None:
        raise not_acceptable(FORMATS[reply.form], what=f"this answer ({reply.form.value})")
    return Response(reply.chunks, headers=_headers(reply, request.headers.get("Accept")))


class ResultMiddleware:
    """WSGI middleware that responds with the result in the environment, if there is one, as the application would."""

    def __init__(self, app: WSGIApplication) -> None:
        self._app = app

    def __call__(self, environ: WSGIEnvironment, start_response: StartResponse) -> Iterable[bytes]:
        """Respond to a request as a WSGI application."""
        reply: Reply | None = environ.pop(RESULT, None)
        if reply is None:
            return self._app(environ, start_response)
        if reply.kept:
            environ[HIT] = RESULTS
        depends_on(environ, reply.release, reply.cacheable)
        start_response("200 OK", [*_headers(reply, environ.get("HTTP_ACCEPT")), *_FIXED])
        return [] if environ["REQUEST_METHOD"] == "HEAD" else [b"".join(reply.chunks)]


def _headers(reply: Reply, accept: str | None) -> list[tuple[str, str]]:
    kind = media_type(accept, reply.format) if reply.format else ""
    length = [] if reply.length is None else [("Content-Length", str(reply.length))]
    return [("Content-Type", get_content_type(kind, "utf-8")), ("Vary", "Accept"), *length]


def _set_no_store(response: Response) -> Response:
    response.headers["Cache-Control"] = "no-store"
    return response
