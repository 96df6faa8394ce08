"""Pages of the server, with what they are about in their head and in their ``Link`` header."""

from __future__ import annotations

import re
from typing import Any

from flask import Response, render_template

from server.pages.about import About

_TURNING = re.compile("[\u202a-\u202e\u2066-\u2069]")
"""Characters that change the direction of the text after them."""
_SHOWN = {code: f"\\u{code:04x}" for code in (*range(0x202A, 0x202F), *range(0x2066, 0x206A))}


def with_direction_shown(written: Any) -> Any:
    """Return what a template writes, with the characters that change the direction of a text as escapes.

    >>> print(with_direction_shown("exe.\u202egpj"))
    exe.\\u202egpj
    """
    return written.translate(_SHOWN) if isinstance(written, str) and _TURNING.search(written) else written


def render(template: str, about: About, **context: Any) -> Response:
    """Return a page made from a template."""
    return linked(Response(render_template(template, about=about, **context)), about)


def linked(response: Response, about: About) -> Response:
    """Return a response in any format, with the links of its page."""
    response.headers["Link"] = about.links
    return response
