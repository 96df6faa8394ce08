"""Laws that are known by a name."""

from __future__ import annotations

import re

from kg.identifiers.legislation.law import Law, european

_NAMES = {
    "gdpr": ("reg", "2016", "679"),
    "general data protection regulation": ("reg", "2016", "679"),
    "personvernforordningen": ("reg", "2016", "679"),
    "personvernforordninga": ("reg", "2016", "679"),
}
"""Name in lower case → series, year and number of the act of the Union."""
_AROUND = re.compile(r"(?:the )?(?:(?:eu|eus|european|european union)[ -])?(.+?)(?: \(([^()]+)\))?", re.IGNORECASE)
"""Words before a name, and another name in brackets after it."""


def law_of_name(name: str) -> Law | None:
    """Return the law whose name is the whole text; ``None`` for any other text.

    >>> law_of_name("The EU General Data Protection Regulation (GDPR)").iri
    'http://data.europa.eu/eli/reg/2016/679/oj'
    >>> [law_of_name(name) for name in ("UK GDPR", "GDPR compliance", "General Data Protection Regulation (UK)")]
    [None, None, None]
    """
    parts = _AROUND.fullmatch(" ".join(name.split()))
    named = {_NAMES.get(part.lower()) for part in parts.groups() if part} if parts else set()
    law = named.pop() if len(named) == 1 else None
    return european(*law) if law else None
