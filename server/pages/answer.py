"""A query's answer as an HTTP response, for every view that asks one."""

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
"""Share of a query's time that other endpoints may take: the rest is for the store, SILENT or not."""


def ask(service: Service, query: Query, choice: Choice) -> Reply:
    """Ask the pool in the name of the present request, with the service's deadline.

    Its SERVICE clauses are asked before, in the same time; nobody keeps what other endpoints had a part in.
    """
    gone = cast("Callable[[], bool] | None", request.environ.get("waitress.client_disconnected"))
    client, timeout, began = request.remote_addr or "", service.settings.query_timeout, time.monotonic()
    localized = service.federation.localize(query, timeout * _FOR_ENDPOINTS, client)
    if localized is None:
        reply = service.pool.answer(query, choice, timeout, gone, client)
    else:
        after_this_request(_not_to_be_kept)
        left = timeout - (time.monotonic() - began)
        reply = service.pool.answer(localized, choice, left, gone, client)
        reply = dataclasses.replace(reply, cacheable=False)
    record(request.environ, reply)
    return reply


def respond(service: Service, query: Query, choice: Choice) -> Response:
    """Answer with a stream in the chosen format.

    Raises :class:`server.http.protocol.Problem` with status 406 where there is none, and what the pool raises.
    """
    reply = ask(service, query, choice)
    if reply.format is None:
        raise not_acceptable(reply.form)
    response = Response(reply.chunks, mimetype=reply.format.media_type)
    if reply.length is not None:
        response.content_length = reply.length
    response.vary.add("Accept")
    return response


def _not_to_be_kept(response: Response) -> Response:
    response.headers["Cache-Control"] = "no-store"
    return response
