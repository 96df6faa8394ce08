"""The service's description as a response."""

from __future__ import annotations

from flask import Response, request, url_for

from kg.query import Form
from server.http.negotiation import Choice, not_acceptable
from server.pages import service_description
from server.service import Service


def described(service: Service) -> str:
    """The description of the present service as Turtle."""
    query = url_for("sparql.endpoint", _external=True)
    update = f"{request.url_root}update" if service.settings.writable else None
    is_federated = bool(service.settings.services)
    return service_description.turtle(query, update, service.current.release.manifest, is_federated=is_federated)


def respond_with(document: str, choice: Choice) -> Response:
    """A Turtle document in the chosen format of a graph, relative IRIs meant from the server's root."""
    wanted = choice[Form.GRAPH]
    if wanted is None:
        raise not_acceptable(Form.GRAPH)
    response = Response(service_description.write(document, request.url_root, wanted), mimetype=wanted.media_type)
    response.vary.add("Accept")
    return response
