"""Content negotiation (RFC 9110, section 12.5.1): the best format for each form of answer.

Every form is negotiated before the query is asked, since the form is known only once the engine has parsed the query.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from functools import cache, lru_cache
from http import HTTPStatus

from werkzeug.datastructures import MIMEAccept
from werkzeug.http import parse_accept_header

from kg.query import FORMATS, FORMATS_BY_NAME, Form, Format
from server.http.fields import short
from server.http.protocol import Problem

Choice = Mapping[Form, Format | None]
"""Form of answer → its format; ``None`` if the client accepts none of that form."""

HTML_TYPES = ("text/html", "application/xhtml+xml")
_HEADERS_KNOWN = 128
"""Size of the caches: few headers differ, and each may be as long as the headers of a request."""
_BARE_POINT = re.compile(r"\bq=(?=\.)", re.IGNORECASE)
"""``q=.2``, as Java's HTTP client sends it; Werkzeug parses ``q=0.2`` only."""


@lru_cache(_HEADERS_KNOWN)
def choose(accept: str | None, named: str | None = None) -> Choice:
    """Return the best format of each form for an ``Accept`` header, or the formats that ``named`` means.

    >>> choose("text/csv, text/turtle;q=0.5")[Form.BINDINGS].name
    'csv'
    >>> choose(None, "xml")[Form.GRAPH].name
    'rdfxml'

    Raises:
        Problem: when no format has that name (400).
    """
    if named:
        return _by_name(named)
    ranges = _ranges(accept)
    return {form: _best(ranges, formats) for form, formats in FORMATS.items()}


@lru_cache(_HEADERS_KNOWN)
def prefers_html(accept: str | None, named: str | None = None) -> bool:
    """Return whether the client prefers HTML to data: HTML is named, with a higher quality than any data format.

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
    """Return the problem of an answer of ``form`` in none of the accepted formats; it lists the available ones."""
    available = [fmt.media_type for fmt in FORMATS[form]]
    detail = f"this answer ({form.value}) is available as {', '.join(available)}"
    return Problem(HTTPStatus.NOT_ACCEPTABLE, detail, more={"available": available}, headers={"Vary": "Accept"})


def _ranges(accept: str | None) -> dict[str, tuple[float, int]]:
    """Return media range → quality and place in the header; of a repeated range the highest quality."""
    if not accept or not accept.strip():
        return {"*/*": (1.0, 0)}
    found: dict[str, tuple[float, int]] = {}
    accept = _BARE_POINT.sub(r"\g<0>0", short(accept))
    for place, (text, quality) in enumerate(parse_accept_header(accept, MIMEAccept)):
        media = text.partition(";")[0].strip().lower()
        media = "*/*" if media == "*" else media
        if media not in found or quality > found[media][0]:
            found[media] = (float(quality), place)
    return found


def _best(ranges: Mapping[str, tuple[float, int]], formats: Sequence[Format]) -> Format | None:
    """Return the format of highest quality; among equals one named exactly, the first in the header, our first."""
    rated = [(_rating(ranges, fmt), fmt) for fmt in formats]
    rating, best = max(rated, key=lambda pair: pair[0])
    return best if rating[0] > 0 else None


def _rating(ranges: Mapping[str, tuple[float, int]], fmt: Format) -> tuple[float, int, int]:
    """Return quality, exactness and earliness of a format; the most specific range that matches decides."""
    kind = fmt.media_type.partition("/")[0]
    candidates = ((2, fmt.media_type), (1, f"{kind}/*"), (0, "*/*"))
    matching = [(exact, media) for exact, media in candidates if media in ranges]
    own = matching[:1] + [(2, media) for media in fmt.other_media_types if media in ranges]
    return max(((ranges[media][0], exact, -ranges[media][1]) for exact, media in own), default=(0.0, 0, 0))


def _by_name(named: str) -> Choice:
    wanted = _normal(named)
    choice = {
        form: next((fmt for fmt in formats if wanted in fmt.names + fmt.media_types), None)
        for form, formats in FORMATS.items()
    }
    if not any(choice.values()):
        raise Problem(HTTPStatus.BAD_REQUEST, f"no format {named!r}; there are {', '.join(FORMATS_BY_NAME)}")
    return choice


def _normal(named: str) -> str:
    """Return a name in lower case and without parameters; a space is a plus sign that was not encoded in a URL."""
    return named.partition(";")[0].strip().lower().replace(" ", "+")


@cache
def _data_types() -> set[str]:
    return {media for fmt in FORMATS_BY_NAME.values() for media in fmt.media_types}
