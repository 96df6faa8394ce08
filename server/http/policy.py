"""Content Security Policy (level 3) of pages: resources of this server only, nothing inline."""

from __future__ import annotations

POLICY = (
    "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data:; font-src 'self'; "
    "connect-src 'self'; form-action 'self'; base-uri 'none'; frame-ancestors 'none'"
)

HEADERS = {
    "Content-Security-Policy": POLICY,
    "Referrer-Policy": "no-referrer",
    "X-Content-Type-Options": "nosniff",
}
"""Headers of every response about what a browser may do with it."""


def with_style(digest: str) -> str:
    """Return the policy that also allows one inline style sheet, by its hash.

    >>> "style-src 'self' 'sha256-abc'; " in with_style("sha256-abc")
    True
    """
    return POLICY.replace("style-src 'self'", f"style-src 'self' '{digest}'")
