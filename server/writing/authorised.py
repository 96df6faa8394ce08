"""The parts of a Flask request that writes: authorisation, preconditions and body."""

from __future__ import annotations

from http import HTTPStatus

from flask import Response, request

from server.http.protocol import Problem
from server.writing import token
from server.writing.requests import WRITE_LIMIT, existence
from server.writing.writer import Writer


def writer_for(writer: Writer | None, write_token: str) -> Writer:
    """Return ``writer`` if the present request is authorised to write; it is ``None`` if the server is read-only.

    Raises:
        Problem: when the request is not authorised (401 or 403).
    """
    token.check(write_token, request.headers.get("Authorization"))
    if writer is None:
        raise Problem(HTTPStatus.FORBIDDEN, "this server is read-only")
    request.max_content_length = request.max_form_memory_size = WRITE_LIMIT
    return writer


def body() -> bytes:
    """Return the body of the present request in bytes.

    Raises:
        Problem: when the body has a content coding (415).
    """
    coding = request.headers.get("Content-Encoding", "identity").strip().lower()
    if coding not in ("", "identity"):
        detail = f"the body must be sent without a content coding, not as {coding}"
        raise Problem(HTTPStatus.UNSUPPORTED_MEDIA_TYPE, detail, headers={"Accept-Encoding": "identity"})
    return request.get_data(cache=False)


def expected() -> bool | None:
    """Return whether the graph of the present request must exist (true) or must not (false), else ``None``.

    Raises:
        Problem: when the request has any other precondition (412).
    """
    return existence(request.headers.get("If-Match"), request.headers.get("If-None-Match"))


def done(status: HTTPStatus = HTTPStatus.NO_CONTENT, location: str | None = None) -> Response:
    """Return the response to a successful write: a status, and no body."""
    response = Response(status=status)
    del response.headers["Content-Type"]
    if location:
        response.location = location
    return response
