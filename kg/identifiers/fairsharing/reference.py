"""The forms of references to FAIRsharing records; :mod:`.crosswalk` looks up the record."""

from __future__ import annotations

import re
from dataclasses import dataclass
from enum import Enum
from urllib.parse import unquote

DOI = "https://doi.org/10.25504/FAIRsharing."
"""Prefix of a record's canonical IRI; the suffix follows."""
SITE = "https://fairsharing.org/"
"""Prefix of a record's URL; the record number follows."""
IDENTIFIERS_ORG = "https://identifiers.org/fairsharing:"
"""Prefix of the persistent URL of a legacy identifier."""


class ReferenceForm(Enum):
    """The form of a reference."""

    DOI = "doi"
    """A DOI suffix that is marked as one: ``FAIRsharing.26dmba``."""
    LEGACY = "legacy"
    """A legacy identifier: ``bsg-s000114``, ``biodbcore-000441``."""
    NUMBER = "number"
    """A record number: ``https://fairsharing.org/3887``, or up to four digits in any notation."""
    BARE = "bare"
    """A word that may be a suffix or a record number; the crosswalk decides."""


@dataclass(frozen=True, slots=True)
class Reference:
    """A text in the form of a FAIRsharing reference; the record need not exist."""

    form: ReferenceForm
    value: str
    """Identifier without prefix; legacy identifiers in lower case, suffixes as written."""

    @property
    def iri(self) -> str | None:
        """The IRI if the reference alone determines it; ``None`` for legacy identifiers and ambiguous words.

        >>> Reference(ReferenceForm.DOI, "26dmba").iri, Reference(ReferenceForm.NUMBER, "3887").iri
        ('https://doi.org/10.25504/FAIRsharing.26dmba', 'https://fairsharing.org/3887')
        >>> [Reference(ReferenceForm.BARE, value).iri for value in ("588e65", "826786", "browse")]
        ['https://doi.org/10.25504/FAIRsharing.588e65', None, None]
        """
        if self.form is ReferenceForm.DOI or (self.form is ReferenceForm.BARE and _is_plain_suffix(self.value)):
            return DOI + self.value
        return SITE + self.value if self.form is ReferenceForm.NUMBER else None


def parse(text: str) -> Reference | None:
    """Parse a text where an identifier is expected; ``None`` if the whole text is not a reference.

    >>> parse("https://fairsharing.org/bsg-s000114/")
    Reference(form=<ReferenceForm.LEGACY: 'legacy'>, value='bsg-s000114')
    >>> parse("http://dx.doi.org/10.25504/FAIRsharing.LYsiMd#top") == parse("FAIRsharing.LYsiMd")
    True
    >>> parse("https://fairsharing.org/3887") == parse("3887") == parse("FAIRsharing.3887")
    True
    >>> parse("26dmba"), parse("826786").form
    (Reference(form=<ReferenceForm.BARE: 'bare'>, value='26dmba'), <ReferenceForm.BARE: 'bare'>)
    >>> print(parse("NA"), parse("https://fairsharing.org/search?q=plant"), parse("https://fairsharing.org/"))
    None None None
    """
    return parse_url(text) or _reference(_clean(text), bare=True)


def parse_url(text: str) -> Reference | None:
    """Parse the destination of a link; ``None`` for a word alone, since it may be a page of the site.

    >>> parse_url("doi:10.25504/FAIRsharing.26dmba")
    Reference(form=<ReferenceForm.DOI: 'doi'>, value='26dmba')
    >>> parse_url("https://identifiers.org/fairsharing:bsg-s000114").value
    'bsg-s000114'
    >>> print(parse_url("26dmba"), parse_url("https://example.org/FAIRsharing.26dmba"))
    None None
    """
    url = _clean(text)
    place = _PLACE.match(url)
    if place is None:
        return None
    rest = url[place.end() :]
    if place["site"]:
        number = _NUMBER.fullmatch(rest)
        return Reference(ReferenceForm.NUMBER, number["number"]) if number else _reference(rest, bare=False)
    return _reference(rest, bare=bool(place["resolver"]))


