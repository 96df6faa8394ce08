"""``/health``: what is served, and whether queries are answered."""

from __future__ import annotations

from functools import partial

from flask import Blueprint, Response, jsonify

from kg import __version__
from kg.errors import Busy
from server.service import Service


def blueprint(service: Service) -> Blueprint:
    """The route ``/health``."""
    routes = Blueprint("health", __name__)
    routes.add_url_rule("/health", "health", partial(health, service))
    return routes


def health(service: Service) -> Response:
    """The release that is served, and what the workers do: ``busy`` where none is free at this moment.

    Asks no worker, so that it is answered at once; a problem of status 503 where no worker lives.
    """
    workers = service.pool.workers()
    if not workers.idle + workers.busy:
        raise Busy("no process that answers queries lives; another one is being started")
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
