"""``/.well-known/``: the descriptions of the dataset by VoID (section 7.2) and by DCAT."""

from __future__ import annotations

from functools import partial
from http import HTTPStatus

from flask import Blueprint, Response, request, url_for

from server.http.negotiation import choose
from server.http.protocol import fields, format_named
from server.pages.description import described, respond_with, text_of
from server.service import Service


def blueprint(service: Service) -> Blueprint:
    """Return the routes ``/.well-known/void`` and ``/.well-known/dcat``."""
    routes = Blueprint("well_known", __name__, url_prefix="/.well-known")
    routes.add_url_rule("/void", "void", partial(void, service))
    routes.add_url_rule("/dcat", "dcat", dcat)
    return routes


def dcat() -> Response:
    """Redirect to the catalogue, with the format that is asked for."""
    asked = f"?{request.query_string.decode('latin-1')}" if request.query_string else ""
    return Response(status=HTTPStatus.SEE_OTHER, headers={"Location": url_for("catalog.catalog") + asked})


def void(service: Service) -> Response:
    """Return the descriptions of the release and of the service as one graph.

    Raises:
        Problem: when no format of a graph is acceptable (406), or the request's Host header makes no IRI (400).
    """
    release = service.current.release
    document = text_of(release.description) + text_of(release.partitions) + described(service)
    named = format_named(fields(request.query_string))
    return respond_with(document, choose(request.headers.get("Accept"), named))
