"""Safe rewrites of source files: what the findings say to write, each without changing which thing is meant.

Line ends, the byte-order mark and all other text are preserved character for character.
"""

from __future__ import annotations

import re
from bisect import bisect_left
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass
from itertools import groupby

from kg.identifiers import orcid
from kg.identifiers.fairsharing import FairsharingCrosswalk
from kg.lint.context import Context
from kg.lint.rules import links, registries, sheets
from kg.page import Link, Page
from kg.site import front_matter
from kg.site.tools import REGISTRIES, registry_meant
from kg.site.yaml_text import Scalar, YamlError, scalars

_DOUBLED = re.compile(r"^\(([^\s()]+)\)$")
_LINE_END = re.compile(r"\r\n|\n|\r")
_PARAGRAPH_END = re.compile(r"(?:\r\n|\n|\r)(?=[ \t]*(?:\r\n|\n|\r))|\Z")
_FIXABLE = r"(\([^\s()]+\)|[^\s()<>\"']+)"
"""A destination that may be rewritten: it has no blanks, and brackets only around the whole."""
_INLINE = re.compile(rf"\]\(\s*<?{_FIXABLE}(?=[\s>)])|<{_FIXABLE}>|\bhref\s*=\s*[\"']\s*{_FIXABLE}\s*[\"']")
_DEFINED = re.compile(rf"^[ ]{{0,3}}\[[^\]\r\n]+\]:[ \t]*<?{_FIXABLE}(?=[\s>]|\Z)", re.MULTILINE)


@dataclass(frozen=True, slots=True, order=True)
class _Edit:
    start: int
    end: int
    new: str


def fixed_page(text: str, page: Page, context: Context, read: Callable[[str], Page | None]) -> str:
    """Return the text of a page with what the findings say to write, and without doubled brackets around destinations.

    ``page`` is the parsed text, and ``read`` parses a text as the same page. If the rewritten body does not parse to
    the intended links, the body is left unchanged. Brackets stay around an address where nothing is published, so that
    no broken link looks mended.
    """
    front = front_matter.split(text)
    edits = _values(front.yaml, front.start, lambda scalar: _meant(scalar, context.crosswalk)) if front else []
    found = list(_found(text, page, context))
    in_body = [edit for _, edit in found if edit] + list(_words(text, page, context))
    if in_body:
        meant = [(link.line, edit.new if edit else link.href) for link, edit in found]
        after = read(_applied(text, in_body))
        if after is not None and [(link.line, link.href) for link in _all_links(after)] == meant:
            edits += in_body
    return _applied(text, edits)


def fixed_data(text: str, crosswalk: FairsharingCrosswalk, keys: Mapping[str, str] | None = None) -> str:
    """Return the text of a data file with what the findings say to write, and ORCID iDs without their URL.

    ``keys`` are the misspelt keys of the file, each with the right one.

    >>> table = FairsharingCrosswalk.load()
    >>> fixed_data("Ada:\\n  orcid: 'https://orcid.org/0000-0002-1825-0097 '\\n", table)
    "Ada:\\n  orcid: '0000-0002-1825-0097'\\n"
    """
    start = text.startswith("\ufeff")
    yaml = text[start:]
    edits = _values(yaml, int(start), lambda scalar: _meant_in_data(scalar, crosswalk))
    return _applied(text, [*edits, *_keys(yaml, int(start), keys or {})])


def _applied(text: str, edits: Iterable[_Edit]) -> str:
    pieces, end = list[str](), 0
    for edit in sorted(set(edits)):
        pieces += [text[end : edit.start], edit.new]
        end = edit.end
    return "".join([*pieces, text[end:]])


def _values(yaml: str, offset: int, better: Callable[[Scalar], str | None]) -> list[_Edit]:
    edits = []
    for scalar in _scalars(yaml):
        new, at = better(scalar), yaml.find(scalar.value, scalar.start, scalar.end)
        if new and at >= 0:
            edits.append(_Edit(offset + at, offset + at + len(scalar.value), new))
    return edits


def _keys(yaml: str, offset: int, meant: Mapping[str, str]) -> Iterator[_Edit]:
    """Yield an edit for each misspelt key whose mapping does not have the right one already."""
    for above, group in groupby(_scalars(yaml), lambda scalar: scalar.keys[:-1]):
        siblings = [scalar for scalar in group if scalar.keys]
        known = {scalar.keys[-1] for scalar in siblings}
        for scalar in siblings:
            key = scalar.keys[-1]
            new = _registry(key) if above[-1:] == ("registry",) else meant.get(key)
            at = yaml.rfind(key, 0, scalar.start)
            is_key = at >= 0 and re.fullmatch(r"[\"']?[ \t]*:\s*[\"']?", yaml[at + len(key) : scalar.start])
            if new and is_key and new not in known:
                yield _Edit(offset + at, offset + at + len(key), new)


