"""The parts of a Flask request that writes: who sends it, under which conditions, and its body."""

from __future__ import annotations

from http import HTTPStatus

from flask import Response, request

from server.http.protocol import Problem
from server.writing import token
from server.writing.requests import WRITE_LIMIT, existence
from server.writing.writer import Writer


def writer_for(writer: Writer | None, write_token: str) -> Writer:
    """Return the writer if the present request may write; ``writer`` is ``None`` where nobody may.

    Raises :class:`server.http.protocol.Problem` with status 401 or 403 where it may not.
    """
    token.check(write_token, request.headers.get("Authorization"))
    if writer is None:
        raise Problem(HTTPStatus.FORBIDDEN, "this server is read-only")
    request.max_content_length = request.max_form_memory_size = WRITE_LIMIT
    return writer


def body() -> bytes:
    """The bytes of the present request."""
    coding = request.headers.get("Content-Encoding", "identity").strip().lower()
    if coding not in ("", "identity"):
        detail = f"the body must be sent as it is, not as {coding}"
        raise Problem(HTTPStatus.UNSUPPORTED_MEDIA_TYPE, detail, headers={"Accept-Encoding": "identity"})
    return request.get_data(cache=False)


def expected() -> bool | None:
    """Whether the present request is to be done only where its graph is there, or only where it is not."""
    return existence(request.headers.get("If-Match"), request.headers.get("If-None-Match"))


def done(status: HTTPStatus = HTTPStatus.NO_CONTENT, location: str | None = None) -> Response:
    """The answer to a write: a status, and nothing that would have a type."""
    response = Response(status=status)
    del response.headers["Content-Type"]
    if location:
        response.location = location
    return response
