"""A cache of answers, and conditional requests (RFC 9110 section 13, RFC 9111), in front of the application.

A release never changes, so an answer is determined by the version that is served and by the request. Its ETag is a
hash of both: whether a client's copy is still good is known without evaluating anything. The ETag is weak: an engine
may give rows in another order when it is asked again.
"""

from __future__ import annotations

import hashlib
import io
import re
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING, Any

from werkzeug.datastructures import Headers

from kg import __version__
from server.front.compression import choose_coding
from server.http import cors
from server.http.lru import LRUCache
from server.workers import VERSIONS

if TYPE_CHECKING:
    from _typeshed.wsgi import StartResponse, WSGIApplication, WSGIEnvironment

SMALL = 256 * 1024
"""Bytes of an answer that is kept, at most; and of a request's body that is compared."""
CACHE_CONTROL = "public, no-cache"
"""Anybody may keep an answer, and asks before using it again: a new release counts at once."""

KEPT = "kg.kept"
"""Where a request's WSGI environment has the answer that was found in the cache."""

_POSTS = frozenset({"/sparql", "/sparql/"})
"""Where a POST asks for something and changes nothing."""
_UNDERSTOOD = frozenset({"accept", "accept-encoding"})
"""Request headers that an answer may depend on."""
_ETAG = re.compile(r"(?:W/)?(\"[^\"]*\")")


@dataclass(frozen=True, slots=True)
class CachedResponse:
    """An answer that needs no evaluation."""

    status: str
    headers: list[tuple[str, str]]
    body: bytes


class Cache:
    """The application, with its small answers kept in memory, those that were wanted last.

    ``version`` names what is served now; an answer of another version is never given.
    """

    def __init__(self, app: WSGIApplication, version: Callable[[], str], size: int) -> None:
        self._app = app
        self._version = version
        self._kept: LRUCache[CachedResponse] = LRUCache(size)

    def __call__(self, environ: WSGIEnvironment, start_response: StartResponse) -> Iterable[bytes]:
        """Answer a request as a WSGI application."""
        kept = environ.get(KEPT)
        if kept is None:
            asked = _asked(environ)
            if asked is None:
                return self._app(environ, start_response)
            version = self._version()
            key = _key(version, asked)
            kept = self._find(environ, version, key)
            if kept is None:
                return self._ask(environ, start_response, version, key)
        start_response(kept.status, kept.headers)
        return [] if environ["REQUEST_METHOD"] == "HEAD" else [kept.body]

    def look_up(self, environ: WSGIEnvironment, start_response: StartResponse) -> Iterable[bytes]:
        """Find the answer as a WSGI application that sends nothing, and leave it in the environment under ``KEPT``.

        The application is not asked. Nothing is found for POST: its body can be read once only.
        """
        asked = None if environ["REQUEST_METHOD"] == "POST" else _asked(environ)
        if asked is not None:
            version = self._version()
            environ[KEPT] = self._find(environ, version, _key(version, asked))
        return []

    def _find(self, environ: WSGIEnvironment, version: str, key: bytes) -> CachedResponse | None:
        """Return the kept answer, or a 304 to a client that has it."""
        condition = _condition(environ)
        if condition and _etag(key)[2:] in _ETAG.findall(condition):
            return _not_modified(key)
        kept = self._kept.find(version, key)
        return _not_modified(key) if kept and condition.strip() == "*" else kept

    def _ask(
        self, environ: WSGIEnvironment, start_response: StartResponse, version: str, key: bytes
    ) -> Iterable[bytes]:
        """Let the application answer; mark and keep what the same request would get again."""
        cacheable: list[Headers] = []
        any_will_do = _condition(environ).strip() == "*"

        def start(status: str, headers: list[tuple[str, str]], exc_info: Any = None) -> Callable[[bytes], object]:
            known = Headers(headers)
            if not status.startswith(("2", "3")):
                known.setdefault("Cache-Control", "no-store")
            elif self._is_cacheable(environ, status, known, version):
                cacheable.append(known)
                if environ["REQUEST_METHOD"] != "POST":
                    known.extend({"ETag": _etag(key), "Cache-Control": CACHE_CONTROL})
                    if any_will_do:
                        return start_response("304 Not Modified", _without_length(known), exc_info)
            return start_response(status, known.to_wsgi_list(), exc_info)

        body = self._app(environ, start)
        if not cacheable or environ["REQUEST_METHOD"] == "HEAD":
            return body
        if any_will_do:
            _close(body)
            return []
        if int(cacheable[0].get("Content-Length", SMALL + 1)) > SMALL:
            return body
        whole = _whole(body)
        self._kept.keep(version, key, CachedResponse("200 OK", cacheable[0].to_wsgi_list(), whole), len(whole))
        return [whole]

    def _is_cacheable(self, environ: WSGIEnvironment, status: str, headers: Headers, version: str) -> bool:
        """Return whether the answer depends on nothing but the version and what is compared of the request."""
        if not status.startswith("200") or "ETag" in headers or "Cache-Control" in headers:
            return False
        varies = {name.strip().lower() for line in headers.getlist("Vary") for name in line.split(",")}
        return varies <= _UNDERSTOOD and environ[VERSIONS] <= {version} and self._version() == version


