"""``/catalog``: the sites, their cheat sheets, the releases and the endpoint as DCAT, for harvesters, in pages."""

from __future__ import annotations

from functools import partial
from http import HTTPStatus

from flask import Blueprint, redirect, url_for
from werkzeug.exceptions import NotFound
from werkzeug.wrappers import Response

from kg.query import FORMATS, FORMATS_BY_EXTENSION, Form
from server.http.negotiation import HTML
from server.pages import catalogue
from server.pages.description import as_file, document, respond_with
from server.pages.finding import requested_page
from server.pages.formats import requested_format
from server.service import Service


def blueprint(service: Service) -> Blueprint:
    """Return the routes ``/catalog`` and ``/catalog.<extension>``."""
    routes = Blueprint("catalog", __name__)
    routes.add_url_rule("/catalog", "catalog", partial(catalog, service))
    routes.add_url_rule("/catalog.<extension>", "file", partial(file, service))
    return routes


def catalog(service: Service) -> Response:
    """Return a page in the format that the request prefers; redirect people to the start page.

    Raises:
        Problem: when no format of a graph is acceptable (406), or the request's Host header makes no IRI, or the page
            is no number (400).
        UnknownName: when there is no such page.
        QueryError: when the pool cannot answer.
    """
    wanted = requested_format((*FORMATS[Form.GRAPH], HTML))
    if wanted is HTML:
        return redirect(url_for("home.home"), HTTPStatus.SEE_OTHER)
    return respond_with(_document(service), wanted)


def file(service: Service, extension: str) -> Response:
    """Return a page in the format with a file name extension.

    Raises:
        NotFound: when no format of a graph has it.
        Problem: when the request's Host header makes no IRI, or the page is no number (400).
        UnknownName: when there is no such page.
        QueryError: when the pool cannot answer.
    """
    wanted = FORMATS_BY_EXTENSION.get(extension)
    if wanted is None or wanted not in FORMATS[Form.GRAPH]:
        there = ", ".join(f"catalog.{fmt.extension}" for fmt in FORMATS[Form.GRAPH])
        raise NotFound(f"there is no catalog.{extension}; there are {there}")
    return as_file(_document(service), wanted)


def _document(service: Service) -> str:
    page = catalogue.page(service, requested_page("page"))
    return catalogue.turtle(service, page) + (document(service) if page.is_first else "")
