"""Values that DCAT-AP takes from lists which others keep: languages, themes, media types, licences."""

from __future__ import annotations

from kg.identifiers import languages, licences
from kg.page_to_rdf.statements import Statements
from kg.vocab import DCAT, DCT, SKOS

MARKDOWN = "https://www.iana.org/assignments/media-types/text/markdown"
TURTLE = "https://www.iana.org/assignments/media-types/text/turtle"
SCIENCE = "http://publications.europa.eu/resource/authority/data-theme/TECH"
"""The EU's theme "Science and technology": whatever the research, its data management is of this theme."""
_THEMES = "http://publications.europa.eu/resource/authority/data-theme"


def in_language(say: Statements, thing: str, tag: str) -> None:
    """Say that the thing is in the language with this tag; nothing where it has no code (``invalid-language``)."""
    if language := languages.language(tag):
        say.iri(thing, DCT.language, language)
        say.a(language, DCT.LinguisticSystem)
        say.iri(language, SKOS.inScheme, languages.EU_AUTHORITY.rstrip("/"))


def licensed(say: Statements, thing: str, licence: str) -> None:
    """Say that the thing has this licence, under the EU's IRI where there is one; say nothing where it is empty."""
    if not licence:
        return
    own = licences.licence_of_url(licence) or licence
    official = licences.eu_authority(own)
    say.iri(thing, DCT.license, official or own)
    say.a(official or own, DCT.LicenseDocument)
    if official:
        say.iri(official, SKOS.exactMatch, own)
        say.iri(official, SKOS.inScheme, licences.EU_AUTHORITY.rstrip("/"))


def of_science(say: Statements, thing: str) -> None:
    """Say that the thing has the theme of all research data management."""
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
