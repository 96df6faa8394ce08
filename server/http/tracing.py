"""Identities of requests: the server's own, and those that clients and proxies send to find a request in all logs."""

from __future__ import annotations

import re
import secrets
from collections.abc import Mapping
from itertools import count
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from _typeshed.wsgi import WSGIEnvironment

REQUEST_ID = "kg.request_id"
"""Key in the WSGI environment of the request's own id."""
_PROCESS = secrets.token_hex(4)
_numbers = count(1)
_SENT = re.compile(r"[A-Za-z0-9._:+/=-]{1,64}")
_PARENT = re.compile(
    r"(?!ff)(?P<version>[0-9a-f]{2})-(?!0{32})(?P<trace>[0-9a-f]{32})-(?!0{16})(?P<parent>[0-9a-f]{16})-[0-9a-f]{2}"
    r"(?P<more>-.*)?"
)


def new_id() -> str:
    """Return the id of another request, which no other has while the server runs."""
    return f"{_PROCESS}-{next(_numbers):08x}"


def request_id(environ: WSGIEnvironment) -> str:
    """Return the id of a request, which is made when it is first asked for."""
    found: str = environ.get(REQUEST_ID) or environ.setdefault(REQUEST_ID, new_id())
    return found


def sent_ids(environ: WSGIEnvironment) -> Mapping[str, str]:
    """Return the valid ids in the headers ``traceparent`` and ``X-Request-Id`` of a request.

    >>> sent_ids({"HTTP_X_REQUEST_ID": "a-1", "HTTP_TRACEPARENT": f"00-{'a' * 32}-{'b' * 16}-01"})
    {'client_request_id': 'a-1', 'trace_id': 'aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa', 'parent_id': 'bbbbbbbbbbbbbbbb'}
    """
    found = {}
    if _SENT.fullmatch(sent := environ.get("HTTP_X_REQUEST_ID", "")):
        found["client_request_id"] = sent
    if parent := trace_parent(environ.get("HTTP_TRACEPARENT", "")):
        found["trace_id"], found["parent_id"] = parent
    return found


def trace_parent(value: str) -> tuple[str, str] | None:
    """Return trace and parent of a valid header ``traceparent`` (W3C Trace Context, section 3.2), else ``None``.

    A later version may have more after the flags.

    >>> trace_parent(f"cc-{'a' * 32}-{'b' * 16}-01-more") == ("a" * 32, "b" * 16)
    True
    """
    found = _PARENT.fullmatch(value)
    if found is None or (found["more"] and found["version"] == "00"):
        return None
    return found["trace"], found["parent"]
