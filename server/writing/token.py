"""Who may write: whoever sends the token that the server was started with (RFC 6750, section 2.1)."""

from __future__ import annotations

import hmac
from http import HTTPStatus

from server.http.protocol import Problem

_REALM = 'Bearer realm="writing"'


def check(token: str, authorization: str | None) -> None:
    """Let a request pass whose ``Authorization`` header has the token; an empty token means that nobody may write.

    Raises :class:`server.http.protocol.Problem`: 403 where nobody may, 401 without the token or with another one. The
    time that it takes says nothing about the token.

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
    """A header's text comes as Latin-1 of the bytes that were sent, an environment's with surrogates for odd ones."""
    try:
        return text.encode("latin-1")
    except UnicodeEncodeError:
        return text.encode("utf-8", "surrogateescape")
