"""Jekyll's Markdown pages: YAML front matter between lines of three hyphens, and the body."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from pathlib import Path, PurePath
from typing import Any

import frontmatter
from frontmatter.default_handlers import YAMLHandler

from kg.findings import Finding, Place, Severity
from kg.liquid import Renderer
from kg.markdown.html_text import parse_and_render
from kg.page import Page
from kg.site.data_files import printable_path
from kg.site.jekyll import SUFFIXES
from kg.site.yaml_text import YamlDocument, YamlError, parse

__all__ = ["LARGEST", "SUFFIXES", "read", "read_front"]


LARGEST = 2_000_000
"""Maximum size of a page in bytes: a hundred times the longest pages of these sites."""


class _TextHandler(YAMLHandler):
    """Parses front matter whose scalars stay text; unlike its base class it keeps line numbers and duplicate keys."""

    def __init__(self, first_line: int) -> None:
        super().__init__()
        self._first_line = first_line
        self.document = YamlDocument({}, {}, ())

    def load(self, fm: str, **kwargs: object) -> Any:
        self.document = parse(fm, self._first_line)
        return self.document.data if isinstance(self.document.data, dict) else {}


def read(
    file: Path, path: str, defaults: Mapping[str, Any], liquid: Renderer
) -> tuple[Page | None, tuple[Finding, ...]]:
    """Read the page in ``file``, named ``path`` within its site, with front matter over ``defaults``.

    Return no page if the file has no front matter, as in Jekyll, or an error is found.
    """
    page, findings = read_front(file, path, defaults)
    if page is None:
        return None, findings
    rendered = liquid.render(page.body, page.front)
    findings += tuple(
        Finding(Severity.WARNING, "liquid", problem, Place(path, page.body_line + row))
        for problem, row in rendered.problems
    )
    blocks, html, details = parse_and_render(
        rendered.text, lambda row: page.body_line + rendered.row(row), rendered.tags
    )
    return replace(page, blocks=blocks, html=html, details=details, tags=rendered.tags), findings


def read_front(file: Path, path: str, defaults: Mapping[str, Any]) -> tuple[Page | None, tuple[Finding, ...]]:
    """Read only the front matter of the page in ``file``; the page has neither blocks nor tags."""
    text = _text(file, path)
    if isinstance(text, Finding):
        return None, (text,)
    if not text.startswith("---"):
        return None, ()
    return _parse(text, path, defaults)


def _text(file: Path, path: str) -> str | Finding:
    """Return the text of a file, or the reason that it cannot be read."""
    if (name := printable_path(PurePath(path))) != path:
        return _error("encoding", "the file's name is not UTF-8", name, 1)
    try:
        with file.open("rb") as source:
            content = source.read(LARGEST + 1)
        if len(content) > LARGEST:
            return _error("too-large", f"the page is larger than {LARGEST // 1_000_000} MB", path, 1)
        return content.decode("utf-8-sig").replace("\r\n", "\n").replace("\r", "\n")
    except UnicodeDecodeError as error:
        return _error("encoding", f"not UTF-8: {error.reason}", path, error.object.count(b"\n", 0, error.start) + 1)
    except OSError as error:
        return _error("encoding", f"the file cannot be read: {error.strerror}", path, 1)


def _parse(text: str, path: str, defaults: Mapping[str, Any]) -> tuple[Page | None, tuple[Finding, ...]]:
    opening = YAMLHandler.FM_BOUNDARY.match(text)
    handler = _TextHandler(text.count("\n", 0, opening.end()) + 1 if opening else 1)
    try:
        _, body = handler.split(text)
        front, _ = frontmatter.parse(text, handler=handler)
    except ValueError as error:
        if isinstance(error, YamlError):
            return None, (_error("front-matter", f"the front matter is not YAML: {error}", path, error.line),)
        return None, (_error("front-matter", "the front matter never closes: no line of three hyphens", path, 1),)
    body_line = text.count("\n", 0, len(text) - len(body)) + 1
    duplicates = tuple(
        Finding(Severity.WARNING, "duplicate-key", f"{key!r} stands here again; the last one counts", Place(path, line))
        for key, line in handler.document.duplicates
    )
    return Page(path, {**defaults, **front}, handler.document.lines, (), body, body_line), duplicates


def _error(rule: str, message: str, path: str, line: int) -> Finding:
    return Finding(Severity.ERROR, rule, message, Place(path, line))
