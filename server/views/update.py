"""``/update``: the update operation of the SPARQL 1.1 Protocol."""

from __future__ import annotations

from functools import partial

from flask import Blueprint, Response, request

from server.http.protocol import Request
from server.service import Service
from server.writing.authorised import body, done, writer_for
from server.writing.requests import parse_update


def blueprint(service: Service) -> Blueprint:
    """Return the route ``/update``."""
    routes = Blueprint("update", __name__)
    routes.add_url_rule("/update", "update", partial(update, service), methods=["POST"])
    return routes


def update(service: Service) -> Response:
    """Carry out the update of the present request atomically.

    Raises:
        Problem: when the request is not an update of the protocol, or not authorised.
        QueryError: when the update fails.
    """
    writer = writer_for(service.writer, service.settings.write_token)
    sent = Request("POST", request.query_string, request.headers.get("Content-Type", ""), body())
    writer.update(parse_update(sent))
    return done()
