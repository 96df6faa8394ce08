"""Jekyll's Markdown pages: YAML front matter between lines of three hyphens, and the body."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Any

from kg.findings import Finding
from kg.markdown.html_text import parse_and_render
from kg.page import Page
from kg.readers._page import LARGEST, Render, read_front, read_page
from kg.site.jekyll import MARKDOWN as SUFFIXES

__all__ = ["LARGEST", "SUFFIXES", "read", "read_front"]


def read(
    file: Path, path: str, defaults: Mapping[str, Any], render: Render, *, is_optional: bool = False
) -> tuple[Page | None, tuple[Finding, ...]]:
    """Read the page in ``file`` as :func:`kg.readers._page.read_page` does."""
    return read_page(file, path, defaults, render, parse_and_render, is_optional=is_optional)
