"""HTTP responses with the service description."""

from __future__ import annotations

from http import HTTPStatus
from pathlib import Path

from flask import Response, request, url_for

from kg.iri import absolute_iri
from kg.query import Form
from server.http.negotiation import Choice, not_acceptable
from server.http.protocol import Problem
from server.pages import service_description
from server.service import Service


def described(service: Service) -> str:
    """Return the description of the present service as Turtle.

    Raises:
        Problem: when the request's Host header makes no IRI (400).
    """
    query = _iri(url_for("sparql.endpoint", _external=True))
    update = _iri(f"{request.url_root}update") if service.settings.writable else None
    is_federated = bool(service.settings.services)
    return service_description.turtle(query, update, service.current.release.manifest, is_federated=is_federated)


def text_of(file: Path) -> str:
    """Return a file in which a release describes itself; nothing if the release is too old to have it."""
    try:
        return file.read_text(encoding="utf-8") + "\n"
    except FileNotFoundError:
        return ""


def respond_with(document: str, choice: Choice) -> Response:
    """Return a Turtle document in the chosen format of a graph, relative IRIs resolved against the server's root.

    Raises:
        Problem: when no format of a graph is acceptable (406), or the request's Host header makes no IRI (400).
    """
    wanted = choice[Form.GRAPH]
    if wanted is None:
        raise not_acceptable(Form.GRAPH)
    response = Response(service_description.write(document, _iri(request.url_root), wanted), mimetype=wanted.media_type)
    response.vary.add("Accept")
    return response


def _iri(url: str) -> str:
    """Return a URL of this server as an IRI; its host comes from the client and may be invalid."""
    iri = absolute_iri(url)
    if iri is None:
        raise Problem(HTTPStatus.BAD_REQUEST, "the Host header names no host")
    return iri
