"""A rate-limited client for FAIRsharing's public JSON: one request at a time, without an account."""

from __future__ import annotations

import json
import time
import urllib.request
from collections.abc import Callable
from dataclasses import dataclass
from http.client import HTTPException, HTTPMessage
from typing import IO, Any
from urllib.error import HTTPError, URLError
from urllib.parse import quote, urlsplit

from kg.errors import in_words
from kg.networks import retry_after, user_agent

ADDRESS = "https://fairsharing.org/"
"""Base URL of records; a record's identifier follows."""
_LARGEST = 2_000_000
"""Maximum size of a record in bytes."""
_TRIES = 3
_TIMEOUT = 30.0


class Stopped(Exception):
    """No further requests may be made; the message has the reason. Records that were read before are valid."""


class NoAnswer(Exception):
    """No valid answer for one record; requests for other records may succeed."""


@dataclass(frozen=True, slots=True)
class RequestLimits:
    """Limits of the requests of one run."""

    records: int = 200
    bytes: int = 50_000_000
    seconds: float = 900.0
    delay: float = 1.0
    """Seconds between two requests."""


class FairsharingClient:
    """Requests records until a limit is reached."""

    def __init__(
        self, address: str = ADDRESS, limits: RequestLimits | None = None, wait: Callable[[float], None] = time.sleep
    ) -> None:
        """Create a client; ``wait`` is called with the number of seconds to sleep before a request.

        Raises:
            Stopped: when the address is not an http or https URL.
        """
        self._address = address.rstrip("/") + "/"
        if urlsplit(self._address).scheme not in ("http", "https"):
            raise Stopped(f"{address} is no web address")
        self._limits, self._wait = limits or RequestLimits(), wait
        self._end = time.monotonic() + self._limits.seconds
        self._asked = self._bytes = 0
        self._opener = urllib.request.build_opener(_SameSite(self._address))

    def get(self, identifier: str) -> Any | None:
        """Return the JSON of a record; ``None`` if FAIRsharing has no such record.

        Raises:
            Stopped: when a limit is reached, FAIRsharing denies access or cannot be reached, or its ``Retry-After`` is
                longer than the time left.
            NoAnswer: when FAIRsharing answers with another error or a redirection to another site, or the answer is not
                JSON or too large.
        """
        if self._asked >= self._limits.records:
            raise Stopped(f"the limit of {self._limits.records} records is reached")
        for turn in range(_TRIES):
            self._pause(self._limits.delay if self._asked or turn else 0.0)
            self._asked += not turn
            body, again = self._ask(identifier)
            if again is None:
                return _json(body, identifier) if body is not None else None
            self._pause(again)
        raise Stopped(f"FAIRsharing has no answer for {identifier} after {_TRIES} requests")

    def _ask(self, identifier: str) -> tuple[bytes | None, float | None]:
        """Return the answer's body, ``None`` if there is no such record, and the seconds to wait before a retry."""
        request = urllib.request.Request(  # noqa: S310 - the scheme was checked
            self._address + quote(identifier), headers={"Accept": "application/json", "User-Agent": user_agent()}
        )
        try:
            with self._opener.open(request, timeout=max(0.1, min(_TIMEOUT, self._left()))) as answer:
                return self._body(answer, identifier), None
        except HTTPError as error:
            with error:
                if error.code in (404, 410):
                    return None, None
                if error.code in (429, 502, 503, 504):
                    return None, retry_after(error.headers.get("Retry-After"), self._limits.delay)
            kind = Stopped if error.code in (401, 403) else NoAnswer
            raise kind(f"FAIRsharing answers {error.code} for {identifier}") from None
        except (URLError, HTTPException, OSError) as error:
            raise Stopped(f"FAIRsharing cannot be reached: {in_words(error)}") from None

    def _body(self, answer: IO[bytes], identifier: str) -> bytes:
        allowed = min(_LARGEST, self._limits.bytes - self._bytes)
        body = answer.read(allowed + 1)
        self._bytes += len(body)
        if len(body) > allowed:
            if allowed == _LARGEST:
                raise NoAnswer(f"the answer for {identifier} is larger than {_LARGEST} bytes")
            raise Stopped(f"the limit of {self._limits.bytes} bytes is reached")
        return body

    def _pause(self, seconds: float) -> None:
        if seconds >= self._left():
            raise Stopped(f"the limit of {self._limits.seconds:g} seconds is reached")
        if seconds > 0:
            self._wait(seconds)

    def _left(self) -> float:
        return self._end - time.monotonic()


class _SameSite(urllib.request.HTTPRedirectHandler):
    """Follows redirections within the site only."""

    def __init__(self, address: str) -> None:
        self._site = urlsplit(address)[:2]

    def redirect_request(
        self, req: urllib.request.Request, fp: IO[bytes], code: int, msg: str, headers: HTTPMessage, newurl: str
    ) -> urllib.request.Request | None:
        """Return the request for a redirection.

        Raises:
            NoAnswer: when it leads to another site.
        """
        if urlsplit(newurl)[:2] != self._site:
            raise NoAnswer(f"{req.full_url} redirects to another site: {newurl}")
        return super().redirect_request(req, fp, code, msg, headers, newurl)


def _json(body: bytes, identifier: str) -> Any:
    try:
        return json.loads(body)
    except (ValueError, RecursionError):
        raise NoAnswer(f"the answer for {identifier} is not JSON") from None
