"""Evaluation of a query on behalf of the present HTTP request, for all views."""

from __future__ import annotations

import dataclasses
import time
from collections.abc import Callable
from typing import cast

from flask import Response, after_this_request, request

from kg.query import Query
from server.http.negotiation import Choice, not_acceptable
from server.service import Service
from server.workers import Reply, record

_FOR_ENDPOINTS = 0.5
"""Share of a query's time that other endpoints may take; the rest is left for the store."""


def ask(service: Service, query: Query, choice: Choice) -> Reply:
    """Evaluate a query for the client of the present request, within the service's timeout.

    SERVICE clauses are evaluated before, within the same timeout; a response with their results is not cacheable.

    Raises:
        QueryError: when the query fails.
    """
    disconnected = cast("Callable[[], bool] | None", request.environ.get("waitress.client_disconnected"))
    client, timeout, began = request.remote_addr or "", service.settings.query_timeout, time.monotonic()
    localized = service.federation.localize(query, timeout * _FOR_ENDPOINTS, client)
    if localized is None:
        reply = service.pool.answer(query, choice, timeout, disconnected, client)
    else:
        after_this_request(_set_no_store)
        left = timeout - (time.monotonic() - began)
        reply = service.pool.answer(localized, choice, left, disconnected, client)
        reply = dataclasses.replace(reply, cacheable=False)
    record(request.environ, reply)
    return reply


def respond(service: Service, query: Query, choice: Choice) -> Response:
    """Return the result of a query as a stream in the chosen format.

    Raises:
        Problem: when ``choice`` has no format for the form of the result (406).
        QueryError: when the query fails.
    """
    reply = ask(service, query, choice)
    if reply.format is None:
        raise not_acceptable(reply.form)
    response = Response(reply.chunks, mimetype=reply.format.media_type)
    if reply.length is not None:
        response.content_length = reply.length
    response.vary.add("Accept")
    return response


def _set_no_store(response: Response) -> Response:
    response.headers["Cache-Control"] = "no-store"
    return response
