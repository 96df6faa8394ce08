"""The format of the response to the present request, and the formats in which things are described."""

from __future__ import annotations

from collections.abc import Mapping

from flask import Response, after_this_request, request

from kg.query import FORMATS, FORMATS_BY_NAME, Form, Format
from server.http.negotiation import Offers, best, not_acceptable
from server.http.protocol import format_named
from server.settings import Settings

IN_FILES = tuple(FORMATS_BY_NAME[name] for name in ("turtle", "ntriples", "jsonld"))
"""Formats of the descriptions in a site without a server, in which each is a file."""


def requested_format(offers: Offers, named: str | None = None, more: Mapping[str, object] | None = None) -> Format:
    """Return the offer that the present request prefers, by ``named``, its parameter ``format`` or its Accept header.

    ``more`` are members of the problem if there is none.

    Raises:
        Problem: when no offer is acceptable (406), or the format has an unknown name (400).
    """
    after_this_request(_vary)
    named = named or format_named(request.args.items(multi=True))
    found = best(request.headers.get("Accept"), offers, named)
    if found is None:
        raise not_acceptable(offers, more)
    return found


def described_in(settings: Settings) -> tuple[Format, ...]:
    """Return the formats of descriptions of things, the default first."""
    return IN_FILES if settings.without_server else FORMATS[Form.GRAPH]


def _vary(response: Response) -> Response:
    response.vary.add("Accept")
    return response
