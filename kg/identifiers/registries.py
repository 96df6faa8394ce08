"""URLs at registries of tools, training and literature, from the identifiers that sites use."""

from __future__ import annotations

import re
from urllib.parse import quote

BIOTOOLS = "https://bio.tools/"
EUROPE_PMC = "https://europepmc.org/article/"
TESS = "https://tess.elixir-europe.org/"

_BIOTOOLS = re.compile(
    r"(?:(?:https?://)?(?:www\.)?bio\.tools/+(?:t(?:ool)?/+)?)?([\w.~-]+)/?", re.IGNORECASE | re.ASCII
)
_EUROPE_PMC = re.compile(
    r"(?:https?://(?:www\.)?(?:europepmc\.org|ncbi\.nlm\.nih\.gov/pmc)/(?:article|articles|abstract)/+)?"
    r"(?:(?P<source>[a-z]{3})[/:])?(?P<id>(?:PMC|PPR)?\d+)/?",
    re.IGNORECASE | re.ASCII,
)
_DOI = re.compile(r"(?:(?:https?://)?(?:dx\.)?doi\.org/|doi:\s*)?(10\.\d{4,9}/[^\s<>\"{}|\\^`]+)", re.IGNORECASE)


def biotools(text: str) -> str | None:
    """Return the IRI of a bio.tools entry by its identifier or URL, or ``None`` if the text cannot be one.

    >>> biotools("schema.org"), biotools("https://bio.tools/galaxy"), biotools("two words")
    ('https://bio.tools/schema.org', 'https://bio.tools/galaxy', None)
    """
    match = _BIOTOOLS.fullmatch(text.strip())
    return BIOTOOLS + match[1] if match else None


def europe_pmc(text: str) -> str | None:
    """Return the URL of an article by its identifier in Europe PMC or PubMed, or by its DOI, or ``None``.

    >>> europe_pmc("31066453"), europe_pmc("PMC6610131"), europe_pmc("PPR/PPR12345")[-12:]
    ('https://europepmc.org/article/MED/31066453', 'https://europepmc.org/article/PMC/PMC6610131', 'PPR/PPR12345')
    >>> europe_pmc("10.1000/xyz123"), europe_pmc("a search")
    ('https://doi.org/10.1000/xyz123', None)
    """
    if match := _EUROPE_PMC.fullmatch(text.strip()):
        identifier = match["id"].upper()
        source = identifier[:3] if not identifier.isdigit() else (match["source"] or "MED").upper()
        return f"{EUROPE_PMC}{source}/{identifier}"
    doi = _DOI.fullmatch(text.strip())
    return "https://doi.org/" + doi[1] if doi else None


def tess_search(words: str) -> str:
    """Return the URL of a search in the training portal TeSS.

    >>> tess_search("Data Catalog")
    'https://tess.elixir-europe.org/search?q=Data%20Catalog'
    """
    return f"{TESS}search?q={quote(words, safe='')}"
