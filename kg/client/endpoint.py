"""A SPARQL endpoint, asked by POST (SPARQL 1.1 Protocol, section 2.1.2)."""

from __future__ import annotations

import json
from collections.abc import Mapping
from http import HTTPStatus
from http.client import HTTPException
from pathlib import Path
from urllib.error import HTTPError
from urllib.parse import urlencode
from urllib.request import Request, urlopen

from kg import __version__
from kg.client.backend import N_TRIPLES, WANTED
from kg.errors import Busy, QueryError, QueryTimeout, ServiceFailed
from kg.query import JSON, Format

_ACCEPT = ", ".join(dict.fromkeys(fmt.media_type for fmt in WANTED.values()))
_TYPES: Mapping[str, Format] = {media: fmt for fmt in (JSON, N_TRIPLES) for media in fmt.media_types}
_ERRORS: Mapping[int, type[QueryError]] = {
    HTTPStatus.TOO_MANY_REQUESTS: Busy,
    HTTPStatus.SERVICE_UNAVAILABLE: Busy,
    HTTPStatus.GATEWAY_TIMEOUT: QueryTimeout,
}
_LONGEST_MESSAGE = 500


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
            ServiceFailed: when it cannot be reached, or answers in another format.
        """
        headers = {"Accept": _ACCEPT, "User-Agent": f"rdm-kg/{__version__}"}
        request = Request(self._url, urlencode({"query": text}).encode(), headers)  # noqa: S310 - a web address
        try:
            with urlopen(request, timeout=self._timeout) as response:  # noqa: S310 - a web address
                media_type, body = response.headers.get_content_type(), response.read()
        except HTTPError as error:
            with error:
                raise _ERRORS.get(error.code, QueryError)(f"{self._url}: {_reason(error)}") from None
        except TimeoutError:
            raise QueryTimeout(f"{self._url} took longer than {self._timeout:g} s") from None
        except (OSError, HTTPException) as error:
            raise _unreachable(self._url, self._timeout, error) from error
        if media_type not in _TYPES:
            raise ServiceFailed(f"{self._url} answered as {media_type}, not as {_ACCEPT}")
        return _TYPES[media_type], body


def _unreachable(url: str, timeout: float, error: Exception) -> QueryError:
    """Return the error for a failure of the connection; that of connecting has a timeout as its reason."""
    reason = getattr(error, "reason", error)
    if isinstance(reason, TimeoutError):
        return QueryTimeout(f"{url} took longer than {timeout:g} s")
    return ServiceFailed(f"{url} cannot be reached: {reason}")


def _reason(error: HTTPError) -> str:
    """Return what a response says of the failure: the detail of problem details (RFC 9457), else its first words."""
    text = error.read().decode("utf-8", "replace")
    try:
        detail = json.loads(text)["detail"]
    except (ValueError, KeyError, TypeError):
        detail = text.strip()[:_LONGEST_MESSAGE] or error.reason
    return f"{error.code} {detail}"
