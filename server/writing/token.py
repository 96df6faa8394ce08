"""Authorisation of writes by a bearer token (RFC 6750, section 2.1)."""

from __future__ import annotations

import hmac
from http import HTTPStatus

from server.http.protocol import Problem

_REALM = 'Bearer realm="writing"'


def check(token: str, authorization: str | None) -> None:
    """Check that an ``Authorization`` header has the server's token; an empty token makes the server read-only.

    The comparison takes constant time.

    Raises:
        Problem: when the server is read-only (403), or the header lacks the token or has another one (401).

    >>> check("secret", "Bearer secret")
    """
    if not token:
        raise Problem(HTTPStatus.FORBIDDEN, "this server is read-only: it was started without --writable")
    scheme, _, sent = (authorization or "").strip().partition(" ")
    if scheme.lower() != "bearer" or not sent.strip():
        detail = "writing needs the header 'Authorization: Bearer …' with the server's token"
        raise Problem(HTTPStatus.UNAUTHORIZED, detail, headers={"WWW-Authenticate": _REALM})
    if not hmac.compare_digest(_bytes(sent.strip()), _bytes(token)):
        headers = {"WWW-Authenticate": f'{_REALM}, error="invalid_token"'}
        raise Problem(HTTPStatus.UNAUTHORIZED, "the token is not this server's", headers=headers)


def _bytes(text: str) -> bytes:
    """Return the bytes of a header value (decoded as Latin-1) or of an environment variable (with surrogates)."""
    try:
        return text.encode("latin-1")
    except UnicodeEncodeError:
        return text.encode("utf-8", "surrogateescape")
