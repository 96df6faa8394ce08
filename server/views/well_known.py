"""``/.well-known/void``: the description of the dataset and its endpoint (VoID, section 7.2)."""

from __future__ import annotations

from functools import partial
from http import HTTPStatus

from flask import Blueprint, redirect, url_for
from werkzeug.wrappers import Response

from kg.query import FORMATS, Form
from server.http.negotiation import HTML
from server.pages.description import document, respond_with
from server.pages.formats import requested_format
from server.service import Service


def blueprint(service: Service) -> Blueprint:
    """Return the route ``/.well-known/void``."""
    routes = Blueprint("well_known", __name__, url_prefix="/.well-known")
    routes.add_url_rule("/void", "void", partial(void, service))
    return routes


def void(service: Service) -> Response:
    """Return the descriptions of the release and of the service as one graph; redirect people to the start page.

    Raises:
        Problem: when no format of a graph is acceptable (406), or the request's Host header makes no IRI (400).
    """
    wanted = requested_format((*FORMATS[Form.GRAPH], HTML))
    if wanted is HTML:
        return redirect(url_for("home.home"), HTTPStatus.SEE_OTHER)
    return respond_with(document(service), wanted)