def is_misspelt(text: str) -> bool:
    """Return whether a link is to a record by an identifier that no record can have.

    >>> [is_misspelt(f"https://fairsharing.org/{end}") for end in ("bsg-s99999999", "FAIRsharing.x", "1234567")]
    [True, True, True]
    >>> [is_misspelt(f"https://fairsharing.org/{end}") for end in ("bsg-s999999", "FAIRsharing.zzzzzz", "84", "search")]
    [False, False, False, False]
    >>> is_misspelt("https://doi.org/10.25504/bsg-s000114"), is_misspelt("FAIRsharing: a registry")
    (True, False)
    """
    url = _clean(text)
    place = _PLACE.match(url)
    return bool(place and _MEANT_AS_RECORD.fullmatch(url, place.end()) and parse_url(text) is None)


def twin(legacy_id: str) -> str | None:
    """Return the other form of a database's legacy identifier; ``None`` if it has only one form.

    >>> twin("bsg-d000441"), twin("biodbcore-000441"), twin("bsg-s000114")
    ('biodbcore-000441', 'bsg-d000441', None)
    """
    for form, other in (("bsg-d", "biodbcore-"), ("biodbcore-", "bsg-d")):
        if legacy_id.startswith(form):
            return other + legacy_id.removeprefix(form)
    return None


def identifiers_org(legacy_id: str) -> str | None:
    """Return the persistent URL of a legacy identifier; ``None`` if identifiers.org does not resolve it.

    >>> identifiers_org("bsg-s000114"), identifiers_org("biodbcore-000441"), identifiers_org("84")
    ('https://identifiers.org/fairsharing:bsg-s000114', None, None)
    """
    return IDENTIFIERS_ORG + legacy_id if _AT_IDENTIFIERS_ORG.fullmatch(legacy_id) else None


def _clean(text: str) -> str:
    """Remove percent-encoding, query, fragment, and trailing punctuation."""
    return re.split(r"[?#]", unquote(text).strip(), maxsplit=1)[0].rstrip("/.,;")


def _reference(text: str, *, bare: bool) -> Reference | None:
    if match := _SUFFIX.fullmatch(text):
        number = match["number"]
        return Reference(ReferenceForm.NUMBER, number) if number else Reference(ReferenceForm.DOI, match["suffix"])
    if match := _LEGACY.fullmatch(text):
        return Reference(ReferenceForm.LEGACY, match[0].lower())
    if bare and (match := _BARE.fullmatch(text)):
        return Reference(ReferenceForm.NUMBER if match["number"] else ReferenceForm.BARE, text)
    return None


def _is_plain_suffix(word: str) -> bool:
    """Return whether a word is certainly a suffix: six characters with both digits and letters."""
    return len(word) == 6 and not word.isdigit() and not word.isalpha()


_SCHEME = r"(?:(?:https?:)?//)?"
_PLACE = re.compile(
    rf"""
      (?P<site>     {_SCHEME}(?:[a-z0-9-]+\.)?(?:fairsharing|biosharing)\.org/+
                    (?:(?:fairsharing_records|biodbcore)/+)? )
    | (?P<doi>      (?:{_SCHEME}(?:dx\.|www\.)?doi\.org/+|info:doi/|doi:\s*)(?=10\.25504/) )
    | (?P<resolver> {_SCHEME}(?:www\.)?(?:identifiers\.org|n2t\.net|bioregistry\.io)/+(?:fairsharing|biosharing)[:/]
                    | (?:fairsharing|biosharing):\s*(?!/) )
    """,
    re.IGNORECASE | re.VERBOSE | re.ASCII,
)
_SHORT_NUMBER = r"(?P<number>\d{1,4})"
"""Never a DOI suffix: those have five or six characters, apart from two of four characters, with letters."""
_SUFFIX = re.compile(
    rf"(?:10\.25504/)?fairsharing\.(?:{_SHORT_NUMBER}|(?P<suffix>(?!org$)[a-z0-9]{{3,8}}))", re.IGNORECASE | re.ASCII
)
_LEGACY = re.compile(r"(?:bsg-[a-z]?|biodbcore-)\d{6}", re.IGNORECASE | re.ASCII)
_AT_IDENTIFIERS_ORG = re.compile(r"bsg-[dscp]?\d{6}", re.ASCII)
"""Pattern of identifiers.org for the prefix ``fairsharing``."""
_MEANT_AS_RECORD = re.compile(r"(?:bsg-|biodbcore-|10\.25504/|fairsharing\.(?!org$))\S*|\d+", re.IGNORECASE | re.ASCII)
_NUMBER = re.compile(r"(?P<number>\d{1,6})", re.ASCII)
_BARE = re.compile(rf"{_SHORT_NUMBER}|[a-z0-9]{{4,6}}", re.IGNORECASE | re.ASCII)
