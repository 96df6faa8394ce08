"""``/health``: the current release and the state of the workers, for people and for probes of a deployment."""

from __future__ import annotations

from functools import partial

from flask import Blueprint, Response, jsonify

from kg import __version__
from kg.errors import Busy, ReleaseError
from server.service import Service
from server.workers import Workers


def blueprint(service: Service) -> Blueprint:
    """Return the routes ``/health``, ``/health/live`` and ``/health/ready``."""
    routes = Blueprint("health", __name__)
    routes.add_url_rule("/health", "health", partial(health, service))
    routes.add_url_rule("/health/live", "live", live)
    routes.add_url_rule("/health/ready", "ready", partial(ready, service))
    return routes


def live() -> Response:
    """Return that requests are answered, whatever the state of the workers, the release and the engine."""
    return _of_now({"status": "ok"})


def ready(service: Service) -> Response:
    """Return that the release is there and a worker lives, which may be busy.

    Raises:
        Busy: when there is no worker process (503).
        ReleaseError: when the release has been removed (503).
    """
    _living(service)
    release = service.current.release
    if not (release.folder / "manifest.json").is_file():
        raise ReleaseError(f"release {release.id} has been removed")
    return _of_now({"status": "ok", "release": release.id})


def health(service: Service) -> Response:
    """Return the current release and the numbers of workers; ``status`` is ``busy`` if none is idle.

    No query is evaluated, so that the response does not wait for a worker; ``engine`` has the
    releases that the engine held when it was asked last, and ``status`` is ``mismatch`` if that is not this one.

    Raises:
        Busy: when there is no worker process (503).
    """
    workers = _living(service)
    release = service.current.release
    is_held = workers.holds is None or workers.holds == [release.id]
    return _of_now(
        {
            "status": ("ok" if workers.idle else "busy") if is_held else "mismatch",
            "release": release.id,
            "created": release.manifest["created"] or None,
            "triples": release.manifest["counts"]["triples"],
            "version": __version__,
            "workers": {"idle": workers.idle, "busy": workers.busy},
            **({} if workers.holds is None else {"engine": {"releases": workers.holds}}),
        }
    )


def _living(service: Service) -> Workers:
    """Return the numbers of workers.

    Raises:
        Busy: when there is none.
    """
    workers = service.pool.workers()
    if not workers.idle + workers.busy:
        raise Busy("there is no worker process; another one is being started")
    return workers


def _of_now(facts: dict[str, object]) -> Response:
    response = jsonify(facts)
    response.cache_control.no_store = True
    return response
