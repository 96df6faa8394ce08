"""A response cache with conditional requests (RFC 9110 section 13, RFC 9111), as WSGI middleware.

A release is immutable, so a response is determined by the version that is served and by the request. Its ETag is a
hash of both, so that a client's copy is validated without evaluating the query. The ETag is weak, since the engine
may return the rows of a repeated query in another order.
"""

from __future__ import annotations

import io
import re
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from functools import cache
from hashlib import blake2b
from pathlib import Path
from typing import TYPE_CHECKING, Any

from kg import __version__
from kg.query import Query
from server.http import cors
from server.http.compression import choose_coding
from server.http.fields import value, without
from server.http.lru import LRUCache

if TYPE_CHECKING:
    from _typeshed.wsgi import StartResponse, WSGIApplication, WSGIEnvironment

SMALL = 256 * 1024
"""Largest cacheable response, and largest request body in a cache key, in bytes."""
CACHE_CONTROL = "public, no-cache"
"""Shared caches may store a response, and must revalidate it before reuse: a new release takes effect at once."""

CACHED = "kg.cached"
"""Key in the WSGI environment of the version of a response that is cached, or is a 304.

The same bytes of a request have the same response as long as that version is current.
"""

QUERY = "kg.query"
"""Key in the WSGI environment of the :class:`~kg.query.Query` of the request, once it has been read."""

HIT = "kg.hit"
"""Key in the WSGI environment of the name of the cache that the answer came from, if it came from one."""

_VERSIONS = "kg.versions"
"""Key in the WSGI environment of the set of versions that contributed to the response."""
_LOOKED_UP = "kg.looked_up"
"""Key in the WSGI environment of what was found before the application was called."""

_POSTS = frozenset({"/sparql", "/sparql/"})
"""Paths at which POST is safe (RFC 9110, section 9.2.1)."""
_UNDERSTOOD = frozenset({"accept", "accept-encoding"})
"""Request headers that are part of the cache key."""
_ETAG = re.compile(r"(?:W/)?(\"[^\"]*\")")


@dataclass(frozen=True, slots=True)
class CachedResponse:
    """A complete response."""

    status: str
    headers: list[tuple[str, str]]
    body: bytes
    query: Query | None = None
    """The query that it answers, if it is the response to one."""


class Cache:
    """WSGI middleware that caches small responses in ``size`` bytes of memory.

    ``version`` returns the identifier of the current dataset; responses of other versions are not used.
    """

    def __init__(self, app: WSGIApplication, version: Callable[[], str], size: int) -> None:
        self._app = app
        self.version = version
        """Returns the identifier of the current dataset."""
        self.size = size
        """Largest size of the responses in bytes."""
        self.responses: LRUCache[CachedResponse] = LRUCache(size)
        """Responses by the hash of version and request."""
        _program()  # or the first request would wait until all files are read

    def __call__(self, environ: WSGIEnvironment, start_response: StartResponse) -> Iterable[bytes]:
        """Respond to a request as a WSGI application."""
        version, key, cached = self._look_up(environ)
        if key is None:
            return self._app(environ, start_response)
        if cached is None:
            return self._forward(environ, start_response, version, key)
        environ[CACHED] = version
        environ[HIT] = "responses"
        environ[QUERY] = cached.query
        start_response(cached.status, cached.headers)
        return [] if environ["REQUEST_METHOD"] == "HEAD" else [cached.body]

    def find(self, environ: WSGIEnvironment) -> CachedResponse | None:
        """Return the cached response to a request, without calling the application."""
        return self._look_up(environ)[2]

    def etags(self, environ: WSGIEnvironment, version: str) -> Callable[[str], str]:
        """Return the function of the query string that returns the ETags of responses to GET requests like this one.

        Raises:
            ValueError: when the request bypasses the cache.
        """
        inputs = _inputs(environ)
        if inputs is None:
            raise ValueError("the request bypasses the cache")
        others = _key(version, inputs[0])

        def etag(query_string: str) -> str:
            key = others.copy()
            key.update(query_string.encode("latin-1"))
            return _etag(key.digest())

        return etag

    def _look_up(self, environ: WSGIEnvironment) -> tuple[str, bytes | None, CachedResponse | None]:
        """Return the version, the key of the request and its response; no key if the request bypasses the cache."""
        found: tuple[str, bytes | None, CachedResponse | None] | None = environ.pop(_LOOKED_UP, None)
        if found is None:
            version, inputs = self.version(), _inputs(environ)
            key = None if inputs is None else _key(version, inputs[0], inputs[1]).digest()
            found = version, key, None if key is None else self._response(environ, version, key)
            environ[_LOOKED_UP] = found
        return found

    def _response(self, environ: WSGIEnvironment, version: str, key: bytes) -> CachedResponse | None:
        """Return the cached response, or a 304 if the client's copy is current."""
        condition = _condition(environ)
        if condition and _etag(key)[2:] in _ETAG.findall(condition):
            return _not_modified(key)
        cached = self.responses.get(version, key)
        return _not_modified(key) if cached and condition.strip() == "*" else cached

    def _forward(
        self, environ: WSGIEnvironment, start_response: StartResponse, version: str, key: bytes
    ) -> Iterable[bytes]:
        """Call the application; add an ETag to a cacheable response and store it if it is small."""
        cacheable: list[list[tuple[str, str]]] = []
        matches_any = _condition(environ).strip() == "*"

        def start(status: str, headers: list[tuple[str, str]], exc_info: Any = None) -> Callable[[bytes], object]:
            if not status.startswith(("2", "3")):
                if value(headers, "Cache-Control") is None:
                    headers = [*headers, ("Cache-Control", "no-store")]
            elif self._is_cacheable(environ, status, headers, version):
                if environ["REQUEST_METHOD"] != "POST":
                    headers = [*headers, ("ETag", _etag(key)), ("Cache-Control", CACHE_CONTROL)]
                cacheable.append(headers)
                if environ["REQUEST_METHOD"] != "POST" and matches_any:
                    return start_response("304 Not Modified", without(headers, "Content-Length"), exc_info)
            return start_response(status, headers, exc_info)

        body = self._app(environ, start)
        if not cacheable or environ["REQUEST_METHOD"] == "HEAD":
            return body
        if matches_any:
            _close(body)
            return []
        if int(value(cacheable[0], "Content-Length") or SMALL + 1) > SMALL:
            return body
        whole = _whole(body)
        environ[CACHED] = version
        query: Query | None = environ.get(QUERY)
        cached = CachedResponse("200 OK", cacheable[0], whole, query)
        self.responses.put(version, key, cached, len(whole) + (len(query.text) if query else 0))
        return [whole]

    def _is_cacheable(
        self, environ: WSGIEnvironment, status: str, headers: list[tuple[str, str]], version: str
    ) -> bool:
        """Return whether the response depends only on the version and on parts of the request in the cache key."""
        if not status.startswith("200") or value(headers, "ETag") or value(headers, "Cache-Control"):
            return False
        varies = {name.strip().lower() for name in (value(headers, "Vary") or "Accept").split(",")}
        return varies <= _UNDERSTOOD and environ[_VERSIONS] <= {version} and self.version() == version


