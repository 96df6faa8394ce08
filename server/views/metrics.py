"""``/metrics``: the state of the server for Prometheus, if its library is installed."""

from __future__ import annotations

from functools import partial
from http import HTTPStatus
from importlib.util import find_spec

from flask import Blueprint, Response, current_app, request

from kg.networks import is_loopback
from server.http.counts import EXTENSION
from server.http.protocol import Problem
from server.service import Service
from server.writing import token

_FORWARDED = ("HTTP_FORWARDED", "HTTP_X_FORWARDED_FOR")
_TRUSTED = "werkzeug.proxy_fix.orig"
"""Key in the WSGI environment that is there if the client's address is what trusted proxies say."""


def blueprint(service: Service) -> Blueprint:
    """Return the route ``/metrics``."""
    routes = Blueprint("metrics", __name__)
    routes.add_url_rule("/metrics", "metrics", partial(metrics, service))
    return routes


def metrics(service: Service) -> Response:
    """Return the metrics to a client of this machine, or one that sends the token.

    Raises:
        Problem: when another client asks (403), or the library is not installed (404).
    """
    if not (_is_local() or _has_token(service.settings.metrics_token)):
        detail = "metrics are for clients of the server's machine, and others that send its token for metrics"
        raise Problem(HTTPStatus.FORBIDDEN, detail)
    if not find_spec("prometheus_client"):
        detail = "metrics need the extra 'metrics': pip install 'rdm-kg[metrics]'"
        raise Problem(HTTPStatus.NOT_FOUND, detail)
    from server.pages.metrics import MEDIA_TYPE, text

    body = text(current_app.extensions[EXTENSION], service.pool.workers(), service.current.release)
    response = Response(body, content_type=MEDIA_TYPE)
    response.cache_control.no_store = True
    return response


def _is_local() -> bool:
    """Return whether the client is of this machine, and no proxy of it that is not known to be one."""
    is_proxied = any(name in request.environ for name in _FORWARDED) and _TRUSTED not in request.environ
    return is_loopback(request.remote_addr or "") and not is_proxied


def _has_token(secret: str) -> bool:
    return bool(secret) and token.is_same(token.bearer(request.headers.get("Authorization")), secret)
