"""Licences by address, name or text: Creative Commons' own IRIs and those of the EU's table, SPDX's for software."""

from __future__ import annotations

import re
from collections.abc import Iterable
from urllib.parse import unquote

CREATIVE_COMMONS = "https://creativecommons.org/"
EU_AUTHORITY = "http://publications.europa.eu/resource/authority/licence/"
SPDX = "https://spdx.org/licenses/"

_HOST = re.compile(r"(?:(?:https?:)?//)?(?:www\.)?creativecommons\.org/+", re.IGNORECASE)
_DEED = r"(?:/+(?:deed|legalcode)(?:\.[a-z-]+)?|/+rdf)?"
_LICENCE = re.compile(
    r"licen[sc]es/(?P<code>by(?:-nc)?(?:-sa|-nd)?)/(?P<version>1\.0|2\.0|2\.1|2\.5|3\.0|4\.0)(?:/(?P<port>igo|[a-z]{2}))?"
    + _DEED,
    re.IGNORECASE,
)
_PUBLIC_DOMAIN = re.compile(r"publicdomain/(?P<tool>zero|mark)/1\.0(?:/(?P<port>[a-z]{2}))?" + _DEED, re.IGNORECASE)
_CC0_PAGE = re.compile(r"(?:share-your-work/)?public-domain/cc0|about/cc0|choose/zero", re.IGNORECASE)
_NAMED = re.compile(
    r"(?P<address>(?:https?:)?//(?:www\.)?creativecommons\.org/[^\s<>\"'()\[\]]+)"
    r"|(?P<owner>Creative Commons )?\bAttribution"
    r"(?P<terms>(?:[ -](?:Non-?Commercial|Share-?Alike|No-?Deriv(?:ative)?s))*)[ -](?P<number>\d\.\d)\b"
    r"(?(owner)|(?= (?:International|Unported|Generic)\b))"
    r"|\bCC[ _-]?BY(?P<short>(?:[ _-](?:NC|SA|ND))*)[ _-]v?(?P<version>\d\.\d)\b"
    r"|\b(?P<zero>CC[ -]?0|CC Zero|Creative Commons Zero)\b",
    re.IGNORECASE,
)
"""A Creative Commons licence in a text: its address, the name in its legal code, or the short name."""
_SOFTWARE = {
    "MIT": re.compile(
        r"Permission is hereby granted, free of charge, to any person obtaining a copy of this software and associated "
        r"documentation files|\bMIT(?=[ -]Licen[sc]e\b)|^MIT$|licenses?/MIT\b",
        re.IGNORECASE,
    ),
    "Apache-2.0": re.compile(
        r"\bApache(?: Licen[sc]e,?|-)? ?(?:Version )?2\.0\b|licenses/LICENSE-2\.0\b", re.IGNORECASE
    ),
}
"""Identifier of SPDX → a software licence in a text: its own words, its name, or its address."""
_MARKS = re.compile(r"[\s>#*]+")
"""White space, and marks of quotations, headings and lists, which stand between the words of a wrapped text."""


def licence_in(text: str) -> str | None:
    """Return the IRI of the licence that a text names: the first of Creative Commons, else of software, or ``None``.

    A text with both is a site's, whose pages are under the former and whose programs are under the latter.

    >>> licence_in("The code has the MIT License, the text Creative Commons Attribution-ShareAlike 4.0 International")
    'https://creativecommons.org/licenses/by-sa/4.0/'
    >>> licence_in("CC-BY-NC-4.0"), licence_in("MIT")
    ('https://creativecommons.org/licenses/by-nc/4.0/', 'https://spdx.org/licenses/MIT')
    >>> print(licence_in("All rights reserved"))
    None
    """
    plain = _MARKS.sub(" ", text).strip()
    code = next((code for code, named in _SOFTWARE.items() if named.search(plain)), None)
    return creative_commons_in(plain) or (SPDX + code if code else None)


def creative_commons_in(text: str) -> str | None:
    """Return the canonical IRI of the Creative Commons licence that a text names first, or ``None``."""
    return next(filter(None, map(_meant, _NAMED.finditer(_MARKS.sub(" ", text)))), None)


def _meant(named: re.Match[str]) -> str | None:
    """Return the licence of a match of :data:`_NAMED`, or ``None`` for an address of none."""
    if named["address"]:
        return licence_of_url(named["address"])
    if named["zero"]:
        return _iri("publicdomain", "zero", "1.0")
    terms = re.findall(r"NC|SA|ND|Non|Share|No", named["terms"] or named["short"] or "", re.IGNORECASE)
    codes = {{"non": "nc", "share": "sa", "no": "nd"}.get(term.lower(), term.lower()) for term in terms}
    code = "-".join(("by", *(code for code in ("nc", "sa", "nd") if code in codes)))
    return licence_of_url(_iri("licenses", code, named["number"] or named["version"]))


