"""Creative Commons licences: their own IRIs and those of the EU's authority table."""

from __future__ import annotations

import re
from urllib.parse import unquote

CREATIVE_COMMONS = "https://creativecommons.org/"
EU_AUTHORITY = "http://publications.europa.eu/resource/authority/licence/"

_HOST = re.compile(r"(?:(?:https?:)?//)?(?:www\.)?creativecommons\.org/+", re.IGNORECASE)
_DEED = r"(?:/+(?:deed|legalcode)(?:\.[a-z-]+)?|/+rdf)?"
_LICENCE = re.compile(
    r"licen[sc]es/(?P<code>by(?:-nc)?(?:-sa|-nd)?)/(?P<version>1\.0|2\.0|2\.1|2\.5|3\.0|4\.0)(?:/(?P<port>igo|[a-z]{2}))?"
    + _DEED,
    re.IGNORECASE,
)
_PUBLIC_DOMAIN = re.compile(r"publicdomain/(?P<tool>zero|mark)/1\.0(?:/(?P<port>[a-z]{2}))?" + _DEED, re.IGNORECASE)
_CC0_PAGE = re.compile(r"(?:share-your-work/)?public-domain/cc0|about/cc0|choose/zero", re.IGNORECASE)


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
    return _iri("publicdomain", "zero", "1.0", None) if _CC0_PAGE.fullmatch(path) else None


def _iri(*parts: str | None) -> str:
    return CREATIVE_COMMONS + "".join(f"{part.lower()}/" for part in parts if part)


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
_OF_EU_CODE = {code: licence for licence, code in _EU_CODES.items()}
