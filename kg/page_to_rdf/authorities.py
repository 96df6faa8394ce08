"""Values that DCAT-AP takes from lists which others keep: languages, themes, media types, licences."""

from __future__ import annotations

from kg.identifiers.licences import EU_AUTHORITY, eu_authority, licence_of_url
from kg.page_to_rdf.statements import Statements
from kg.vocab import DCAT, DCT, SKOS

MARKDOWN = "https://www.iana.org/assignments/media-types/text/markdown"
TURTLE = "https://www.iana.org/assignments/media-types/text/turtle"
SCIENCE = "http://publications.europa.eu/resource/authority/data-theme/TECH"
"""The EU's theme "Science and technology": whatever the research, its data management is of this theme."""
_THEMES = "http://publications.europa.eu/resource/authority/data-theme"
_LANGUAGES = "http://publications.europa.eu/resource/authority/language"
_LANGUAGE_CODES = {
    "en": "ENG",
    "no": "NOR",
    "nb": "NOB",
    "nn": "NNO",
    "de": "DEU",
    "fr": "FRA",
    "es": "SPA",
    "it": "ITA",
    "nl": "NLD",
    "pt": "POR",
    "sv": "SWE",
    "da": "DAN",
    "fi": "FIN",
    "sl": "SLV",
    "cs": "CES",
    "et": "EST",
    "el": "ELL",
    "pl": "POL",
    "hu": "HUN",
}


def in_language(say: Statements, thing: str, tag: str) -> None:
    """The thing is in the language with this tag; nothing is said of one that is not in the short list here."""
    if code := _LANGUAGE_CODES.get(tag.lower().partition("-")[0]):
        language = f"{_LANGUAGES}/{code}"
        say.iri(thing, DCT.language, language)
        say.a(language, DCT.LinguisticSystem)
        say.iri(language, SKOS.inScheme, _LANGUAGES)


def licensed(say: Statements, thing: str, licence: str) -> None:
    """The thing has this licence, under the EU's IRI where there is one; nothing is said where it is empty."""
    if not licence:
        return
    own = licence_of_url(licence) or licence
    official = eu_authority(own)
    say.iri(thing, DCT.license, official or own)
    say.a(official or own, DCT.LicenseDocument)
    if official:
        say.iri(official, SKOS.exactMatch, own)
        say.iri(official, SKOS.inScheme, EU_AUTHORITY.rstrip("/"))


def of_science(say: Statements, thing: str) -> None:
    """The thing has the theme that all data management of research has."""
    say.iri(thing, DCAT.theme, SCIENCE)


def describe_authorities(say: Statements) -> None:
    """Say once what the theme and the media types are: the ranges of DCAT-AP ask for it."""
    say.a(SCIENCE, SKOS.Concept)
    say.prose(SCIENCE, SKOS.prefLabel, "Science and technology", "en")
    say.iri(SCIENCE, SKOS.inScheme, _THEMES)
    say.a(_THEMES, SKOS.ConceptScheme)
    say.prose(_THEMES, DCT.title, "Data theme", "en")
    for media_type in (MARKDOWN, TURTLE):
        say.a(media_type, DCT.MediaType)
