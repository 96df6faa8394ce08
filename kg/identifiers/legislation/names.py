"""Laws that are known by a name."""

from __future__ import annotations

import re
from functools import cache

from kg.identifiers.legislation.law import EU_ELI, Law
from kg.identifiers.legislation.urls import law_of_url
from kg.identifiers.tables import CROSSWALKS, read_table

_CELLS = ("law", "name", "language")
_AROUND = re.compile(r"(?:the )?(?:(?:eu|eus|european|european union)[ -])?(.+?)(?: \(([^()]+)\))?", re.IGNORECASE)
"""Words before a name, and another name in brackets after it."""


@cache
def names_of_laws() -> tuple[tuple[str, str, str], ...]:
    """Return the IRI of a law, a name and the language of the name for each row of the shipped table."""
    rows = read_table(CROSSWALKS / "legislation.tsv", _CELLS).select(_CELLS)
    return tuple((law, name, language) for _, (law, name, language) in rows)


def law_of_name(name: str) -> Law | None:
    """Return the law of the European Union whose name is the whole text; ``None`` for any other text.

    The names of national laws are no names alone: several countries have a Personal Data Act.

    >>> law_of_name("The EU General Data Protection Regulation (GDPR)").iri
    'http://data.europa.eu/eli/reg/2016/679/oj'
    >>> [law_of_name(name) for name in ("UK GDPR", "GDPR compliance", "General Data Protection Regulation (UK)")]
    [None, None, None]
    """
    parts = _AROUND.fullmatch(" ".join(name.split()))
    named = {_european().get(part.lower()) for part in parts.groups() if part} if parts else set()
    law = named.pop() if len(named) == 1 else None
    return law_of_url(law) if law else None


@cache
def _european() -> dict[str, str]:
    """Return a mapping from the names of laws of the Union, in lower case, to their IRIs."""
    return {name.lower(): law for law, name, _ in names_of_laws() if law.startswith(EU_ELI)}
