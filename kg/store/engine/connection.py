"""An HTTP connection to an engine: kept between queries; no redirects, proxies, cookies or content codings."""

from __future__ import annotations

import ssl
from collections.abc import Iterable, Mapping
from contextlib import suppress
from functools import partial
from http import HTTPStatus
from http.client import HTTPConnection, HTTPException, HTTPResponse, HTTPSConnection
from urllib.parse import urlencode, urlsplit

from kg.errors import Busy, QueryError, QueryTimeout, QueryTooLarge, ServiceFailed
from kg.networks import Patience, PatientResponse, user_agent
from kg.query import Format
from kg.store.engine.address import TOKEN, USER, Engine

_CONNECT_SECONDS = 5.0
_LONGEST_REASON = 200
"""Longest part of an engine's words in an error message, in characters."""
_LONGEST_WORDS = 4096
"""Bytes that are read of an answer that is an error."""
_LATER = {HTTPStatus.TOO_MANY_REQUESTS, HTTPStatus.SERVICE_UNAVAILABLE}
_TOO_LONG = {HTTPStatus.REQUEST_TIMEOUT, HTTPStatus.GATEWAY_TIMEOUT}
_DENIED = {HTTPStatus.UNAUTHORIZED, HTTPStatus.FORBIDDEN, HTTPStatus.PROXY_AUTHENTICATION_REQUIRED}


class EngineConnection:
    """A connection to one engine; for one thread."""

    def __init__(self, engine: Engine) -> None:
        parts = urlsplit(engine.url)
        kind = HTTPSConnection if parts.scheme == "https" else HTTPConnection
        self._http = kind(parts.hostname or "", parts.port, timeout=_CONNECT_SECONDS)
        self._target = (parts.path or "/") + (f"?{parts.query}" if parts.query else "")
        self._engine = engine
        self._response: HTTPResponse | None = None
        self._patience = Patience(engine.seconds)
        self.opened = 0
        """How often the connection was opened: once more where the engine may have been started again."""

    def ask(self, fields: Iterable[tuple[str, str]], wanted: Format, largest: int) -> Body:
        """Send a query by a form (SPARQL 1.1 Protocol, section 2.1.2) and return the body of the answer to read.

        It may have ``largest`` bytes.

        Raises:
            Busy: when the engine cannot be reached, or asks for patience.
            QueryTimeout: when it takes too long.
            ServiceFailed: when it gives no answer in the format ``wanted``.
            QueryError: when it refuses the query.
        """
        headers = {"Accept": wanted.media_type, "Content-Type": "application/x-www-form-urlencoded"}
        response = self._sent(urlencode(list(fields)).encode(), headers)
        if response.status != HTTPStatus.OK:
            error = _failure(response, self._engine)
            self.close()
            raise error
        if response.getheader("Content-Encoding", "identity").strip().lower() != "identity":
            raise ServiceFailed("the engine gave an answer with a content coding")
        if response.headers.get_content_type() not in wanted.media_types:
            raise ServiceFailed(f"the engine gave an answer that is not {wanted.media_type}")
        return Body(response, self._patience, largest)

    def change(self, update: bytes) -> None:
        """Send an update (SPARQL 1.1 Protocol, section 2.2.2); it may be done twice, or after an error, unseen.

        Raises:
            Busy: when the engine cannot be reached, or asks for patience.
            QueryTimeout: when it takes too long.
            ServiceFailed: when it fails.
            QueryError: when it refuses the update.
        """
        response = self._sent(update, {"Content-Type": "application/sparql-update"})
        if response.status not in range(200, 300):
            error = _failure(response, self._engine)
            self.close()
            raise error
        self.close()

    def close(self) -> None:
        """Close the connection; the next query opens another."""
        self._http.close()

    def _sent(self, body: bytes, headers: Mapping[str, str]) -> HTTPResponse:
        """Return the head of the response; a kept connection that the engine has closed is replaced once."""
        if self._response is not None and not self._response.isclosed():
            self.close()  # the last answer was not read to its end
        try:
            if self._http.sock is not None:
                with suppress(ConnectionError):
                    return self._exchange(body, headers)
                self.close()
            self._connect()
            return self._exchange(body, headers)
        except OSError as error:
            self.close()
            raise _lost(error) from None
        except HTTPException:
            self.close()
            raise ServiceFailed("the engine gave no HTTP response") from None

    def _connect(self) -> None:
        try:
            self._http.connect()
        except TimeoutError:
            raise ConnectionError from None
        self.opened += 1

    def _exchange(self, body: bytes, headers: Mapping[str, str]) -> HTTPResponse:
        every = {"Accept-Encoding": "identity", "User-Agent": user_agent(), **headers}
        if self._engine.authorization:
            every["Authorization"] = self._engine.authorization
        self._http.sock.settimeout(self._engine.seconds)  # which the last answer has changed
        self._patience = Patience(self._engine.seconds)
        self._http.response_class = partial(PatientResponse, patience=self._patience)  # type: ignore[assignment]
        with self._patience.waiting():
            self._http.request("POST", self._target, body, every)
            self._response = self._http.getresponse()
        return self._response


