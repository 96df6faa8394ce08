"""``/catalog``: the sites, their cheat sheets, the releases and the endpoint as one DCAT document, for harvesters."""

from __future__ import annotations

from functools import partial

from flask import Blueprint, Response, request
from werkzeug.exceptions import NotFound

from kg.query import FORMATS, FORMATS_BY_EXTENSION, Form
from server.http.negotiation import choose
from server.http.protocol import fields, format_named
from server.pages import catalogue
from server.pages.description import described, respond_with, text_of
from server.service import Service


def blueprint(service: Service) -> Blueprint:
    """Return the routes ``/catalog`` and ``/catalog.<extension>``."""
    routes = Blueprint("catalog", __name__)
    routes.add_url_rule("/catalog", "catalog", partial(catalog, service))
    routes.add_url_rule("/catalog.<extension>", "file", partial(file, service))
    return routes


def catalog(service: Service) -> Response:
    """Return the document in the format that the request prefers.

    Raises:
        Problem: when no format of a graph is acceptable (406), or the request's Host header makes no IRI (400).
        QueryError: when the pool cannot answer.
    """
    return _respond(service, format_named(fields(request.query_string)))


def file(service: Service, extension: str) -> Response:
    """Return the document in the format with a file name extension.

    Raises:
        NotFound: when no format of a graph has it.
        Problem: when the request's Host header makes no IRI (400).
        QueryError: when the pool cannot answer.
    """
    wanted = FORMATS_BY_EXTENSION.get(extension)
    if wanted is None or wanted not in FORMATS[Form.GRAPH]:
        there = ", ".join(f"catalog.{fmt.extension}" for fmt in FORMATS[Form.GRAPH])
        raise NotFound(f"there is no catalog.{extension}; there are {there}")
    return _respond(service, wanted.name)


def _respond(service: Service, named: str | None) -> Response:
    choice = choose(request.headers.get("Accept"), named)
    document = catalogue.turtle(service) + text_of(service.current.release.description) + described(service)
    return respond_with(document, choice)
