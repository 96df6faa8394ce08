"""Safe rewrites of source files: each changes how a thing is written and never which thing is meant.

Line ends, the byte-order mark and all other text are preserved character for character.
"""

from __future__ import annotations

import re
from bisect import bisect_left
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass

from kg.identifiers import orcid
from kg.identifiers.fairsharing import FairsharingCrosswalk, ReferenceForm, parse_url
from kg.page import Link, Page
from kg.site import front_matter
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


def fixed_page(text: str, page: Page, crosswalk: FairsharingCrosswalk, read: Callable[[str], Page | None]) -> str:
    """Return the text of a page with doubled brackets around destinations and former FAIRsharing addresses rewritten.

    ``page`` is the parsed text, and ``read`` parses a text as the same page. If the rewritten body does not parse to
    the intended links, the body is left unchanged.
    """
    front = front_matter.split(text)
    edits = _values(front.yaml, front.start, crosswalk, _legacy) if front else []
    in_body = list(_links(text, page, crosswalk))
    if in_body:
        meant = [
            (link.line, better if (better := _better(link.href, crosswalk)) and found else link.href)
            for link, found in _found(text, page, crosswalk)
        ]
        after = read(_applied(text, in_body))
        if after is not None and [(link.line, link.href) for link in _all_links(after)] == meant:
            edits += in_body
    return _applied(text, edits)


def fixed_data(text: str, crosswalk: FairsharingCrosswalk) -> str:
    """Return the text of a data file with former FAIRsharing addresses rewritten and ORCID iDs without their URL.

    >>> table = FairsharingCrosswalk.load()
    >>> fixed_data("Ada:\\n  orcid: 'https://orcid.org/0000-0002-1825-0097 '\\n", table)
    "Ada:\\n  orcid: '0000-0002-1825-0097'\\n"
    """
    start = text.startswith("\ufeff")
    return _applied(text, _values(text[start:], int(start), crosswalk, _legacy_or_orcid))


def _applied(text: str, edits: Iterable[_Edit]) -> str:
    pieces, end = list[str](), 0
    for edit in sorted(set(edits)):
        pieces += [text[end : edit.start], edit.new]
        end = edit.end
    return "".join([*pieces, text[end:]])


def _values(
    yaml: str,
    offset: int,
    crosswalk: FairsharingCrosswalk,
    better: Callable[[Scalar, FairsharingCrosswalk], str | None],
) -> list[_Edit]:
    try:
        values = list(scalars(yaml))
    except YamlError:
        return []
    edits = []
    for scalar in values:
        new, at = better(scalar, crosswalk), yaml.find(scalar.value, scalar.start, scalar.end)
        if new and at >= 0:
            edits.append(_Edit(offset + at, offset + at + len(scalar.value), new))
    return edits


def _legacy(scalar: Scalar, crosswalk: FairsharingCrosswalk) -> str | None:
    return _doi(scalar.value, crosswalk) if "://" in scalar.value else None


def _legacy_or_orcid(scalar: Scalar, crosswalk: FairsharingCrosswalk) -> str | None:
    if scalar.keys[-1:] != ("orcid",):
        return _legacy(scalar, crosswalk)
    iri = orcid.orcid(scalar.value)
    bare = iri.removeprefix(orcid.BASE) if iri else None
    return bare if bare != scalar.value else None


def _doi(address: str, crosswalk: FairsharingCrosswalk) -> str | None:
    """Return the DOI of the record that a former address means; ``None`` if a query or fragment would be lost."""
    reference = parse_url(address) if not re.search(r"[\s?#]", address) else None
    record = crosswalk.resolve(reference) if reference and reference.form is ReferenceForm.LEGACY else None
    return record.iri if record and record.suffix else None


def _better(href: str, crosswalk: FairsharingCrosswalk) -> str | None:
    doubled = _DOUBLED.match(href)
    inner = doubled[1] if doubled else href
    return _doi(inner, crosswalk) or (inner if doubled else None)


def _all_links(page: Page) -> Iterator[Link]:
    return (link for block in page.blocks for link in block.links)


def _links(text: str, page: Page, crosswalk: FairsharingCrosswalk) -> Iterator[_Edit]:
    return (edit for _, edit in _found(text, page, crosswalk) if edit)


def _found(text: str, page: Page, crosswalk: FairsharingCrosswalk) -> Iterator[tuple[Link, _Edit | None]]:
    """Yield each link of the body, with the rewrite of its destination if there is one."""
    starts = [0, *(end.end() for end in _LINE_END.finditer(text))]
    destinations = _Destinations(text)
    for link in _all_links(page):
        new = _better(link.href, crosswalk)
        at = destinations.next(link.href, starts[min(link.line, len(starts)) - 1]) if new else None
        yield link, None if new is None or at is None else _Edit(at, at + len(link.href), new)


class _Destinations:
    """Index of the destinations of links in a text, as offsets."""

    def __init__(self, text: str) -> None:
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
        return self._defined.get(href)
