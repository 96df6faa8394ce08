"""Normalize identifiers to keys, so that different spellings of an identifier are equal."""

from __future__ import annotations

import re

from kg.identifiers import fairsharing
from kg.identifiers.legislation import Law, law_of_url, laws_in
from kg.identifiers.legislation.law import european
from kg.identifiers.orcid import orcid
from kg.identifiers.ror import ror
from kg.search_index.words import fold
from kg.vocab import expanded_name

_LENGTH = 300
"""Maximum length of an identifier in characters."""
_SCHEME = re.compile(r"^(?:https?:)?//(?:www\.)?")
_ELSEWHERE: tuple[tuple[re.Pattern[str], str], ...] = (
    (re.compile(r"(?:edam:)?((?:data|format|operation|topic)_\d{4})", re.IGNORECASE), "edamontology.org/"),
    (re.compile(r"(?:re3data:)?(r3d\d{9})", re.IGNORECASE), "www.re3data.org/repository/"),
    (re.compile(r"(?:wikidata:|wd:)?(Q[1-9]\d+)", re.IGNORECASE), "www.wikidata.org/entity/"),
    (re.compile(r"bioregistry:([\w.-]+)", re.IGNORECASE), "bioregistry.io/registry/"),
    (re.compile(r"bio\.?tools:([\w.~-]+)", re.IGNORECASE), "bio.tools/"),
)
"""Pattern of a registry's identifiers, with the URL prefix of its records."""
_BESIDE = re.compile(
    r"(fairsharing|ror|orcid|doi|edam|re3data|wikidata|bio\.?tools|celex)(?: id)?:? +(?=\S*\d)(\S+)", re.IGNORECASE
)
"""An identifier with a digit after the name of its registry and a space."""
_NUMBER = re.compile(
    r"(?:\(?(?:EU|EC|EF|EEC|EØS)\)? )?(?:(?:No|nr)\.? ?)?(\d+)/(\d+)(?:/(?:EU|EC|EF|EEC))?", re.IGNORECASE
)
"""Number of an act of the European Union, with its year first or last."""
_DOI = re.compile(r"^(?:(?:dx\.)?doi\.org/|doi: ?|(?=10\.\d{4,9}/))")


def keys(text: str) -> set[str]:
    """Return the keys of an identifier in any spelling; the key of any other text is the folded text.

    >>> keys("https://fairsharing.org/bsg-s000114") & keys("bsg-s000114")
    {'fairsharing:bsg-s000114'}
    >>> keys("doi:10.25504/FAIRsharing.b7z8by") >= keys("https://doi.org/10.25504/FAIRsharing.b7z8by")
    True
    >>> keys("LOV-2009-06-19-97") & keys("https://lovdata.no/dokument/NL/lov/2009-06-19-97")
    {'lovdata.no/eli/lov/2009/06/19/97'}
    >>> keys("dcm:MR") & keys("http://dicom.nema.org/resources/ontology/DCM/MR")
    {'dicom.nema.org/resources/ontology/dcm/mr'}
    >>> keys("EDAM:format_3548") & keys("http://edamontology.org/format_3548")
    {'edamontology.org/format_3548'}
    >>> keys("2016/679") & keys("http://data.europa.eu/eli/reg/2016/679/oj")
    {'data.europa.eu/eli/reg/2016/679/oj'}
    >>> keys("eli/reg/2016/679") & keys("http://data.europa.eu/eli/reg/2016/679/oj")
    {'data.europa.eu/eli/reg/2016/679/oj'}
    >>> "fairsharing:b7z8by" in keys("FAIRsharing ID b7z8by")
    True
    """
    text = text.strip()
    if not text or len(text) > _LENGTH:
        return set()
    written = (text, *_joined(text))
    return {
        *(_address(meaning) for each in written for meaning in (each, *_meanings(each))),
        *(key for each in written for key in _fairsharing(each)),
    }


def _joined(text: str) -> list[str]:
    """Return an identifier that stands after the name of its registry, in the ways in which both are one word."""
    found = _BESIDE.fullmatch(text)
    return [found[2], f"{found[1]}:{found[2]}", f"{found[1]}.{found[2]}"] if found else []


def _address(text: str) -> str:
    """Return a URL without scheme, ``www.`` and trailing slash, folded; DOIs in one form."""
    address = _SCHEME.sub("", fold(text))
    return _DOI.sub("doi.org/", address).rstrip("/")


def _meanings(text: str) -> list[str]:
    """Return the canonical IRIs or names that a text could stand for."""
    found = [expanded_name(text), orcid(text), ror(text)]
    law = law_of_url(f"http://data.europa.eu/{text}" if text.startswith("eli/") else text)
    cited = [citation for citation in laws_in(text) if citation.written == text] if _may_cite(text) else []
    laws = ([law] if law else []) + [citation.law for citation in cited] + _numbered(text)
    elsewhere = (f"http://{base}{known[1]}" for form, base in _ELSEWHERE if (known := form.fullmatch(text)))
    return [iri for iri in (*found, *elsewhere, *(law.iri or law.identifier for law in laws)) if iri]


def _numbered(text: str) -> list[Law]:
    """Return the acts of the European Union that a number alone could mean."""
    found = _NUMBER.fullmatch(text)
    both = (found.group(1, 2), found.group(2, 1)) if found else ()
    acts = (european(series, year, number) for year, number in both for series in ("reg", "dir", "dec"))
    return [act for act in acts if act]


def _may_cite(text: str) -> bool:
    """Return whether a text could cite a law; a cheap test, since it is run for every name."""
    return len(text) < 80 and any(character.isdigit() for character in text)


def _fairsharing(text: str) -> set[str]:
    """Return the key of a FAIRsharing reference; empty for a bare id, which is ambiguous."""
    found = fairsharing.parse(text)
    return (
        {f"fairsharing:{found.value.lower()}"} if found and found.form is not fairsharing.ReferenceForm.BARE else set()
    )
