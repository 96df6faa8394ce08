"""Pages of the server, with what they are about in their head and in their ``Link`` header."""

from __future__ import annotations

from typing import Any

from flask import Response, render_template

from server.pages.about import About


def render(template: str, about: About, **context: Any) -> Response:
    """Return a page made from a template."""
    return linked(Response(render_template(template, about=about, **context)), about)


def linked(response: Response, about: About) -> Response:
    """Return a response in any format, with the links of its page."""
    response.headers["Link"] = about.links
    return response