def licence_of_url(url: str) -> str | None:
    """Return the canonical IRI of the Creative Commons licence at a URL; ``None`` for all other URLs.

    >>> licence_of_url("http://creativecommons.org/licenses/by/4.0/deed.en")
    'https://creativecommons.org/licenses/by/4.0/'
    >>> licence_of_url("https://creativecommons.org/share-your-work/public-domain/cc0/")
    'https://creativecommons.org/publicdomain/zero/1.0/'
    >>> licence_of_url("https://creativecommons.org/licenses/by-sa/3.0/no/legalcode")
    'https://creativecommons.org/licenses/by-sa/3.0/no/'
    >>> licence_of_url("http://publications.europa.eu/resource/authority/licence/CC_BY_4_0")
    'https://creativecommons.org/licenses/by/4.0/'
    >>> print(licence_of_url("https://creativecommons.org/licenses/"), licence_of_url("https://example.org/by/4.0/"))
    None None
    """
    address = re.split(r"[?#]", unquote(url).strip(), maxsplit=1)[0].rstrip("/.,;")
    if address.startswith((EU_AUTHORITY, EU_AUTHORITY.replace("http:", "https:"))):
        return _OF_EU_CODE.get(address.rpartition("/")[2])
    host = _HOST.match(address)
    if host is None:
        return None
    path = address[host.end() :]
    if match := _LICENCE.fullmatch(path):
        return _iri("licenses", match["code"], match["version"], match["port"])
    if match := _PUBLIC_DOMAIN.fullmatch(path):
        return _iri("publicdomain", match["tool"], "1.0", None)
    return _iri("publicdomain", "zero", "1.0") if _CC0_PAGE.fullmatch(path) else None


def licence_name(licence: str) -> str | None:
    """Return the short name of a Creative Commons licence, or the identifier of SPDX, by the licence's IRI.

    >>> licence_name("http://publications.europa.eu/resource/authority/licence/CC_BYSA_4_0"), licence_name(SPDX + "MIT")
    ('CC BY-SA 4.0', 'MIT')
    >>> licence_name("https://creativecommons.org/licenses/by/3.0/no/"), licence_name("https://example.org/terms")
    ('CC BY 3.0 NO', None)
    """
    if licence.startswith(SPDX):
        return licence.removeprefix(SPDX)
    kind, *named = (licence_of_url(licence) or "").removeprefix(CREATIVE_COMMONS).strip("/").upper().split("/")
    if kind == "PUBLICDOMAIN":
        return "CC0 1.0" if named[0] == "ZERO" else "Public Domain Mark 1.0"
    return " ".join(["CC", *named]) if named else None


def _iri(*parts: str | None) -> str:
    return CREATIVE_COMMONS + "".join(f"{part.lower()}/" for part in parts if part)


def licence_of_all(licences: Iterable[str]) -> str:
    """Return the licence of a collection with our crosswalks, :data:`SHARE_ALIKE`, or an empty text.

    It is empty if one of the other parts is under no licence, or under one that forbids to pass it on under that one.

    >>> licence_of_all(["https://creativecommons.org/licenses/by/4.0/", "https://spdx.org/licenses/MIT"])
    'https://creativecommons.org/licenses/by-sa/4.0/'
    >>> licence_of_all(["https://creativecommons.org/licenses/by-nc/4.0/"]), licence_of_all([""])
    ('', '')
    """
    return SHARE_ALIKE if all(licence in _MAY_BE_SHARED_ALIKE for licence in licences) else ""


def eu_authority(licence: str) -> str | None:
    """Return the EU's IRI of a licence given by its canonical IRI; ``None`` if the authority table has no such entry.

    >>> eu_authority("https://creativecommons.org/licenses/by-sa/4.0/")
    'http://publications.europa.eu/resource/authority/licence/CC_BYSA_4_0'
    >>> eu_authority("https://creativecommons.org/publicdomain/zero/1.0/")
    'http://publications.europa.eu/resource/authority/licence/CC0'
    >>> print(eu_authority("https://creativecommons.org/licenses/by/3.0/no/"))
    None
    """
    code = _EU_CODES.get(licence)
    return EU_AUTHORITY + code if code else None


_EU_CODES = {
    _iri("publicdomain", "zero", "1.0"): "CC0",
    _iri("licenses", "by", "4.0"): "CC_BY_4_0",
    _iri("licenses", "by-sa", "4.0"): "CC_BYSA_4_0",
    _iri("licenses", "by-nd", "4.0"): "CC_BYND_4_0",
    _iri("licenses", "by-nc", "4.0"): "CC_BYNC_4_0",
    _iri("licenses", "by-nc-sa", "4.0"): "CC_BYNCSA_4_0",
    _iri("licenses", "by-nc-nd", "4.0"): "CC_BYNCND_4_0",
}
ATTRIBUTION, SHARE_ALIKE = _iri("licenses", "by", "4.0"), _iri("licenses", "by-sa", "4.0")
_MAY_BE_SHARED_ALIKE = {
    *(ATTRIBUTION, _iri("licenses", "by", "3.0"), SHARE_ALIKE, _iri("licenses", "by-sa", "3.0")),
    *(_iri("publicdomain", "zero", "1.0"), *(SPDX + code for code in _SOFTWARE)),
}
_OF_EU_CODE = {code: licence for licence, code in _EU_CODES.items()}
