"""Laws by URL: lovdata.no, EUR-Lex, the Publications Office, the Council of Europe."""

from __future__ import annotations

import re
from urllib.parse import unquote

from kg.identifiers.legislation.law import Law, european, norwegian, treaty

_SERIES_OF_LETTER = {"R": "reg", "L": "dir", "D": "dec"}
_SITE = re.compile(
    r"(?:https?:)?//(?:[a-z0-9-]+\.)*(?P<host>lovdata\.no|(?:eur-lex|data|publications)\.europa\.eu|coe\.int)(?::\d+)?/",
    re.IGNORECASE,
)
_LOVDATA = (
    re.compile(
        r"(?:^|[/#=])(?P<series>lov|forskrift)/(?P<year>\d{4})-(?P<month>\d\d)-(?P<day>\d\d)-(?P<number>\d{1,5})(?![\d-])",
        re.IGNORECASE,
    ),
    re.compile(
        r"^eli/(?P<series>lov|forskrift)/(?P<year>\d{4})/(?P<month>\d\d)/(?P<day>\d\d)/(?P<number>\d{1,5})(?!\d)",
        re.IGNORECASE,
    ),
)
_LOVDATA_FILE = re.compile(
    r"(?:^|/)(?P<folder>all|for|sf)/(?:[a-z0-9/]*/)?[a-z]{2}-(?P<year>\d{4})(?P<month>\d\d)(?P<day>\d\d)-(?P<number>\d{3,5})"
    r"(?:-\d+)*(?:\.html?)?(?=$|[?#&/*])",
    re.IGNORECASE,
)
_EU_ELI = re.compile(
    r"^eli/(?P<series>reg|dir|dec)(?P<sort>_impl|_del)?/(?P<year>\d{4})/(?P<number>\d{1,5})(?!\d)", re.I
)
_CELEX = re.compile(r"CELEX[:=/](?:3|0(?=.{9}-))(?P<year>\d{4})(?P<letter>[RLD])(?P<number>\d{4})(?!\d)", re.IGNORECASE)
_TREATY = re.compile(
    r"(?:/conventions/treaty/|treatynum=|^treaty/(?:[a-z]+/)*|^treaty/[^?]*\?(?:[^#]*&)?NT=)"
    r"(?P<number>0*[1-9]\d{0,2})(?!\d)",
    re.IGNORECASE,
)


def law_of_url(url: str) -> Law | None:
    """Return the law of a URL, also of one for a part of it; ``None`` if the URL is none of a law or ambiguous.

    >>> law_of_url("https://lovdata.no/dokument/NL/lov/2009-06-19-97/§2").identifier
    'LOV-2009-06-19-97'
    >>> law_of_url("http://www.lovdata.no/all/nl-20090619-097.html").iri
    'https://lovdata.no/eli/lov/2009/06/19/97'
    >>> law_of_url("https://eur-lex.europa.eu/legal-content/EN/TXT/?uri=celex%3A32016R0679").iri
    'http://data.europa.eu/eli/reg/2016/679/oj'
    >>> print(law_of_url("https://lovdata.no/"), law_of_url("https://example.org/lov/2009-06-19-97"))
    None None
    """
    address = unquote(url).strip()
    site = _SITE.match(address)
    if site is None:
        return None
    return _READERS[site["host"].lower()](address[site.end() :])


def _lovdata(path: str) -> Law | None:
    for pattern in _LOVDATA:
        if match := pattern.search(path):
            return norwegian(match["series"].lower(), *match.group("year", "month", "day", "number"))
    if match := _LOVDATA_FILE.search(path):
        series = "lov" if match["folder"].lower() == "all" else "forskrift"
        return norwegian(series, *match.group("year", "month", "day", "number"))
    return None


def _european_union(path: str) -> Law | None:
    if match := _EU_ELI.match(path):
        return european(match["series"].lower(), match["year"], match["number"], (match["sort"] or "").lower())
    if match := _CELEX.search(path):
        return european(_SERIES_OF_LETTER[match["letter"].upper()], match["year"], match["number"])
    return None


def _council_of_europe(path: str) -> Law | None:
    match = _TREATY.search(path)
    return treaty(int(match["number"])) if match else None


_READERS = {
    "lovdata.no": _lovdata,
    "eur-lex.europa.eu": _european_union,
    "data.europa.eu": _european_union,
    "publications.europa.eu": _european_union,
    "coe.int": _council_of_europe,
}