class Body:
    """The body of an answer, to be read by a parser."""

    def __init__(self, response: HTTPResponse, patience: Patience, largest: int) -> None:
        self._response, self._patience, self._left = response, patience, largest
        self.headers = response.headers

    def read(self, most: int = -1) -> bytes:
        """Return the next bytes, at most ``most``; none at the end.

        Raises:
            Busy: when the connection is lost.
            QueryTimeout: when the next bytes take too long.
            QueryTooLarge: when the answer is larger than any that is wanted.
            ServiceFailed: when the answer ends before the length that its head gives.
        """
        try:
            piece = self._patience.read(self._response, most, is_part_enough=True)
        except HTTPException:
            raise ServiceFailed("the engine ended its answer too early") from None
        except OSError as error:
            raise _lost(error) from None
        self._left -= len(piece)
        if self._left < 0:
            raise QueryTooLarge("the engine gave an answer that is larger than any to this query")
        if not piece and self._response.length:
            raise ServiceFailed("the engine ended its answer too early")
        return piece


def _lost(error: OSError) -> QueryError:
    """Return the error for a failure of the connection."""
    if isinstance(error, ssl.SSLError):
        return ServiceFailed("the engine has no trusted connection (TLS)")
    if isinstance(error, TimeoutError):
        return QueryTimeout("the engine took too long")
    reason = f" ({error.strerror})" if error.strerror else ""
    return Busy(f"the engine cannot be reached, or its connection was lost{reason}; try again later")


def _failure(response: HTTPResponse, engine: Engine) -> QueryError:
    """Return the error for a response that is no answer."""
    status = response.status
    if status in _DENIED:
        return ServiceFailed(f"the engine refuses us (status {status}); see {USER} and {TOKEN}")
    if status in range(300, 400):
        return ServiceFailed(f"the engine redirects (status {status}), which is not followed")
    if status in _TOO_LONG:
        return QueryTimeout("the engine took too long and ended the query")
    if status in _LATER:
        return Busy("the engine is busy; try again later")
    if status in range(400, 500):
        return QueryError(f"the engine refuses the query (status {status}){_reason(response, engine)}")
    return ServiceFailed(f"the engine failed (status {status})")


def _reason(response: HTTPResponse, engine: Engine) -> str:
    """Return the first line of an engine's words, if they are text and do not repeat a secret."""
    if response.headers.get_content_type() != "text/plain":
        return ""
    try:
        text = response.read1(_LONGEST_WORDS).decode("utf-8", "replace").strip()
    except (OSError, HTTPException):
        return ""
    secrets = filter(None, (engine.token, engine.authorization.partition(" ")[2]))
    if any(secret in text for secret in secrets):
        return ""
    line = text.partition("\n")[0][:_LONGEST_REASON]
    return f": {''.join(sign if sign.isprintable() else ' ' for sign in line)}" if line else ""
