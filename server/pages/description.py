"""HTTP responses with the description of the release and of the service, and the addresses of what these describe."""

from __future__ import annotations

from http import HTTPStatus
from pathlib import Path

from flask import Response, request, url_for

from kg.iri import absolute_iri
from kg.query import FORMATS, FORMATS_BY_NAME, Form, Format
from kg.query.rows import text
from kg.query.text import iri_term
from kg.vocab import DCAT, DESCRIPTION_GRAPH
from server.http.negotiation import HTML, media_type
from server.http.protocol import Problem
from server.pages import service_description
from server.pages.rows import rows
from server.service import Service

_OF_PROGRAMS = ("sparql", "openapi.json")
"""Paths that the description of a release names, at which a program answers."""


def document(service: Service) -> str:
    """Return the descriptions of the release and of the present service as one graph in Turtle.

    Raises:
        Problem: when the request's Host header makes no IRI (400).
    """
    release = text_of(service.current.release.description)
    return _without_services(release) if service.settings.without_server else release + described(service)


def described(service: Service) -> str:
    """Return the description of the present service as Turtle.

    Raises:
        Problem: when the request's Host header makes no IRI (400).
    """
    query = _iri(url_for("sparql.endpoint", _external=True))
    self_described = _iri(url_for("sparql.described", _external=True))
    update = _iri(f"{request.url_root}update") if service.settings.writable else None
    is_federated = bool(service.settings.allow_service)
    return service_description.turtle(
        query, self_described, update, service.current.release.manifest, is_federated=is_federated
    )


def _without_services(document: str) -> str:
    """Return a document without the statements that name an address of this server at which only a program answers."""
    from kg.writers import rewrite  # imported here, since it loads the engine

    root = _iri(request.url_root)
    statements = rewrite(document, root, FORMATS_BY_NAME["ntriples"]).decode().splitlines(keepends=True)
    endings = tuple(f"<{root}{path}> .\n" for path in _OF_PROGRAMS)
    return "".join(statement for statement in statements if not statement.endswith(endings))


def address_of_own(service: Service, iri: str, wanted: Format) -> str | None:
    """Return where a format has what the release says of a part of its description; ``None`` if it says nothing.

    Raises:
        QueryError: when the pool cannot answer.
    """
    if wanted is not HTML and wanted not in FORMATS[Form.GRAPH]:
        return None
    said = f"{iri_term(iri)} ?property ?value OPTIONAL {{ {iri_term(iri)} a ?class }}"
    found = rows(service, f"SELECT DISTINCT ?class {{ GRAPH <{DESCRIPTION_GRAPH}> {{ {said} }} }}")
    if not found:
        return None
    if wanted is not HTML:
        return url_for("well_known.void", format=wanted.name)
    is_file = any(text(row, "class") == DCAT.Distribution for row in found)
    return url_for("dumps.all" if is_file else "home.home")


def text_of(file: Path) -> str:
    """Return a file in which a release describes itself; nothing if the release is too old to have it."""
    try:
        return file.read_text(encoding="utf-8") + "\n"
    except FileNotFoundError:
        return ""


def respond_with(document: str, wanted: Format) -> Response:
    """Return a Turtle document in the negotiated format of graphs, as :func:`as_file` does.

    Raises:
        Problem: when the request's Host header makes no IRI (400).
    """
    response = as_file(document, wanted)
    response.mimetype = media_type(request.headers.get("Accept"), wanted)
    response.vary.add("Accept")
    return response


def as_file(document: str, wanted: Format) -> Response:
    """Return a Turtle document in a format of graphs, relative IRIs resolved against the server's root.

    Raises:
        Problem: when the request's Host header makes no IRI (400).
    """
    written = service_description.write(document, _iri(request.url_root), wanted)
    return Response(written, mimetype=wanted.media_type)


def _iri(url: str) -> str:
    """Return a URL of this server as an IRI; its host comes from the client and may be invalid."""
    iri = absolute_iri(url)
    if iri is None:
        raise Problem(HTTPStatus.BAD_REQUEST, "the Host header names no host")
    return iri
