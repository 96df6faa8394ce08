"""Content negotiation (RFC 9110, section 12.5.1): the best format for each form of answer.

Which form an answer has is known only once the engine has read the query; so every form is negotiated beforehand.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from functools import cache, lru_cache
from http import HTTPStatus

from werkzeug.datastructures import MIMEAccept
from werkzeug.http import parse_accept_header

from kg.query import FORMATS, Form, Format
from server.http.protocol import Problem

Choice = Mapping[Form, Format | None]
"""The format of each form of answer; ``None`` where the client takes none that there is."""

_RESULTS = {
    "json": ("application/json", "text/json"),
    "xml": ("application/xml", "text/xml"),
    "tsv": ("text/plain",),
}
_GRAPHS = {
    "turtle": ("text/n3", "text/rdf+n3", "application/x-turtle", "application/turtle"),
    "ntriples": ("text/plain",),
    "jsonld": ("application/json",),
    "rdfxml": ("application/xml", "text/xml"),
    "nquads": ("text/x-nquads",),
    "trig": ("application/x-trig",),
}
MEDIA_ALIASES = {Form.BINDINGS: _RESULTS, Form.BOOLEAN: _RESULTS, Form.GRAPH: _GRAPHS}
"""Other media types that clients name and the format that they mean by them."""
NAME_ALIASES = {
    "json": ("jsonld",),
    "json-ld": ("jsonld",),
    "xml": ("rdfxml",),
    "rdf": ("rdfxml",),
    "rdf+xml": ("rdfxml",),
    "ttl": ("turtle",),
    "n3": ("turtle",),
    "nt": ("ntriples",),
    "nq": ("nquads",),
}
"""Short names beside each format's own: what other servers' clients write."""
HTML_TYPES = ("text/html", "application/xhtml+xml")
_HEADERS_KNOWN = 128
"""Headers whose meaning is remembered: few differ, and each may be as long as a request's headers may be."""
_BARE_POINT = re.compile(r"\bq=(?=\.)", re.IGNORECASE)
"""``q=.2``, as Java's own client sends it; werkzeug takes ``q=0.2`` alone."""


@lru_cache(_HEADERS_KNOWN)
def choose(accept: str | None, named: str | None = None) -> Choice:
    """The best format of each form for an ``Accept`` header, or those that the name ``named`` means.

    >>> choose("text/csv, text/turtle;q=0.5")[Form.BINDINGS].name
    'csv'
    >>> choose(None, "xml")[Form.GRAPH].name
    'rdfxml'
    """
    if named:
        return _by_name(named)
    ranges = _ranges(accept)
    return {form: _best(ranges, formats, MEDIA_ALIASES[form]) for form, formats in FORMATS.items()}


@lru_cache(_HEADERS_KNOWN)
def prefers_html(accept: str | None, named: str | None = None) -> bool:
    """Whether a page for people is wanted rather than data: HTML is named, and better liked than any data format.

    >>> prefers_html("text/html,application/xml;q=0.9,*/*;q=0.8"), prefers_html("*/*")
    (True, False)
    >>> prefers_html("*/*", "html"), prefers_html("text/html", "csv")
    (True, False)
    """
    if named:
        return _normal(named) in {"html", *HTML_TYPES}
    ranges = _ranges(accept)
    html = max((ranges[media][0] for media in HTML_TYPES if media in ranges), default=0.0)
    data = max((ranges[media][0] for media in _data_types() if media in ranges), default=0.0)
    return html > data


def not_acceptable(form: Form) -> Problem:
    """The problem of an answer of ``form`` that the client takes in no format there is; it lists them."""
    available = [fmt.media_type for fmt in FORMATS[form]]
    detail = f"this answer ({form.value}) comes as {', '.join(available)}"
    return Problem(HTTPStatus.NOT_ACCEPTABLE, detail, more={"available": available}, headers={"Vary": "Accept"})


def _ranges(accept: str | None) -> dict[str, tuple[float, int]]:
    """Media range → its quality and its place in the header; the better one where a range stands twice."""
    if not accept or not accept.strip():
        return {"*/*": (1.0, 0)}
    found: dict[str, tuple[float, int]] = {}
    accept = _BARE_POINT.sub(r"\g<0>0", accept)
    for place, (text, quality) in enumerate(parse_accept_header(accept, MIMEAccept)):
        media = text.partition(";")[0].strip().lower()
        media = "*/*" if media == "*" else media
        if media not in found or quality > found[media][0]:
            found[media] = (float(quality), place)
    return found


def _best(
    ranges: Mapping[str, tuple[float, int]], formats: Sequence[Format], aliases: Mapping[str, Sequence[str]]
) -> Format | None:
    """The best liked one; among equals what is named exactly, then the first in the header, then our first."""
    rated = [(_rating(ranges, fmt.media_type, aliases.get(fmt.name, ())), fmt) for fmt in formats]
    rating, best = max(rated, key=lambda pair: pair[0])
    return best if rating[0] > 0 else None


def _rating(ranges: Mapping[str, tuple[float, int]], media_type: str, aliases: Sequence[str]) -> tuple[float, int, int]:
    """Quality, how exactly it was named, and how early; the most specific range that matches decides."""
    kind = media_type.partition("/")[0]
    matching = [(exact, media) for exact, media in ((2, media_type), (1, f"{kind}/*"), (0, "*/*")) if media in ranges]
    own = matching[:1] + [(2, alias) for alias in aliases if alias in ranges]
    return max(((ranges[media][0], exact, -ranges[media][1]) for exact, media in own), default=(0.0, 0, 0))


def _by_name(named: str) -> Choice:
    wanted = _normal(named)
    names = {wanted, *NAME_ALIASES.get(wanted, ())}
    choice: dict[Form, Format | None] = {}
    for form, formats in FORMATS.items():
        meant = (fmt for fmt in formats if fmt.name in names or _is_media_type(wanted, fmt, MEDIA_ALIASES[form]))
        choice[form] = next(meant, None)
    if not any(choice.values()):
        known = ", ".join(dict.fromkeys(fmt.name for formats in FORMATS.values() for fmt in formats))
        raise Problem(HTTPStatus.BAD_REQUEST, f"no format {named!r}; there are {known}")
    return choice


def _normal(named: str) -> str:
    """A name without what does not matter; a space is a plus sign that somebody did not encode in a URL."""
    return named.partition(";")[0].strip().lower().replace(" ", "+")


def _is_media_type(wanted: str, fmt: Format, aliases: Mapping[str, Sequence[str]]) -> bool:
    return wanted == fmt.media_type or wanted in aliases.get(fmt.name, ())


@cache
def _data_types() -> set[str]:
    own = {fmt.media_type for formats in FORMATS.values() for fmt in formats}
    return own | {alias for table in MEDIA_ALIASES.values() for aliases in table.values() for alias in aliases}
