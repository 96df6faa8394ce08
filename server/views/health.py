"""``/health``: the current release and the state of the workers."""

from __future__ import annotations

from functools import partial

from flask import Blueprint, Response, jsonify

from kg import __version__
from kg.errors import Busy
from server.service import Service


def blueprint(service: Service) -> Blueprint:
    """Return the route ``/health``."""
    routes = Blueprint("health", __name__)
    routes.add_url_rule("/health", "health", partial(health, service))
    return routes


def health(service: Service) -> Response:
    """Return the current release and the numbers of workers; ``status`` is ``busy`` if none is idle.

    No query is evaluated, so that the response does not wait for a worker.

    Raises:
        Busy: when there is no worker process (503).
    """
    workers = service.pool.workers()
    if not workers.idle + workers.busy:
        raise Busy("there is no worker process; another one is being started")
    release = service.current.release
    response = jsonify(
        {
            "status": "ok" if workers.idle else "busy",
            "release": release.id,
            "created": release.manifest.get("created"),
            "triples": release.manifest["counts"].get("triples"),
            "version": __version__,
            "workers": {"idle": workers.idle, "busy": workers.busy},
        }
    )
    response.cache_control.no_store = True
    return response
