"""Funders of research by their identifiers in the Open Funder Registry of Crossref."""

from __future__ import annotations

import re

BASE = "https://doi.org/10.13039/"

_WRITTEN = re.compile(
    r"(?:(?:https?://)?(?:(?:dx\.|www\.)?doi\.org/+|data\.crossref\.org/+fundingdata/+funder/+)|info:doi/|doi:\s*)?"
    r"10\.13039/(?P<doi>\d{9}|\d{12})/?"
    r"|(?:https?://)?api\.crossref\.org/+(?:v1/+)?funders/+(?:10\.13039/)?(?P<number>\d{9}|\d{12})/?",
    re.IGNORECASE | re.ASCII,
)


def funder(text: str) -> str | None:
    """Return the IRI of a funder from any notation of its identifier, or ``None`` if the text is something else.

    The identifiers have no check digits: digits without the registry's DOI prefix are not accepted.

    >>> funder("http://dx.doi.org/10.13039/501100005416"), funder("doi:10.13039/100000001")
    ('https://doi.org/10.13039/501100005416', 'https://doi.org/10.13039/100000001')
    >>> print(funder("501100005416"), funder("https://doi.org/10.1000/501100005416"))
    None None
    """
    match = _WRITTEN.fullmatch(text.strip())
    return BASE + (match["doi"] or match["number"]) if match else None
