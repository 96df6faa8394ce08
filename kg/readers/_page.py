"""Reads a page of Jekyll, whatever its body is written in: front matter, Liquid, and the text."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import replace
from functools import lru_cache
from pathlib import Path, PurePath
from typing import Any

import frontmatter
from frontmatter.default_handlers import YAMLHandler

from kg.errors import in_words
from kg.findings import Finding, Place, Severity
from kg.liquid import Fault, Rendered
from kg.page import Block, Detail, Page
from kg.site import front_matter
from kg.site.characters import control_findings, first_control, without_controls
from kg.site.data_files import escaped_controls, printable_path
from kg.site.front_matter import YamlHeader
from kg.site.yaml_text import YamlDocument, YamlError, parse

LARGEST = 2_000_000
"""Maximum size of a page in bytes: a hundred times the longest pages of these sites."""
_BOM = "\ufeff"
_REMEMBERED = 1 << 10
"""Number of parsed front matters that are kept, since templates list all pages, and another build reads most again."""

_NOT_BY_DEFAULT = ("permalink", "published")
"""Keys that a default does not fill in on a page that has the key without a value."""

Render = Callable[[Page], Rendered]
"""Renders the Liquid of a page."""
Parsed = tuple[tuple[Block, ...], str, tuple[Detail, ...]]
"""Blocks, HTML and details of a text."""
Parse = Callable[[str, Callable[[int], int], Sequence[tuple[str, str]]], Parsed]
"""Parses rendered text as :func:`kg.markdown.html_text.parse_and_render` does."""


def read_page(
    file: Path, path: str, defaults: Mapping[str, Any], render: Render, parse_text: Parse, *, is_optional: bool
) -> tuple[Page | None, tuple[Finding, ...]]:
    """Read the page in ``file`` and parse its text; the arguments are those of :func:`read_front`."""
    page, findings = read_front(file, path, defaults, is_optional=is_optional)
    if page is None:
        return None, findings
    rendered = render(page)
    findings += tuple(_liquid(fault, page) for fault in rendered.problems)

    def line(row: int) -> int:
        return page.body_line + rendered.row(row)

    if (first := first_control(rendered.text)) is not None:  # of an include
        row = rendered.text.count("\n", 0, first)
        findings += tuple(replace(each, place=Place(path, line(row))) for each in control_findings(rendered.text, path))
    blocks, html, details = parse_text(without_controls(rendered.text), line, rendered.tags)
    return replace(page, blocks=blocks, html=html, details=details, tags=rendered.tags), findings


def _liquid(fault: Fault, page: Page) -> Finding:
    place = Place(fault.file, fault.row + 1) if fault.file else Place(page.path, page.body_line + fault.row)
    if fault.stops:
        return Finding(Severity.ERROR, "liquid", f"{fault.message}; Jekyll stops here and publishes nothing", place)
    return Finding(Severity.WARNING, "liquid", fault.message, place)


def read_front(
    file: Path, path: str, defaults: Mapping[str, Any], *, is_optional: bool = False
) -> tuple[Page | None, tuple[Finding, ...]]:
    """Read the front matter of the page in ``file``, named ``path`` within its site, over ``defaults``.

    Return no page if the file has no front matter and that is not optional, as in Jekyll, or an error is found. The
    page has neither blocks nor tags.
    """
    text = _text(file, path)
    if isinstance(text, Finding):
        return None, (text,) if is_optional or _may_be_page(file) else ()
    controls = tuple(control_findings(text, path))
    text = without_controls(text)
    found = front_matter.split(text)
    if found and (is_optional or not text.startswith(_BOM)):
        page, findings = _parse(text, found, path, defaults)
        return page, (*findings, *controls)
    if problem := _problem(text):
        return None, (_error("front-matter", problem, path, 1),)
    page = Page(path, defaults, {}, (), text.removeprefix(_BOM), 1) if is_optional else None
    return page, controls if page else ()


def _text(file: Path, path: str) -> str | Finding:
    """Return the text of a file, or the reason that it cannot be read."""
    if (name := printable_path(PurePath(path))) != path:
        return _error("encoding", "the file's name is not UTF-8", name, 1)
    if first_control(path) is not None:
        return _error("encoding", "the file's name has a control character", without_controls(path), 1)
    try:
        with file.open("rb") as source:
            content = source.read(LARGEST + 1)
        if len(content) > LARGEST:
            return _error("too-large", f"the page is larger than {LARGEST // 1_000_000} MB", path, 1)
        return content.decode().replace("\r\n", "\n").replace("\r", "\n")
    except UnicodeDecodeError as error:
        return _error("encoding", f"not UTF-8: {error.reason}", path, error.object.count(b"\n", 0, error.start) + 1)
    except OSError as error:
        return _error("encoding", f"the file cannot be read: {in_words(error)}", path, 1)


def _may_be_page(file: Path) -> bool:
    """Return whether hyphens stand in the first lines of a file; of no other file can a fault matter."""
    try:
        with file.open("rb") as source:
            return b"---" in source.read(200)
    except OSError:
        return True


def _problem(text: str) -> str | None:
    """Return why Jekyll does not see the front matter that a text begins with, or ``None`` if it has none."""
    if reason := front_matter.kept_from(text):
        return f"Jekyll copies this file and publishes no page, for it does not see the front matter: {reason}"
    is_opened = front_matter.is_opened(text)
    return "the front matter never closes: no further line of three hyphens" if is_opened else None


_parsed = lru_cache(_REMEMBERED)(parse)


class _JekyllHandler(YAMLHandler):
    """Finds front matter as Jekyll does; its scalars stay text, and line numbers and duplicate keys are kept."""

    def __init__(self) -> None:
        super().__init__()
        self.document = YamlDocument({}, {}, ())

    def detect(self, text: str) -> bool:
        """Return whether a text begins with front matter."""
        return front_matter.is_opened(text)

    def split(self, text: str) -> tuple[str, str]:
        """Return the front matter and the text behind it.

        Raises:
            ValueError: when there is none.
        """
        header = front_matter.split(text)
        if header is None:
            raise ValueError("no front matter")
        return header.yaml, header.body

    def load(self, fm: str, **kwargs: object) -> Any:
        """Return the mapping in the front matter.

        Raises:
            YamlError: when it is not YAML.
        """
        self.document = _parsed(fm, YamlHeader.LINE)
        return self.document.data


def _parse(
    text: str, found: YamlHeader, path: str, defaults: Mapping[str, Any]
) -> tuple[Page | None, tuple[Finding, ...]]:
    handler = _JekyllHandler()
    try:
        own, _ = frontmatter.parse(text, handler=handler)
    except YamlError as error:
        return None, (_error("front-matter", f"the front matter is not YAML: {error}", path, error.line),)
    document = handler.document
    if not isinstance(document.data or {}, dict):
        return None, (_error("front-matter", _no_mapping(found.yaml), path, found.LINE),)
    front = _merged(defaults, own) | {key: None for key in _NOT_BY_DEFAULT if key in own and own[key] is None}
    return Page(path, front, document.lines, (), found.body, found.body_line), tuple(_notices(document, path))


def _no_mapping(yaml: str) -> str:
    hint = "; is there a no-break space behind the colon?" if "\u00a0" in yaml else ""
    return f"the front matter has no 'key: value', and ends Jekyll's build{hint}"


def _merged(defaults: Mapping[str, Any], own: Mapping[str, Any]) -> dict[str, Any]:
    """Return mappings merged as Jekyll does: deeply, and a key without a value does not replace one."""
    merged = dict(defaults)
    for key, value in own.items():
        known = merged.get(key)
        if isinstance(known, dict) and isinstance(value, dict):
            merged[key] = _merged(known, value)
        elif value is not None or key not in merged:
            merged[key] = value
    return merged


def _notices(document: YamlDocument, path: str) -> Iterator[Finding]:
    for key, line in document.duplicates:
        message = f"{key!r} stands here again; the last one counts"
        yield Finding(Severity.WARNING, "duplicate-key", message, Place(path, line))
    yield from escaped_controls(document, path)


def _error(rule: str, message: str, path: str, line: int) -> Finding:
    return Finding(Severity.ERROR, rule, message, Place(path, line))
