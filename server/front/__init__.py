"""What stands between the connections and the application, one WSGI layer each.

From the outside in: ``access_log`` says what was asked, ``cache`` answers what was answered before and says 304 without
evaluating anything, ``compression`` writes gzip, br or zstd as it goes. ``connections`` is the HTTP server,
and ``messages`` how it reads and writes HTTP.
"""

from __future__ import annotations

import sys
from typing import TYPE_CHECKING

from werkzeug.middleware.proxy_fix import ProxyFix

from server.current import Current
from server.front.access_log import AccessLog
from server.front.cache import Cache
from server.front.compression import Compression

if TYPE_CHECKING:
    from _typeshed.wsgi import WSGIApplication


def front_of(app: WSGIApplication, current: Current, cache: int, proxies: int) -> WSGIApplication:
    """``app`` behind all layers: ``cache`` bytes of answers are kept, so many ``proxies`` are believed."""
    layers: WSGIApplication = Cache(Compression(app), lambda: current.release.id, cache)
    if proxies:
        layers = ProxyFix(layers, x_for=proxies, x_proto=proxies, x_host=proxies, x_prefix=proxies)
    return AccessLog(layers, sys.stderr)
