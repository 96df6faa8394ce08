"""A SPARQL endpoint, asked by POST (SPARQL 1.1 Protocol, section 2.1.2)."""

from __future__ import annotations

import json
import time
from collections.abc import Iterator, Mapping
from contextlib import suppress
from http import HTTPStatus
from http.client import HTTPException, HTTPResponse
from pathlib import Path
from urllib.error import HTTPError
from urllib.parse import urlencode, urljoin
from urllib.request import HTTPRedirectHandler, Request, build_opener

from kg import __version__
from kg.client.backend import N_TRIPLES, WANTED
from kg.errors import Busy, QueryError, QueryTimeout, QueryTooLarge, ServiceFailed, in_words
from kg.query import JSON, Format

_ACCEPT = ", ".join(dict.fromkeys(fmt.media_type for fmt in WANTED.values()))
_TYPES: Mapping[str, Format] = {media: fmt for fmt in (JSON, N_TRIPLES) for media in fmt.media_types}
_ERRORS: Mapping[int, type[QueryError]] = {
    HTTPStatus.TOO_MANY_REQUESTS: Busy,
    HTTPStatus.SERVICE_UNAVAILABLE: Busy,
    HTTPStatus.GATEWAY_TIMEOUT: QueryTimeout,
}
_LONGEST_MESSAGE = 500
_LONGEST_PROBLEM = 64 * 1024
"""Bytes that are read of a response that is no answer."""
_LARGEST = 1024 * 1024 * 1024
"""Bytes of an answer, at most; servers of ours have the same limit."""


class _NotFollowing(HTTPRedirectHandler):
    """A handler that follows no redirection, since most lose the query; the response is raised as an error."""

    def redirect_request(self, *about: object) -> None:
        """Return no request."""


_OPENER = build_opener(_NotFollowing)


class Endpoint:
    """Implementation of :class:`kg.client.backend.Backend` with an endpoint at an address of the web."""

    report: Path | None = None

    def __init__(self, url: str, timeout: float) -> None:
        self._url, self._timeout = url, timeout

    def answer(self, text: str) -> tuple[Format, bytes]:
        """Return the answer to a query and its format.

        Raises:
            QueryError: when the endpoint refuses the query.
            QueryTimeout: when the endpoint does not answer in time.
            Busy: when the endpoint asks for patience.
            QueryTooLarge: when the answer is too large.
            ServiceFailed: when it cannot be reached, has moved, or answers in another format.
        """
        end = time.monotonic() + self._timeout
        headers = {"Accept": _ACCEPT, "User-Agent": f"rdm-kg/{__version__}"}
        request = Request(self._url, urlencode({"query": text}).encode(), headers)  # noqa: S310 - a web address
        try:
            with _OPENER.open(request, timeout=self._timeout) as response:
                media_type = response.headers.get_content_type()
                if media_type not in _TYPES:
                    raise ServiceFailed(f"{self._url} answered as {media_type}, not as {_ACCEPT}")
                return _TYPES[media_type], self._read(response, end)
        except HTTPError as error:
            with error:
                raise _failure(self._url, error, end) from None
        except TimeoutError:
            raise QueryTimeout(f"{self._url} took longer than {self._timeout:g} s") from None
        except (OSError, HTTPException) as error:
            raise _unreachable(self._url, self._timeout, error) from error

    def _read(self, response: HTTPResponse, end: float) -> bytes:
        """Return the whole answer, unless it takes too long or is too large."""
        body = bytearray()
        for piece in _pieces(response, end):
            body += piece
            if len(body) > _LARGEST:
                raise QueryTooLarge(f"the answer of {self._url} is larger than {_LARGEST >> 20} MB")
        if response.length:
            raise ServiceFailed(f"{self._url} ended its answer too early")
        return bytes(body)


def _unreachable(url: str, timeout: float, error: Exception) -> QueryError:
    """Return the error for a failure of the connection; that of connecting has a timeout as its reason."""
    reason = getattr(error, "reason", error)
    if isinstance(reason, TimeoutError):
        return QueryTimeout(f"{url} took longer than {timeout:g} s")
    return ServiceFailed(f"{url} cannot be reached: {in_words(error)}")


def _pieces(response: HTTPResponse | HTTPError, end: float) -> Iterator[bytes]:
    """Yield the body of a response as it arrives, until the time ``end``.

    Raises:
        TimeoutError: when it takes longer.
    """
    while piece := response.read1():
        yield piece
        if time.monotonic() > end:
            raise TimeoutError


def _failure(url: str, error: HTTPError, end: float) -> QueryError:
    """Return the error for a response that is no answer."""
    if error.code in range(300, 400) and (target := error.headers["Location"]):
        return ServiceFailed(f"{url} has moved: open {urljoin(url, target)[:_LONGEST_MESSAGE]}")
    wait = error.headers["Retry-After"] or ""
    later = f"; try again in {wait} s" if wait.isascii() and wait.isdecimal() else ""
    return _ERRORS.get(error.code, QueryError)(f"{url}: {_reason(error, end)}{later}")


def _reason(error: HTTPError, end: float) -> str:
    """Return what a response says of the failure: the detail of problem details (RFC 9457), else its first words."""
    body = bytearray()
    with suppress(OSError, HTTPException):
        for piece in _pieces(error, end):
            body += piece
            if len(body) > _LONGEST_PROBLEM:
                break
    text = body.decode("utf-8", "replace")
    try:
        detail = json.loads(text)["detail"]
    except (ValueError, KeyError, TypeError):
        detail = text.strip()[:_LONGEST_MESSAGE] or error.reason
    return f"{error.code} {detail}"
