"""The HTTP server, and the WSGI middleware between it and the application.

Middleware from the outside in: ``access_log`` writes a line for each request, ``cache`` returns cached responses and
304 without evaluation, ``compression`` applies gzip, br or zstd to the response stream. ``connections`` is the HTTP
server; ``messages`` parses its requests and writes its responses.
"""

from __future__ import annotations

import sys
from typing import TYPE_CHECKING, Any

from werkzeug.middleware.proxy_fix import ProxyFix

from server.current import Current
from server.front.access_log import AccessLog
from server.front.cache import CACHED, Cache, CachedResponse
from server.front.compression import Compression

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable

    from _typeshed.wsgi import StartResponse, WSGIApplication, WSGIEnvironment


class Front:
    """The application with all middleware: a cache of ``cache`` bytes, and ``proxies`` trusted reverse proxies."""

    def __init__(self, app: WSGIApplication, current: Current, cache: int, proxies: int) -> None:
        caching = Cache(Compression(app), lambda: current.release.id, cache)
        self._app = AccessLog(_behind(proxies, caching), sys.stderr)
        self._look_up = _behind(proxies, caching.look_up)

    def __call__(self, environ: WSGIEnvironment, start_response: StartResponse) -> Iterable[bytes]:
        """Respond to a request as a WSGI application."""
        return self._app(environ, start_response)

    def find(self, environ: WSGIEnvironment) -> CachedResponse | None:
        """Return the cached response to a request, or ``None``. ``environ`` must not be used afterwards."""
        self._look_up(environ, _start)
        return environ[CACHED]  # type: ignore[no-any-return]


def _start(status: str, headers: list[tuple[str, str]], exc_info: Any = None) -> Callable[[bytes], object]:
    raise AssertionError("looking up sends nothing")


def _behind(proxies: int, app: WSGIApplication) -> WSGIApplication:
    return ProxyFix(app, x_for=proxies, x_proto=proxies, x_host=proxies, x_prefix=proxies) if proxies else app