def _asked(environ: WSGIEnvironment) -> bytes | None:
    """Return all that an answer may depend on; ``None`` for a request that is never answered from memory."""
    method = environ["REQUEST_METHOD"]
    path = environ.get("PATH_INFO", "")
    if "HTTP_RANGE" in environ or "HTTP_AUTHORIZATION" in environ:
        return None
    if method == "POST":
        if path not in _POSTS or not 0 <= int(environ.get("CONTENT_LENGTH") or SMALL + 1) <= SMALL:
            return None
        body = bytes(environ["wsgi.input"].read(SMALL))
        environ["wsgi.input"] = io.BytesIO(body)
        sent = f"POST {environ.get('CONTENT_TYPE', '')} {environ.get('HTTP_CONTENT_ENCODING', '')}"
    elif method in ("GET", "HEAD"):
        body, sent = b"", "GET"
    else:
        return None
    environ[VERSIONS] = set()
    parts: tuple[str, ...] = (
        *(environ.get(name, "") for name in ("wsgi.url_scheme", "HTTP_HOST", "SCRIPT_NAME")),
        path,
        environ.get("QUERY_STRING", ""),
        environ.get("HTTP_ACCEPT", ""),
        choose_coding(environ.get("HTTP_ACCEPT_ENCODING", "")),
        sent,
    )
    return repr(parts).encode() + body


def _condition(environ: WSGIEnvironment) -> str:
    """Return ``If-None-Match``, which makes a 304 of reading alone."""
    return "" if environ["REQUEST_METHOD"] == "POST" else str(environ.get("HTTP_IF_NONE_MATCH", ""))


def _key(version: str, asked: bytes) -> bytes:
    return hashlib.blake2b(f"{version}\n{_program()}\n".encode() + asked, digest_size=12).digest()


def _etag(key: bytes) -> str:
    return f'W/"{key.hex()}"'


def _not_modified(key: bytes) -> CachedResponse:
    headers = {"ETag": _etag(key), "Cache-Control": CACHE_CONTROL, "Vary": "Accept, Accept-Encoding", **cors.HEADERS}
    return CachedResponse("304 Not Modified", list(headers.items()), b"")


def _without_length(headers: Headers) -> list[tuple[str, str]]:
    return [(name, value) for name, value in headers if name.lower() != "content-length"]


def _whole(body: Iterable[bytes]) -> bytes:
    try:
        return b"".join(body)
    finally:
        _close(body)


def _close(body: Iterable[bytes]) -> None:
    close = getattr(body, "close", None)
    if close is not None:
        close()


@cache
def _program() -> str:
    """Return a hash of this program's version and pages: another version may answer otherwise from a release."""
    here = Path(__file__).parents[1]
    files = sorted(file for part in ("templates", "static") for file in (here / part).rglob("*") if file.is_file())
    whole = hashlib.blake2b(__version__.encode(), digest_size=8)
    for file in files:
        whole.update(file.read_bytes())
    return whole.hexdigest()
