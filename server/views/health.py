"""``/health``: what is served, and whether queries are answered."""

from __future__ import annotations

from functools import partial

from flask import Blueprint, Response, jsonify

from kg import __version__
from kg.query import Query
from server.negotiate import choose
from server.views import Service
from server.views._answer import ask


def blueprint(service: Service) -> Blueprint:
    """The route ``/health``."""
    routes = Blueprint("health", __name__)
    routes.add_url_rule("/health", "health", partial(health, service))
    return routes


def health(service: Service) -> Response:
    """The release that a worker answers from; a problem of status 503 where none answers."""
    reply = ask(service, Query("ASK {}"), choose(None))
    reply.chunks.close()
    release = service.current.release
    facts = {"status": "ok", "release": reply.release, "created": release.manifest.get("created")}
    response = jsonify({**facts, "triples": release.manifest["counts"].get("triples"), "version": __version__})
    response.cache_control.no_store = True
    return response