def depends_on(environ: WSGIEnvironment, version: str, cacheable: bool) -> None:
    """Record in a WSGI environment that the response depends on data of a version, and whether only on that."""
    environ.setdefault(_VERSIONS, set()).add(version if cacheable else "")


def _inputs(environ: WSGIEnvironment) -> tuple[bytes, bytes] | None:
    """Return the parts of a request that a response may depend on, or ``None`` if it bypasses the cache.

    The second item is the query string, and after it the body of a POST.
    """
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
        body, sent = None, "GET"
    else:
        return None
    environ[_VERSIONS] = set()
    parts: tuple[str, ...] = (
        *(environ.get(name, "") for name in ("wsgi.url_scheme", "HTTP_HOST", "SCRIPT_NAME")),
        path,
        environ.get("HTTP_ACCEPT", ""),
        choose_coding(environ.get("HTTP_ACCEPT_ENCODING", "")),
        sent,
    )
    query_string = environ.get("QUERY_STRING", "").encode("latin-1")
    return repr(parts).encode(), query_string if body is None else query_string + b"\n" + body


def _condition(environ: WSGIEnvironment) -> str:
    """Return the value of ``If-None-Match``; empty for POST, to which a 304 does not apply."""
    return "" if environ["REQUEST_METHOD"] == "POST" else str(environ.get("HTTP_IF_NONE_MATCH", ""))


def _key(version: str, *inputs: bytes) -> blake2b:
    """Return the hash of a version and of the parts of a request."""
    key = blake2b(f"{version}\n{_program()}\n".encode(), digest_size=12)
    for each in inputs:
        key.update(each)
    return key


def _etag(key: bytes) -> str:
    return f'W/"{key.hex()}"'


def _not_modified(key: bytes) -> CachedResponse:
    headers = {"ETag": _etag(key), "Cache-Control": CACHE_CONTROL, "Vary": "Accept, Accept-Encoding", **cors.HEADERS}
    return CachedResponse("304 Not Modified", list(headers.items()), b"")


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
    """Return a hash of this program's version, templates and static files, on which responses depend as well."""
    here = Path(__file__).parents[1]
    files = sorted(file for part in ("templates", "static") for file in (here / part).rglob("*") if file.is_file())
    whole = blake2b(__version__.encode(), digest_size=8)
    for file in files:
        whole.update(file.read_bytes())
    return whole.hexdigest()
