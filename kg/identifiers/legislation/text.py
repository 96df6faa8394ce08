"""Laws cited by number in running text, with the names that the text gives them."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass

from kg.identifiers.legislation.law import Law, european, norwegian, treaty


@dataclass(frozen=True, slots=True)
class Citation:
    """A citation of a law in a text."""

    law: Law
    start: int
    """Offset of the first character of ``written`` in the text."""
    end: int
    """Offset after the last character of ``written``."""
    written: str
    """Identifier as written in the text: ``ETS 123``."""
    title: str | None
    """Name of the law, from the words before the identifier; ``None`` if there is none."""


def laws_in(text: str) -> tuple[Citation, ...]:
    """Return the citations of laws in a text, in text order, with repetitions.

    >>> for citation in laws_in("Norwegian law, the Animal welfare act (LOV-2009-06-19-97), and others (ETS 123)"):
    ...     print(citation.law.identifier, citation.title)
    LOV-2009-06-19-97 Animal welfare act
    ETS No. 123 None
    """
    if not _DIGIT.search(text):
        return ()
    found = sorted(_found(text), key=lambda citation: citation[:2])
    starts_of_words = [0, *(end for _, end, _ in found)]
    return tuple(
        Citation(law, start, end, text[start:end], _title(text[begin:start]))
        for begin, (start, end, law) in zip(starts_of_words, found, strict=False)
    )


def impossible_laws_in(text: str) -> Iterator[tuple[int, str]]:
    """Yield offset and text of each number in the form of a Norwegian law that has an impossible date.

    >>> list(impossible_laws_in("the acts LOV-2099-13-45-1 and LOV-2009-06-19-97"))
    [(9, 'LOV-2099-13-45-1')]
    """
    for match in _NORWEGIAN_NUMBER.finditer(text):
        if _by_number(match) is None:
            yield match.start(), match[0]


def _found(text: str) -> Iterator[tuple[int, int, Law]]:
    for pattern, law_of in _PATTERNS:
        for match in pattern.finditer(text):
            if law := law_of(match):
                yield match.start(), match.end(), law


def _by_number(match: re.Match[str]) -> Law | None:
    series = "lov" if match["series"].upper() == "LOV" else "forskrift"
    return norwegian(series, *match.group("year", "month", "day", "number"))


def _by_date(match: re.Match[str]) -> Law | None:
    series = "lov" if match["series"].lower() in {"act", "lov"} else "forskrift"
    month = _MONTHS[match["month"].lower()[:3]]
    return norwegian(series, match["year"], str(month), match["day"], match["number"])


def _by_european_number(match: re.Match[str]) -> Law | None:
    groups = match.groupdict()
    first, second = match["first"], match["second"]
    year_is_last = bool(groups.get("no")) or (len(first) != 4 and len(second) == 4)
    sort = "_impl" if groups.get("implementing") else "_del" if groups.get("delegated") else ""
    return european(_SERIES[match["series"].lower()], *((second, first) if year_is_last else (first, second)), sort)


def _by_celex(match: re.Match[str]) -> Law | None:
    return european(_SERIES_OF_LETTER[match["letter"]], match["year"], match["number"])


def _by_treaty_number(match: re.Match[str]) -> Law:
    return treaty(int(match["number"]))


_MONTHS = {
    "jan": 1,
    "feb": 2,
    "mar": 3,
    "apr": 4,
    "may": 5,
    "jun": 6,
    "jul": 7,
    "aug": 8,
    "sep": 9,
    "oct": 10,
    "nov": 11,
    "dec": 12,
    "mai": 5,
    "okt": 10,
    "des": 12,
}
_NORWEGIAN_NUMBER = re.compile(
    r"""
    (?<!\w) (?P<series> LOV | FOR | (?i:lov|for)(?=-) ) [-\u2010-\u2013\ ]?
    (?P<year>\d{4}) [-\u2010-\u2013] (?P<month>\d\d) [-\u2010-\u2013] (?P<day>\d\d)
    (?: [-\u2010-\u2013] | \ ?nr\.?\ ? ) (?P<number>\d{1,5}) (?!\w)
    """,
    re.VERBOSE,
)
_NORWEGIAN_DATE = re.compile(
    rf"""
    (?<!\w) (?P<series> Act | Lov | Regulations? | Forskrift ) (?:\ of|\ av)?
    \ (?P<day>\d\d?)\.? \ (?P<month>{"|".join(_MONTHS)})[a-z]* \ (?P<year>\d{{4}}) ,?
    \ n[or]\.?\ ?(?P<number>\d{{1,5}}) (?!\w)
    """,
    re.IGNORECASE | re.VERBOSE,
)
_SERIES = {
    **dict.fromkeys(("regulation", "forordning", "forordningen", "verordnung", "règlement", "reglamento"), "reg"),
    **dict.fromkeys(("directive", "direktiv", "direktivet", "richtlinie", "directiva"), "dir"),
    **dict.fromkeys(("decision", "beslutning", "beslutningen", "beschluss", "décision", "decisión"), "dec"),
}
"""Names of the European Union's kinds of acts in the languages of these sites."""
_SERIES_OF_LETTER = {"R": "reg", "L": "dir", "D": "dec"}
_EU_NUMBER = re.compile(
    rf"""
    (?<!\w) (?: (?P<implementing> implementing\ | gjennomførings ) | (?P<delegated> delegated\ | delegert\ ) )?
    (?P<series> {"|".join(_SERIES)} ) \ \((?-i:EU|EC|EEC|EF|EØF|EG|EWG|UE|CE|CEE)(?:,\ ?Euratom)?\)
    \ (?P<no>(?:No|nr|n°)\.?\ ?)? (?P<first>\d{{1,4}})/(?P<second>\d{{1,4}}) (?![\d/])
    """,
    re.IGNORECASE | re.VERBOSE,
)
_EU_OLD_NUMBER = re.compile(
    rf"""
    (?<!\w) (?P<series> {"|".join(name for name, series in _SERIES.items() if series != "reg")} )
    \ (?P<first>\d\d|\d{{4}})/(?P<second>\d{{1,4}})/(?-i:EU|EC|EEC|EF|EØF|EG|EWG|UE|CE|CEE) (?!\w)
    """,
    re.IGNORECASE | re.VERBOSE,
)
_CELEX = re.compile(r"(?<!\w)CELEX(?::\ ?|\ (?:No\.?\ )?)3(?P<year>\d{4})(?P<letter>[RLD])(?P<number>\d{4})(?!\w)")
_TREATY_NUMBER = re.compile(r"(?<!\w)C?ETS,? ?(?:[Nn][or]\.? ?)?(?P<number>0*[1-9]\d{0,2})(?!\w)")
_DIGIT = re.compile(r"\d")
"""Pattern that every citation matches, for a quick test."""
_PATTERNS = (
    (_NORWEGIAN_NUMBER, _by_number),
    (_NORWEGIAN_DATE, _by_date),
    (_EU_NUMBER, _by_european_number),
    (_EU_OLD_NUMBER, _by_european_number),
    (_CELEX, _by_celex),
    (_TREATY_NUMBER, _by_treaty_number),
)

