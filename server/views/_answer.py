"""A query's answer as an HTTP response, for every view that asks one."""

from __future__ import annotations

from collections.abc import Callable
from typing import cast

from flask import Response, request

from kg.query import Query
from server.negotiate import Choice, not_acceptable
from server.views import Service
from server.workers import Reply


def ask(service: Service, query: Query, choice: Choice) -> Reply:
    """Ask the pool in the name of the present request, with the service's deadline."""
    gone = cast("Callable[[], bool] | None", request.environ.get("waitress.client_disconnected"))
    return service.pool.answer(query, choice, service.settings.query_timeout, gone)


def respond(service: Service, query: Query, choice: Choice) -> Response:
    """Answer with a stream in the chosen format.

    Raises :class:`server.protocol.Problem` with status 406 where there is none, and what the pool raises.
    """
    reply = ask(service, query, choice)
    if reply.format is None:
        raise not_acceptable(reply.form)
    response = Response(reply.chunks, mimetype=reply.format.media_type)
    if reply.length is not None:
        response.content_length = reply.length
    response.vary.add("Accept")
    return response
