"""Laws that are known by a name, and those that are not in force."""

from __future__ import annotations

import re
from functools import cache

from kg.identifiers.legislation.law import EU_ELI, Law
from kg.identifiers.legislation.urls import law_of_url
from kg.identifiers.tables import CROSSWALKS, read_table

_CELLS = ("law", "name", "language", "replaced_by")
_AROUND = re.compile(r"(?:the )?(?:(?:eu|eus|european|european union)[ -])?(.+?)(?: \(([^()]+)\))?", re.IGNORECASE)
"""Words before a name, and another name in brackets after it."""


@cache
def names_of_laws() -> tuple[tuple[str, str, str], ...]:
    """Return the IRI of a law, a name and the language of the name for each row of the shipped table."""
    return tuple((law, name, language) for law, name, language, _ in _rows())


def name_of_law(law: str, language: str = "en") -> tuple[str, str] | None:
    """Return the longest name of a law and its language: the given one, else English, else any; ``None`` without names.

    >>> name_of_law("http://data.europa.eu/eli/reg/2016/679/oj", "de")
    ('Datenschutz-Grundverordnung', 'de')
    >>> name_of_law("https://lovdata.no/eli/lov/2018/06/15/38", "fr"), name_of_law("https://lovdata.no/")
    (('Personal Data Act', 'en'), None)
    """
    names = [(name, tongue) for iri, name, tongue in names_of_laws() if iri == law]
    return max(names, key=lambda named: (named[1] == language, named[1] == "en", len(named[0])), default=None)


def replacement_of(law: str) -> Law | None:
    """Return the law that repealed and replaced a law; ``None`` if the table does not say that it is not in force.

    >>> replacement_of("https://lovdata.no/eli/lov/2000/04/14/31").identifier
    'LOV-2018-06-15-38'
    >>> print(replacement_of("https://lovdata.no/eli/lov/2018/06/15/38"))
    None
    """
    newer = _replacements().get(law)
    return law_of_url(newer) if newer else None


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
def _rows() -> tuple[tuple[str, ...], ...]:
    return tuple(cells for _, cells in read_table(CROSSWALKS / "legislation.tsv", _CELLS).select(_CELLS))


@cache
def _replacements() -> dict[str, str]:
    """Return a mapping from the IRI of each law that is not in force to that of the law that replaced it."""
    return {law: newer for law, _, _, newer in _rows() if newer}


@cache
def _european() -> dict[str, str]:
    """Return a mapping from the names of laws of the Union, in lower case, to their IRIs."""
    return {name.lower(): law for law, name, _ in names_of_laws() if law.startswith(EU_ELI)}
