"""Jekyll's HTML pages: YAML front matter, and a body of HTML with Liquid."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from typing import Any

from kg import markdown
from kg.findings import Finding
from kg.page import Block, Page
from kg.readers._page import Render, read_front, read_page
from kg.site.jekyll import HTML as SUFFIXES

__all__ = ["SUFFIXES", "read", "read_front"]


def read(
    file: Path, path: str, defaults: Mapping[str, Any], render: Render, *, is_optional: bool = False
) -> tuple[Page | None, tuple[Finding, ...]]:
    """Read the page in ``file`` as :func:`kg.readers._page.read_page` does."""
    return read_page(file, path, defaults, render, _parsed, is_optional=is_optional)


def _parsed(text: str, line: Callable[[int], int], tags: Sequence[tuple[str, str]]) -> tuple[tuple[Block, ...], str]:
    return markdown.parse_html(text, line, tags), text
