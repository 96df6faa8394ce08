"""What a page may load: of this server alone, and nothing that stands inline (Content Security Policy, level 3)."""

from __future__ import annotations

POLICY = (
    "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data:; font-src 'self'; "
    "connect-src 'self'; form-action 'self'; base-uri 'none'; frame-ancestors 'none'"
)


def with_style(digest: str) -> str:
    """The policy that lets one inline style sheet in beside it, by its hash.

    >>> "style-src 'self' 'sha256-abc'; " in with_style("sha256-abc")
    True
    """
    return POLICY.replace("style-src 'self'", f"style-src 'self' '{digest}'")
