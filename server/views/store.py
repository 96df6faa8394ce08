"""``/store``: the SPARQL 1.1 Graph Store HTTP Protocol.

``/store?graph=…`` and ``/store?default`` identify a graph indirectly; a URL below ``/store/`` is itself the IRI of its
graph. Reading needs no token, on any server; writing changes the overlay.
"""

from __future__ import annotations

import uuid
from functools import partial
from http import HTTPStatus

from flask import Blueprint, Response, request
from werkzeug.exceptions import NotFound
from werkzeug.urls import iri_to_uri

from kg.query import FORMATS, Form, Query
from kg.query.rows import read_boolean
from kg.query.text import iri_term
from kg.store.overlay.document import RdfDocument
from server.http.negotiation import choose
from server.http.protocol import Problem, Request
from server.pages.answer import ask, respond
from server.pages.formats import requested_format
from server.service import Service
from server.writing.authorised import body, done, expected, writer_for
from server.writing.requests import MULTIPART_TYPE, format_of, graph_named, parse_patch
from server.writing.writer import Writer

_UNREADABLE = "\N{REPLACEMENT CHARACTER}"
"""Replacement of bytes that are not UTF-8 in a decoded path."""


def blueprint(service: Service) -> Blueprint:
    """Return the routes ``/store`` and ``/store/<path>``."""
    routes = Blueprint("store", __name__, url_prefix="/store")
    view = partial(store, service)
    for path in ("", "/", "/<path:path>"):
        routes.add_url_rule(path, f"store{path[:2]}", view, methods=["GET", *_WRITES])
    return routes


def store(service: Service, path: str = "") -> Response:
    """Carry out the operation of the present request on its graph.

    Raises:
        Problem: when the request is not one of the protocol, or not authorised to write.
        NotFound: when the graph to read or delete does not exist.
        QueryError: when the operation fails.
    """
    if request.method in ("GET", "HEAD"):
        return _read(service, _target_graph(path))
    writer = writer_for(service.writer, service.settings.write_token)
    if request.method == "POST" and not path and graph_named(request.query_string) is None:
        return _create(writer)
    return _WRITES[request.method](writer, _target_graph(path))


def _target_graph(path: str) -> str:
    """Return the IRI of the graph of the present request; empty for the default graph."""
    graph = graph_named(request.query_string)
    if path and graph is not None:
        raise Problem(HTTPStatus.BAD_REQUEST, "this address is the name of a graph: no other can be named")
    if path:
        return _own_graph()
    if graph is None:
        raise Problem(HTTPStatus.BAD_REQUEST, "name a graph: ?graph=… or ?default, or an address below /store/")
    return graph


def _read(service: Service, graph: str) -> Response:
    choice = dict.fromkeys(Form, requested_format(FORMATS[Form.GRAPH]))
    if not graph:
        return respond(service, Query("CONSTRUCT WHERE { ?s ?p ?o }"), choice)
    name = iri_term(graph)
    reply = ask(service, Query(f"ASK {{ GRAPH {name} {{}} }}"), choose(None))
    if not read_boolean(b"".join(reply.chunks)):
        raise _no_graph(graph)
    return respond(service, Query(f"CONSTRUCT {{ ?s ?p ?o }} WHERE {{ GRAPH {name} {{ ?s ?p ?o }} }}"), choice)


def _put(writer: Writer, graph: str) -> Response:
    return _written(writer.put(graph, _documents(graph), expected()))


def _post(writer: Writer, graph: str) -> Response:
    return _written(writer.post(graph, _documents(graph), expected()))


def _create(writer: Writer) -> Response:
    """Create a graph with a new IRI from the body of a POST to the graph store itself (section 5.5)."""
    graph = f"{request.root_url}store/{uuid.uuid4()}"
    writer.post(graph, _documents(graph))
    return done(HTTPStatus.CREATED, graph)


def _delete(writer: Writer, graph: str) -> Response:
    if not writer.delete(graph, expected()):
        raise _no_graph(graph)
    return done()


def _patch(writer: Writer, graph: str) -> Response:
    """Carry out an update that is limited to one graph (section 5.7)."""
    sent = Request("PATCH", content_type=request.headers.get("Content-Type", ""), body=body())
    writer.update(parse_patch(sent), graph, expected())
    return done()


_WRITES = {"PUT": _put, "POST": _post, "DELETE": _delete, "PATCH": _patch}


def _own_graph() -> str:
    """Return the URL of the present request as the IRI of a graph (section 4.1)."""
    address = iri_to_uri(request.base_url)
    if _UNREADABLE in request.path:
        raise Problem(HTTPStatus.BAD_REQUEST, "the address is not UTF-8")
    try:
        iri_term(address)
    except ValueError as error:
        raise Problem(HTTPStatus.BAD_REQUEST, f"the address names no graph: {error}") from None
    return address


def _documents(graph: str) -> list[RdfDocument]:
    """Return the documents of the present request: the body, or each file of a form."""
    base = graph or request.base_url
    content_type = request.headers.get("Content-Type", "")
    if content_type.partition(";")[0].strip().lower() != MULTIPART_TYPE:
        return [RdfDocument(format_of(content_type).name, base, body())]
    files = [file for _, file in request.files.items(multi=True)]
    if not files:
        raise Problem(HTTPStatus.BAD_REQUEST, "the form has no file")
    return [RdfDocument(format_of(file.content_type or "").name, base, file.read()) for file in files]


def _written(new: bool) -> Response:
    return done(HTTPStatus.CREATED if new else HTTPStatus.NO_CONTENT)


def _no_graph(graph: str) -> NotFound:
    return NotFound(f"there is no graph <{graph}>")
