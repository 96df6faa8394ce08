"""``/.well-known/``: the descriptions of the dataset by VoID (section 7.2) and by DCAT."""

from __future__ import annotations

from functools import partial
from http import HTTPStatus

from flask import Blueprint, redirect, request, url_for
from werkzeug.wrappers import Response

from kg.query import FORMATS, Form
from server.http.negotiation import HTML
from server.pages.description import document, respond_with, text_of
from server.pages.formats import requested_format
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
    """Return the descriptions of the release and of the service as one graph; redirect people to the start page.

    Raises:
        Problem: when no format of a graph is acceptable (406), or the request's Host header makes no IRI (400).
    """
    wanted = requested_format((*FORMATS[Form.GRAPH], HTML))
    if wanted is HTML:
        return redirect(url_for("home.home"), HTTPStatus.SEE_OTHER)
    return respond_with(document(service) + text_of(service.current.release.partitions), wanted)
