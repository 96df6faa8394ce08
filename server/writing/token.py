"""Authorisation by a bearer token (RFC 6750, section 2.1), of writes and for others."""

from __future__ import annotations

import hmac
from http import HTTPStatus

from server.http.protocol import Problem

_REALM = 'Bearer realm="writing"'


def check(token: str, authorization: str | None) -> None:
    """Check that an ``Authorization`` header has the server's token; an empty token makes the server read-only.

    Raises:
        Problem: when the server is read-only (403), or the header lacks the token or has another one (401).

    >>> check("secret", "Bearer secret")
    """
    if not token:
        raise Problem(HTTPStatus.FORBIDDEN, "this server is read-only: it was started without --writable")
    sent = bearer(authorization)
    if not sent:
        detail = "writing needs the header 'Authorization: Bearer …' with the server's token"
        raise Problem(HTTPStatus.UNAUTHORIZED, detail, headers={"WWW-Authenticate": _REALM})
    if not is_same(sent, token):
        headers = {"WWW-Authenticate": f'{_REALM}, error="invalid_token"'}
        raise Problem(HTTPStatus.UNAUTHORIZED, "the token is not this server's", headers=headers)


def bearer(authorization: str | None) -> str:
    """Return the bearer token of an ``Authorization`` header; empty if it has none.

    >>> bearer("Bearer secret"), bearer("Basic c2VjcmV0")
    ('secret', '')
    """
    scheme, _, sent = (authorization or "").strip().partition(" ")
    return sent.strip() if scheme.lower() == "bearer" else ""


def is_same(sent: str, token: str) -> bool:
    """Return whether a client has sent a token, in a time that does not depend on what it sent."""
    return hmac.compare_digest(_bytes(sent), _bytes(token))


def _bytes(text: str) -> bytes:
    """Return the bytes of a header value (decoded as Latin-1) or of an environment variable (with surrogates)."""
    try:
        return text.encode("latin-1")
    except UnicodeEncodeError:
        return text.encode("utf-8", "surrogateescape")
