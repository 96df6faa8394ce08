"""``/.well-known/void``: the description of the dataset and its endpoint (VoID, section 7.2)."""

from __future__ import annotations

from functools import partial

from flask import Blueprint, Response, request

from kg.release import Release
from server.http.negotiation import choose
from server.http.protocol import fields, format_named
from server.pages.description import described, respond_with
from server.service import Service

_FILE = "description.ttl"
"""File of a release with its VoID and DCAT description; old releases have none."""


def blueprint(service: Service) -> Blueprint:
    """Return the route ``/.well-known/void``."""
    routes = Blueprint("well_known", __name__, url_prefix="/.well-known")
    routes.add_url_rule("/void", "void", partial(void, service))
    return routes


def void(service: Service) -> Response:
    """Return the descriptions of the release and of the service as one graph.

    Raises:
        Problem: when no format of a graph is acceptable (406), or the request's Host header makes no IRI (400).
    """
    document = _of_release(service.current.release) + described(service)
    named = format_named(fields(request.query_string))
    return respond_with(document, choose(request.headers.get("Accept"), named))


def _of_release(release: Release) -> str:
    try:
        return (release.folder / _FILE).read_text(encoding="utf-8") + "\n"
    except FileNotFoundError:
        return ""
