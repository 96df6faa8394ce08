"""CORS headers (Fetch standard, section 3.2) for every response, whatever its status: all origins are allowed.

That is safe since the server uses no cookies, and a script must send the token for writing explicitly.
"""

from __future__ import annotations

from flask import Response

HEADERS = {
    "Access-Control-Allow-Origin": "*",
    "Access-Control-Expose-Headers": (
        "Accept-Patch, Accept-Post, Accept-Ranges, Allow, Content-Range, ETag, Link, Location, Query-Hint, "
        "Retry-After, WWW-Authenticate"
    ),
}
"""Headers of every response; headers that scripts can always read (section 3.2.4) are not listed."""


def admit(response: Response, method: str) -> None:
    """Add the CORS headers to the response to a request with ``method``.

    The response to OPTIONS, the preflight request, also lists methods and headers; ``*`` does not cover Authorization.
    """
    response.headers.update(HEADERS)
    if method == "OPTIONS":
        response.headers["Access-Control-Allow-Methods"] = response.headers.get("Allow", "GET, HEAD, OPTIONS")
        response.headers["Access-Control-Allow-Headers"] = "Accept, Authorization, Content-Type, If-None-Match, *"
        response.headers["Access-Control-Max-Age"] = "86400"
