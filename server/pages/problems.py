"""Mapping of exceptions to problem details for the client."""

from __future__ import annotations

import re
from http import HTTPStatus

from markupsafe import Markup
from werkzeug.exceptions import HTTPException, MethodNotAllowed, NotFound

from kg import errors
from server.http.protocol import Problem
from server.pages.near import near_pages, near_values
from server.workers import BrokenAnswerError

RETRY_SECONDS = 5
"""Value of ``Retry-After`` in seconds, for errors that may be temporary."""

_IRI = re.compile(r"<?(https?:[^\s<>]+)>?")
STATUSES: tuple[tuple[type[Exception], HTTPStatus], ...] = (
    (errors.NotWritable, HTTPStatus.NOT_ACCEPTABLE),
    (errors.QueryTimeout, HTTPStatus.GATEWAY_TIMEOUT),
    (errors.QueryTooLarge, HTTPStatus.SERVICE_UNAVAILABLE),
    (errors.TooManyQueries, HTTPStatus.TOO_MANY_REQUESTS),
    (errors.Busy, HTTPStatus.SERVICE_UNAVAILABLE),
    (errors.UpdateRefused, HTTPStatus.BAD_REQUEST),
    (errors.QueryRefused, HTTPStatus.FORBIDDEN),
    (errors.ServiceFailed, HTTPStatus.BAD_GATEWAY),
    (errors.Conflict, HTTPStatus.CONFLICT),
    (errors.PreconditionFailed, HTTPStatus.PRECONDITION_FAILED),
    (errors.NotStored, HTTPStatus.INSUFFICIENT_STORAGE),
    (errors.QueryError, HTTPStatus.BAD_REQUEST),
    (errors.UnknownName, HTTPStatus.NOT_FOUND),
    (errors.ReleaseError, HTTPStatus.SERVICE_UNAVAILABLE),
    (BrokenAnswerError, HTTPStatus.SERVICE_UNAVAILABLE),
)
"""Exception → status; the first match applies. Any other exception is a 500 without details."""


def problem_of(error: Exception) -> Problem | None:
    """Return the problem to report to the client, or ``None`` for an internal error."""
    if isinstance(error, Problem):
        return error
    if isinstance(error, HTTPException):
        headers = {name: value for name, value in error.get_headers() if name == "Allow"}
        return Problem(HTTPStatus(error.code or 500), _words(error), more=_near(error), headers=headers)
    status = next((status for kind, status in STATUSES if isinstance(error, kind)), None)
    if status is None:
        return None
    places = ((name, getattr(error, name, None)) for name in ("line", "column"))
    more = _near(error) | {name: value for name, value in places if value is not None}
    later = status >= HTTPStatus.INTERNAL_SERVER_ERROR or status == HTTPStatus.TOO_MANY_REQUESTS
    headers = {"Retry-After": str(RETRY_SECONDS)} if later else {}
    return Problem(status, str(error), more=more, headers=headers)


def with_code(detail: str) -> Markup:
    """Return the detail of a problem as HTML, with every IRI as code.

    >>> with_code("nothing about <https://a.example/b?c&d>")
    Markup('nothing about <code>https://a.example/b?c&amp;d</code>')
    """
    pieces = _IRI.split(detail)
    return Markup().join(Markup("<code>{}</code>").format(each) if at % 2 else each for at, each in enumerate(pieces))


def _near(error: Exception) -> dict[str, object]:
    if isinstance(error, errors.UnknownValue):
        return {"near": near_values(error), "search": error.value}
    found = near_pages() if isinstance(error, NotFound | errors.UnknownName) else {}
    return {"near": found} if found else {}


def _words(error: HTTPException) -> str:
    if isinstance(error, NotFound) and error.description == NotFound.description:
        return "there is nothing at this address"
    if isinstance(error, MethodNotAllowed):
        return f"this address takes {', '.join(sorted(error.valid_methods or ()))} only"
    return error.description or ""
