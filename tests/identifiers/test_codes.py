"""The tables of languages and countries, compared with those of CLDR in Babel."""

from __future__ import annotations

from babel.core import get_global

from kg.identifiers.countries import EU_AUTHORITY, country
from kg.identifiers.languages import THREE_LETTERS, language

NO_ALIASES = {"sh": "hbs", "tl": "tgl", "tw": "twi"}
"""Codes that CLDR has replaced by others."""


def test_every_language_has_the_three_letters_of_iso_639() -> None:
    aliases = get_global("language_aliases")
    wrong = {two: three for two, three in THREE_LETTERS.items() if aliases.get(three) != two}
    assert wrong == NO_ALIASES
    assert len(THREE_LETTERS) == len(set(THREE_LETTERS.values())) == 184
    assert {two for three, two in aliases.items() if len(three) == 3 and len(two) == 2} <= {*THREE_LETTERS}


def test_the_code_is_that_of_terminology_and_not_of_bibliography() -> None:
    codes = [str(language(tag)).rpartition("/")[2] for tag in ("cs", "de", "el", "fr", "is", "nl", "ro", "sk", "hr")]
    assert codes == ["CES", "DEU", "ELL", "FRA", "ISL", "NLD", "RON", "SLK", "HRV"]


def test_every_country_has_the_three_letters_of_iso_3166() -> None:
    aliases = get_global("territory_aliases")
    codes = {three: two[0] for three, two in aliases.items() if len(three) == 3 and len(two) == 1}
    assert sum(country(two) == EU_AUTHORITY + three for three, two in codes.items()) == 249
