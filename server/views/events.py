"""``/events``: tells browsers of an author when the release has changed (server-sent events of HTML)."""

from __future__ import annotations

import threading
import time
from collections.abc import Iterator
from functools import partial
from http import HTTPStatus

from flask import Blueprint, Response

from server.http.protocol import Problem
from server.service import Service

_INTERVAL = 0.05
"""Seconds between two looks at the current release."""
_HEARTBEAT = 2.0
"""Seconds after which something is sent, so that a closed connection is noticed."""
_MOST = 8
"""Largest number of browsers that are told, each of which takes a thread."""


def blueprint(service: Service) -> Blueprint:
    """Return the route ``/events``, which is there only if pages are to be loaded again."""
    routes = Blueprint("events", __name__)
    if service.settings.watch:
        routes.add_url_rule("/events", "events", partial(events, service, threading.Semaphore(_MOST)))
    return routes


def events(service: Service, places: threading.Semaphore) -> Response:
    """Return a stream with an event ``release`` now and at each change, whose data are the id of the release.

    Raises:
        Problem: when too many browsers are told already (503).
    """
    if not places.acquire(blocking=False):
        raise Problem(HTTPStatus.SERVICE_UNAVAILABLE, f"{_MOST} browsers are told of changes already")
    stream = Response(
        _releases(service), mimetype="text/event-stream", headers={"Cache-Control": "no-store, no-transform"}
    )
    stream.call_on_close(places.release)
    return stream


def _releases(service: Service) -> Iterator[str]:
    told, at = "", 0.0
    while True:
        release, now = service.current.release.id, time.monotonic()
        if release != told:
            told, at = release, now
            yield f"event: release\ndata: {release}\n\n"
        elif now - at >= _HEARTBEAT:
            at = now
            yield ": still here\n\n"
        time.sleep(_INTERVAL)