_LAW_WORD = re.compile(
    r"\b(?:acts?|laws?|regulations?|conventions?|directives?|decisions?|ordinances?|decrees?|constitution"
    r"|\w*lov(?:en|a)?|\w*forskrift(?:en|a)?|\w*konvensjon(?:en)?|\w*direktiv(?:et)?)\b",
    re.IGNORECASE,
)
_PARAGRAPH = re.compile(r"\n\s*(?:\n|[-*+] )")
_CAPITAL = re.compile(r"(?<![\w-])[A-ZÆØÅ]")
_NAME_MAY_START = re.compile(r"(?:^|[^\w\s]|\b(?:the|and|with|under|by|to|see|og|med|etter|se))\s*$", re.IGNORECASE)
_NO_NAME = re.compile(r"[()\[\]:;]|[.!?]\s")
_BEFORE_IDENTIFIER = " \t\n([,:;-\u2013\u2014"
_GENERIC = re.compile(
    r"(?:act|law|lov|regulation|forskrift|convention|konvensjon|directive|direktiv|decision)s?", re.IGNORECASE
)


def _title(before: str) -> str | None:
    """Return the shortest run of words at the end of the text that begins with a capital letter and names a law."""
    words = _PARAGRAPH.split(before)[-1].rstrip(_BEFORE_IDENTIFIER)
    for start in reversed([match.start() for match in _CAPITAL.finditer(words)]):
        name = " ".join(words[start:].split())
        if _NO_NAME.search(name) or len(name) > 200:
            return None
        if _LAW_WORD.search(name) and _NAME_MAY_START.search(words[:start]):
            return name if " " in name or not _GENERIC.fullmatch(name) else None
    return None
