"""Content negotiation (RFC 9110, section 12.5.1): the best of the formats that a route offers.

For a query every form of answer is negotiated before it is asked, since the form is known only once the engine has
parsed the query.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from functools import lru_cache
from http import HTTPStatus

from werkzeug.datastructures import MIMEAccept
from werkzeug.http import parse_accept_header

from kg.query import FORMATS, FORMATS_BY_NAME, Form, Format
from server.http.fields import short
from server.http.protocol import Problem

Offers = tuple[Format, ...]
"""The formats of a route, the default first."""
Choice = Mapping[Form, Format | None]
"""Form of answer → its format; ``None`` if the client accepts none of that form."""


def registered(name: str, label: str, media_type: str, extension: str) -> Format:
    """Return a format that is not one of RDF or of results, with the IRI of its registration."""
    iri = f"https://www.iana.org/assignments/media-types/{media_type}"
    return Format(name=name, label=label, media_type=media_type, extension=extension, iri=iri)


HTML = registered("html", "HTML", "text/html", "html")
"""Format of pages."""
PLAIN_JSON = registered("json", "JSON", "application/json", "json")
"""Format of lists that are neither RDF nor results of queries."""
PROBLEM = registered("problem", "Problem details", "application/problem+json", "json")
"""Format of error responses (RFC 9457)."""
_KNOWN = (*FORMATS_BY_NAME.values(), HTML)
_HEADERS_KNOWN = 128
"""Size of the caches: few headers differ, and each may be as long as the headers of a request."""
_BARE_POINT = re.compile(r"\bq=(?=\.)", re.IGNORECASE)
"""``q=.2``, as Java's HTTP client sends it; Werkzeug parses ``q=0.2`` only."""


@lru_cache(_HEADERS_KNOWN)
def best(accept: str | None, offers: Offers, named: str | None = None) -> Format | None:
    """Return the best offer for an ``Accept`` header, or the one that ``named`` means; ``None`` if there is none.

    Of offers with equal quality, one named exactly is the best, of these data before pages, then the first in the
    header, then the first offer.

    >>> best("application/trig, text/html;q=0.9", (HTML, FORMATS_BY_NAME["csv"])).name
    'html'
    >>> best("*/*", (FORMATS_BY_NAME["csv"], HTML)).name, best("*/*", (HTML,), "csv")
    ('csv', None)

    Raises:
        Problem: when ``named`` is the name of no format at all (400).
    """
    if named is not None:
        return _by_name(_normal(named), offers)
    ranges = _ranges(accept)
    rated = [(_rating(ranges, offer), offer) for offer in offers]
    rating, found = max(rated, key=lambda pair: pair[0])
    return found if rating[0] > 0 else None


@lru_cache(_HEADERS_KNOWN)
def choose(accept: str | None, named: str | None = None) -> Choice:
    """Return the best format of each form for an ``Accept`` header, or the formats that ``named`` means.

    >>> choose("text/csv, text/turtle;q=0.5")[Form.BINDINGS].name
    'csv'
    >>> choose(None, "xml")[Form.GRAPH].name
    'rdfxml'

    Raises:
        Problem: when ``named`` is the name of no format at all (400).
    """
    return {form: best(accept, formats, named) for form, formats in FORMATS.items()}


def prefers_html(accept: str | None) -> bool:
    """Return whether the client prefers a page to data of any format, and so to problem details.

    >>> prefers_html("text/html,application/xml;q=0.9,*/*;q=0.8"), prefers_html("*/*")
    (True, False)
    """
    return best(accept, (PROBLEM, *_KNOWN)) is HTML


def media_type(accept: str | None, wanted: Format) -> str:
    """Return the media type for an answer in a format: another name of it if the client accepts that name alone.

    >>> json = FORMATS_BY_NAME["json"]
    >>> media_type("application/json", json), media_type("application/json, */*;q=0.1", json)
    ('application/json', 'application/sparql-results+json')
    """
    ranges = _ranges(accept)
    if _quality(ranges, wanted.media_type)[0] > 0:
        return wanted.media_type
    asked = (name for name in wanted.other_media_types if ranges.get(name, (0.0, 0))[0] > 0)
    return max(asked, key=lambda name: (ranges[name][0], -ranges[name][1]), default=wanted.media_type)


def not_acceptable(offers: Offers, more: Mapping[str, object] | None = None, what: str = "this") -> Problem:
    """Return the problem of a request that accepts none of the offers; it lists them."""
    available = [offer.media_type for offer in offers]
    detail = f"{what} is available as {', '.join(available)}"
    headers = {"Vary": "Accept"}
    return Problem(HTTPStatus.NOT_ACCEPTABLE, detail, more={"available": available, **(more or {})}, headers=headers)


def _ranges(accept: str | None) -> dict[str, tuple[float, int]]:
    """Return media range → quality and place in the header; of a repeated range the highest quality."""
    found: dict[str, tuple[float, int]] = {}
    accept = _BARE_POINT.sub(r"\g<0>0", short(accept or ""))
    for place, (text, quality) in enumerate(parse_accept_header(accept, MIMEAccept)):
        media = text.partition(";")[0].strip().lower()
        media = "*/*" if media == "*" else media
        if media not in found or quality > found[media][0]:
            found[media] = (float(quality), place)
    return found or {"*/*": (1.0, 0)}


def _rating(ranges: Mapping[str, tuple[float, int]], offer: Format) -> tuple[float, int, bool, int]:
    """Return quality, exactness, whether it is data named exactly, and earliness of an offer."""
    others = [(ranges[media][0], 2, -ranges[media][1]) for media in offer.other_media_types if media in ranges]
    quality, exact, early = max([_quality(ranges, offer.media_type), *others])
    return quality, exact, exact == 2 and offer is not HTML, early


def _quality(ranges: Mapping[str, tuple[float, int]], media_type: str) -> tuple[float, int, int]:
    """Return quality, exactness and earliness of the most specific range that matches a media type."""
    candidates = (media_type, f"{media_type.partition('/')[0]}/*", "*/*")
    matching = ((2 - place, ranges[media]) for place, media in enumerate(candidates) if media in ranges)
    exact, (quality, place) = next(matching, (0, (0.0, 0)))
    return quality, exact, -place


def _by_name(wanted: str, offers: Offers) -> Format | None:
    found = next((offer for offer in offers if wanted in offer.names + offer.media_types), None)
    if found is None and not any(wanted in known.names + known.media_types for known in _KNOWN):
        names = ", ".join(offer.name for offer in _KNOWN)
        raise Problem(HTTPStatus.BAD_REQUEST, f"no format {wanted!r}; there are {names}")
    return found


def _normal(named: str) -> str:
    """Return a name in lower case and without parameters; a space is a plus sign that was not encoded in a URL."""
    return named.partition(";")[0].strip().lower().replace(" ", "+")
