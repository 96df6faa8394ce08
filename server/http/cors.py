"""Pages of any origin may ask: CORS (Fetch standard, section 3.2) for every answer, whatever its status.

No cookie means anything here, so nothing is lost by letting every page in; a token must be sent on purpose.
"""

from __future__ import annotations

from flask import Response

HEADERS = {
    "Access-Control-Allow-Origin": "*",
    "Access-Control-Expose-Headers": (
        "Accept-Patch, Accept-Post, Accept-Ranges, Allow, Content-Range, ETag, Link, Location, Retry-After, "
        "WWW-Authenticate"
    ),
}
"""What every answer says; a script sees the other headers that matter anyway (section 3.2.4)."""


def admit(response: Response, method: str) -> None:
    """Add to the answer to a request what a browser asks for before it shows it to a script.

    To OPTIONS, which browsers send first, also what the request itself may be like; ``*`` does not mean Authorization.
    """
    response.headers.update(HEADERS)
    if method == "OPTIONS":
        response.headers["Access-Control-Allow-Methods"] = response.headers.get("Allow", "GET, HEAD, OPTIONS")
        response.headers["Access-Control-Allow-Headers"] = "Accept, Authorization, Content-Type, If-None-Match, *"
        response.headers["Access-Control-Max-Age"] = "86400"
