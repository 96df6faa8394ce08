"""``/mcp``: the tools for agents by the Model Context Protocol (Streamable HTTP), if its SDK is installed."""

from __future__ import annotations

from functools import partial
from http import HTTPStatus
from importlib.util import find_spec
from ipaddress import ip_address
from urllib.parse import urlsplit

from flask import Blueprint, Response, request

from server.agents.tools import Tools
from server.http.negotiation import PLAIN_JSON
from server.http.protocol import Problem
from server.service import Service


def blueprint(service: Service) -> Blueprint:
    """Return the route ``/mcp``, or none without the SDK."""
    routes = Blueprint("mcp", __name__)
    if find_spec("mcp"):
        tools = Tools(service.current, service.pool, service.settings.query_timeout)
        routes.add_url_rule("/mcp", "mcp", partial(mcp, tools), methods=["POST"])
    return routes


def mcp(tools: Tools) -> Response:
    """Answer one message of the protocol, without a session.

    Raises:
        Problem: when a script of another site sent it (403), or it is no JSON (415).
    """
    from server.agents.protocol import exchange  # half a second and 40 MB, for agents alone

    _check_origin(request.headers.get("Origin"))
    if request.mimetype != PLAIN_JSON.media_type:
        raise Problem(HTTPStatus.UNSUPPORTED_MEDIA_TYPE, f"expected a message as {PLAIN_JSON.media_type}")
    answer = exchange(tools, request.remote_addr or "", request.headers.items(), request.get_data(cache=False))
    response = Response(answer.body, answer.status, answer.headers)
    response.headers["Cache-Control"] = "no-store"
    return response


def _check_origin(origin: str | None) -> None:
    """Raise :class:`Problem` if a request has an origin that is not this server, as the transport demands.

    On the loopback also the name must be one of the loopback: another one was made to point here (DNS rebinding).
    """
    if origin is None:
        return
    is_here = origin == request.host_url.rstrip("/")
    if not is_here or (_is_loopback(request.remote_addr or "") and not _is_loopback(urlsplit(origin).hostname or "")):
        raise Problem(HTTPStatus.FORBIDDEN, f"scripts from {origin} may not use this address")


def _is_loopback(host: str) -> bool:
    try:
        return host == "localhost" or ip_address(host).is_loopback
    except ValueError:
        return False
