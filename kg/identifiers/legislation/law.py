"""Laws by their identifiers."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from enum import Enum

from kg.vocab import LEGAL_TYPE

LOVDATA_ELI = "https://lovdata.no/eli/"
EU_ELI = "http://data.europa.eu/eli/"
COUNCIL_OF_EUROPE = "https://www.coe.int/en/web/conventions/full-list?module=treaty-detail&treatynum="
"""Prefix of the address of a treaty at its Treaty Office; the number in three digits follows."""


class LawKind(Enum):
    """Kind of a legal resource."""

    ACT = "act"
    """Act of the Norwegian parliament."""
    REGULATION = "regulation"
    """Regulation of a Norwegian ministry or agency."""
    EU_REGULATION = "eu-regulation"
    EU_DIRECTIVE = "eu-directive"
    EU_DECISION = "eu-decision"
    TREATY = "treaty"
    """Treaty of the Council of Europe."""


_NORWEGIAN_TYPES = {LawKind.ACT: LEGAL_TYPE.act, LawKind.REGULATION: LEGAL_TYPE.regulation}
_NORWEGIAN = {"lov": (LawKind.ACT, "LOV"), "forskrift": (LawKind.REGULATION, "FOR")}
_EUROPEAN = {"reg": (LawKind.EU_REGULATION, "R"), "dir": (LawKind.EU_DIRECTIVE, "L"), "dec": (LawKind.EU_DECISION, "D")}


@dataclass(frozen=True, slots=True)
class Law:
    """A legal resource."""

    iri: str
    """ELI of the law; for a treaty, which has none, the address of its page at the Council of Europe."""
    identifier: str
    """Identifier as cited: ``LOV-2009-06-19-97``, ``FOR-2015-06-18-761``, ``ETS No. 123``; the EU's CELEX number."""
    kind: LawKind

    @property
    def type_iri(self) -> str | None:
        """The concept of the Norwegian vocabulary for ``dct:type``; ``None`` for laws that are not Norwegian.

        >>> norwegian("lov", "2009", "06", "19", "97").type_iri
        'https://data.norge.no/vocabulary/legal-resource-type#act'
        """
        return _NORWEGIAN_TYPES.get(self.kind)


def norwegian(series: str, year: str, month: str, day: str, number: str) -> Law | None:
    """Return the ``lov`` or ``forskrift`` of a date; ``None`` if the date does not exist.

    >>> norwegian("forskrift", "2015", "06", "18", "0761")  # doctest: +ELLIPSIS
    Law(iri='https://lovdata.no/eli/forskrift/2015/06/18/761', identifier='FOR-2015-06-18-761', kind=...)
    >>> print(norwegian("lov", "2009", "13", "19", "97"))
    None
    """
    kind, letters = _NORWEGIAN[series]
    try:
        day_of_law = date(int(year), int(month), int(day))
    except ValueError:
        return None
    return Law(
        f"{LOVDATA_ELI}{series}/{day_of_law:%Y/%m/%d}/{int(number)}",
        f"{letters}-{day_of_law.isoformat()}-{int(number)}",
        kind,
    )


def european(series: str, year: str, number: str, sort: str = "") -> Law | None:
    """Return the ``reg``, ``dir`` or ``dec`` of a year, or ``None`` if the year is invalid; two digits are a year 19xx.

    ``sort`` is ``_impl`` or ``_del`` for implementing and delegated acts: it is part of their ELI, but their CELEX
    number has no such mark.

    >>> law = european("dir", "95", "46")
    >>> law.iri, law.identifier
    ('http://data.europa.eu/eli/dir/1995/46/oj', '31995L0046')
    >>> print(european("dir", "1234", "5"))
    None
    """
    kind, letter = _EUROPEAN[series]
    full_year = 1900 + int(year) if len(year) == 2 else int(year)
    if not 1952 <= full_year <= 2099:
        return None
    eli = f"{EU_ELI}{series}{sort}/{full_year}/{int(number)}/oj"
    return Law(eli, f"3{full_year}{letter}{int(number):04d}", kind)


def treaty(number: int) -> Law:
    """Return the convention of a number; the single series is named ETS up to 193 and CETS from 194.

    >>> treaty(5).iri
    'https://www.coe.int/en/web/conventions/full-list?module=treaty-detail&treatynum=005'
    >>> treaty(123).identifier, treaty(210).identifier
    ('ETS No. 123', 'CETS No. 210')
    """
    series = "ETS" if number < 194 else "CETS"
    return Law(f"{COUNCIL_OF_EUROPE}{number:03d}", f"{series} No. {number:03d}", LawKind.TREATY)
