"""``/madmp``: a stub of a data management plan for a page, in the RDA DMP Common Standard."""

from __future__ import annotations

from functools import partial
from http import HTTPStatus

from flask import Blueprint, Response, jsonify, request

from kg.madmp import plan
from kg.query.known import only_page
from kg.search_index import names_in
from server.http.protocol import Problem
from server.pages.rows import rows
from server.service import Service


def blueprint(service: Service) -> Blueprint:
    """Return the route ``/madmp``."""
    routes = Blueprint("madmp", __name__)
    routes.add_url_rule("/madmp", "madmp", partial(madmp, service))
    return routes


def madmp(service: Service) -> Response:
    """Return the stub for the page with the id, title or IRI in the parameter ``page``, as ``kg export`` writes it.

    Raises:
        Problem: when no page is named (400).
        UnknownName: when there is no such page, or there are several (404).
        QueryError: when the pool cannot answer.
    """
    named = request.args.get("page")
    if not named:
        raise Problem(HTTPStatus.BAD_REQUEST, "expected a parameter 'page' with the id, title or IRI of a page")
    release, ask = service.current.release, partial(rows, service)
    return jsonify(plan(only_page(named, ask, release.report, names_in(release)), release.manifest["created"], ask))
