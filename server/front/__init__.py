"""The HTTP server, and the WSGI layers between it and the application.

From the outside in: ``access_log`` writes a line for each request, ``cache`` gives kept answers and 304 without
evaluating anything, ``compression`` writes gzip, br or zstd as an answer flows. ``connections`` is the HTTP server,
and ``messages`` how it reads and writes HTTP.
"""

from __future__ import annotations

import sys
from typing import TYPE_CHECKING, Any

from werkzeug.middleware.proxy_fix import ProxyFix

from server.current import Current
from server.front.access_log import AccessLog
from server.front.cache import KEPT, Cache, CachedResponse
from server.front.compression import Compression

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable

    from _typeshed.wsgi import StartResponse, WSGIApplication, WSGIEnvironment


class Front:
    """The application behind all layers: ``cache`` bytes of answers are kept, so many ``proxies`` are believed."""

    def __init__(self, app: WSGIApplication, current: Current, cache: int, proxies: int) -> None:
        kept = Cache(Compression(app), lambda: current.release.id, cache)
        self._app = AccessLog(_behind(proxies, kept), sys.stderr)
        self._look_up = _behind(proxies, kept.look_up)

    def __call__(self, environ: WSGIEnvironment, start_response: StartResponse) -> Iterable[bytes]:
        """Answer a request as a WSGI application."""
        return self._app(environ, start_response)

    def find(self, environ: WSGIEnvironment) -> CachedResponse | None:
        """Return the answer to a request if it is in the cache; the environment serves for nothing else."""
        self._look_up(environ, _start)
        return environ[KEPT]  # type: ignore[no-any-return]


def _start(status: str, headers: list[tuple[str, str]], exc_info: Any = None) -> Callable[[bytes], object]:
    raise AssertionError("looking up sends nothing")


def _behind(proxies: int, app: WSGIApplication) -> WSGIApplication:
    return ProxyFix(app, x_for=proxies, x_proto=proxies, x_host=proxies, x_prefix=proxies) if proxies else app