def _registry(key: str) -> str | None:
    return None if key in REGISTRIES else registry_meant(key)


def _scalars(yaml: str) -> list[Scalar]:
    try:
        return list(scalars(yaml))
    except YamlError:
        return []


def _meant(scalar: Scalar, crosswalk: FairsharingCrosswalk) -> str | None:
    """Return what a value of the front matter is to be written as, or ``None``."""
    quoted = f"'{scalar.value}'" if registries.misread_as(scalar) else None
    return registries.looked_up(scalar, crosswalk) or quoted or registries.doi_for(scalar.value.strip(), crosswalk)


def _meant_in_data(scalar: Scalar, crosswalk: FairsharingCrosswalk) -> str | None:
    if scalar.keys[-1:] == ("orcid",):
        iri = orcid.orcid(scalar.value)
        bare = iri.removeprefix(orcid.BASE) if iri else None
        return bare if bare != scalar.value else None
    former = registries.former_value(scalar.value, crosswalk) if registries.is_registry(scalar) else None
    doi = registries.doi_for(scalar.value.strip(), crosswalk, former_only=True)
    quoted = f"'{scalar.value}'" if registries.misread_as(scalar) else None
    return former or registries.looked_up(scalar, crosswalk) or quoted or doi


def _words(text: str, page: Page, context: Context) -> Iterator[_Edit]:
    """Yield an edit for each misspelt statement of openness."""
    starts, after = _starts(text), dict[str, int]()
    for line, word, meant in sheets.misspelt_openness(page, context.site):
        at = max(starts[min(line, len(starts)) - 1], after.get(word, 0))
        if found := re.compile(rf"\b{re.escape(word)}\b").search(text, at):
            after[word] = found.end()
            yield _Edit(found.start(), found.end(), meant if word[0].isupper() else meant.lower())


def _better(href: str, page: Page, context: Context) -> str | None:
    doubled = _DOUBLED.match(href)
    inner = doubled[1] if doubled else href
    if doubled and context.addresses.is_internal(inner) and not links.is_reachable(page, inner, context):
        return links.whole_address(page, inner, context)
    doi = registries.doi_for(inner, context.crosswalk)
    return doi or links.whole_address(page, inner, context) or (inner if doubled else None)


def _all_links(page: Page) -> Iterator[Link]:
    return (link for block in page.blocks for link in block.links)


def _starts(text: str) -> list[int]:
    """Return the offset of each line."""
    return [0, *(end.end() for end in _LINE_END.finditer(text))]


def _found(text: str, page: Page, context: Context) -> Iterator[tuple[Link, _Edit | None]]:
    """Yield each link of the body, with the rewrite of its destination if there is one."""
    starts = _starts(text)
    destinations = _Destinations(text)
    for link in _all_links(page):
        new = _better(link.href, page, context)
        at = destinations.next(link.href, starts[min(link.line, len(starts)) - 1]) if new else None
        yield link, None if new is None or at is None else _Edit(at, at + len(link.href), new)


class _Destinations:
    """Index of the destinations of links in a text, as offsets."""

    def __init__(self, text: str) -> None:
        self._text = text
        self._inline = dict[str, list[int]]()
        for found in _INLINE.finditer(text):
            group = found.lastindex or 0
            self._inline.setdefault(found[group], []).append(found.start(group))
        self._defined = {found[1]: found.start(1) for found in reversed(list(_DEFINED.finditer(text)))}
        self._paragraph_ends = [found.start() for found in _PARAGRAPH_END.finditer(text)]
        self._after = dict[str, int]()
        """Destination → offset after the last one that was taken."""

    def next(self, href: str, start: int) -> int | None:
        """Return the offset of the destination of a link that starts at or after ``start``, and take it."""
        end = self._paragraph_ends[bisect_left(self._paragraph_ends, start)]
        places = self._inline.get(href, [])
        place = bisect_left(places, max(start, self._after.get(href, 0)))
        if place < len(places) and places[place] < end:
            self._after[href] = places[place] + 1
            return places[place]
        written = self._text.find(f"]({href})", start, end)
        return self._defined.get(href) if written < 0 else written + len("](")
