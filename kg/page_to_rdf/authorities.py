"""Values that DCAT-AP takes from controlled vocabularies: languages, themes, media types, licences."""

from __future__ import annotations

from kg.identifiers import languages, licences
from kg.page_to_rdf.statements import Statements
from kg.vocab import DCAT, DCT, SKOS

MARKDOWN = "https://www.iana.org/assignments/media-types/text/markdown"
TURTLE = "https://www.iana.org/assignments/media-types/text/turtle"
SCIENCE = "http://publications.europa.eu/resource/authority/data-theme/TECH"
"""The EU's data theme "Science and technology", given to every cheat sheet."""
_THEMES = "http://publications.europa.eu/resource/authority/data-theme"


def in_language(say: Statements, thing: str, tag: str) -> None:
    """Add the language of a thing, by its tag; add nothing for an unknown tag, which ``invalid-language`` reports."""
    if language := languages.language(tag):
        say.iri(thing, DCT.language, language)
        say.a(language, DCT.LinguisticSystem)
        say.iri(language, SKOS.inScheme, languages.EU_AUTHORITY.rstrip("/"))


def licensed(say: Statements, thing: str, licence: str) -> None:
    """Add the licence of a thing, under the EU's IRI where the licence has one; add nothing for an empty text."""
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
    """Add the data theme of a thing, :data:`SCIENCE`."""
    say.iri(thing, DCAT.theme, SCIENCE)


def describe_authorities(say: Statements) -> None:
    """Describe the data theme and the media types, because the ranges of DCAT-AP require their classes."""
    say.a(SCIENCE, SKOS.Concept)
    say.prose(SCIENCE, SKOS.prefLabel, "Science and technology", "en")
    say.iri(SCIENCE, SKOS.inScheme, _THEMES)
    say.a(_THEMES, SKOS.ConceptScheme)
    say.prose(_THEMES, DCT.title, "Data theme", "en")
    for media_type in (MARKDOWN, TURTLE):
        say.a(media_type, DCT.MediaType)
