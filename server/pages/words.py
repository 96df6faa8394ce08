"""Words for what has none in the graph: properties from their values' side, and names of IRIs."""

from __future__ import annotations

import re
from datetime import datetime
from unicodedata import category
from urllib.parse import unquote

from kg import vocab
from kg.identifiers.countries import country_name
from kg.identifiers.fairsharing import parse_url
from kg.identifiers.languages import language_name
from kg.identifiers.licences import licence_name
from kg.iri import is_web_address
from kg.release.statistics import TARGETS
from kg.term_words import WORDS
from kg.vocab import (
    ADMS,
    DCAT,
    DCT,
    ELI,
    FOAF,
    OWL,
    PROV,
    RDF,
    RDFS,
    RDM,
    ROOT,
    SCHEMA,
    SH,
    SKOS,
    TITLES,
    Namespace,
)

BACKWARDS: dict[str, str] = {
    RDM.recommends: "recommended by",
    RDM.recommendsFormat: "recommended as a format by",
    RDM.recommendsTerminology: "recommended as a terminology by",
    RDM.recommendsGuideline: "recommended as a guideline by",
    RDM.recommendsStandard: "recommended as a standard by",
    RDM.recommendsTool: "recommended as a tool by",
    RDM.recommendsDepositIn: "recommended for deposit by",
    RDM.recommendsReuseFrom: "recommended for reuse by",
    RDM.recommendedBy: "recommends",
    RDM.hasMention: "stands on",
    RDM.hasRecommendation: "stands on",
    RDM.forDataType: "recommendations for it",
    RDM.role: "mentions in this role",
    RDM.block: "mentions in such a block",
    RDM.section: "mentions in this section",
    RDM.citesLegislation: "cited by",
    ELI.repealed_by: "replaces",
    ELI.in_force: "laws with this status",
    RDM.mentionsModality: "mentioned by",
    RDM.coversDataType: "covered by",
    RDM.about: "mentions about it",
    RDM.topic: "mentions under it",
    RDM.target: "mentions of it",
    RDM.coordinator: "coordinates",
    SCHEMA.mentions: "mentioned by",
    SCHEMA.editor: "edits",
    SCHEMA.sponsor: "supports",
    SCHEMA.affiliation: "people",
    SCHEMA.provider: "provides",
    SCHEMA.isPartOf: "parts",
    DCT.contributor: "contributed to",
    DCT.creator: "made",
    DCT.publisher: "publishes",
    DCT.isPartOf: "parts",
    DCT.hasPart: "part of",
    DCT.relation: "related to",
    DCT.references: "referred to by",
    DCT.spatial: "for this place",
    DCT.type: "of this kind",
    DCAT.dataset: "listed in",
    DCAT.catalog: "listed in",
    DCAT.servesDataset: "served by",
    DCAT.accessURL: "address of",
    DCAT.landingPage: "address of",
    FOAF.page: "is about",
    ADMS.identifier: "identifies",
    SH.declare: "declared by",
    SKOS.broader: "narrower",
    SKOS.narrower: "broader",
    SKOS.inScheme: "terms",
    SKOS.exactMatch: "exact match",
    SKOS.closeMatch: "close match",
    SCHEMA.sameAs: "same as",
    OWL.sameAs: "same as",
    OWL.annotatedSource: "match",
    OWL.annotatedTarget: "match",
    RDFS.seeAlso: "referred to by",
    RDFS.subClassOf: "subclasses",
    RDFS.subPropertyOf: "subproperties",
    RDFS.isDefinedBy: "defines",
    PROV.specializationOf: "forms of it",
    PROV.wasDerivedFrom: "made into",
    PROV.wasGeneratedBy: "made",
    PROV.wasAttributedTo: "made",
    OWL.equivalentClass: "same class as",
    OWL.disjointWith: "disjoint with",
    OWL.inverseOf: "inverse of",
    OWL.intersectionOf: "part of the definition of",
    OWL.members: "list of members of",
    OWL.someValuesFrom: "restrictions to it",
    OWL.onProperty: "restrictions of it",
    RDF.type: "things of this class",
}
"""Property → words for it from its value's side, where those of :func:`backwards` would be wrong."""
_KINDS = {
    "dsw": "question or template of the Data Stewardship Wizard",
    "faircookbook": "recipe of the FAIR Cookbook",
    "fairsharing": "collection or record of FAIRsharing",
    "rdmkit": "page of RDMkit",
    "tess": "training material in TeSS",
    "training": "training material",
}
"""Key of a list of links in the front matter of pages → what it lists."""
NAMES = (*TITLES, SKOS.notation)
"""Properties whose value is a thing's title on its page, in order of preference."""
_MEDIA_TYPES = "https://www.iana.org/assignments/media-types/"
_VOCABULARIES = (
    *(each.base for each in vars(vocab).values() if isinstance(each, Namespace)),
    ROOT,
    "http://publications.europa.eu/resource/authority/",
)
"""Beginnings of IRIs that are names of terms and things, and no addresses for people."""
_COMMIT = re.compile(rf"{re.escape(ROOT)}id/[^/]+/commit/([0-9a-f]{{7}})[0-9a-f]*")
"""IRI of a commit, with the first digits of its hash, by which people know it."""
_ENCODED = re.compile("(?:%[0-9A-Fa-f]{2})+")
_LETTERS = ("Lu", "Ll", "Nd")
_SIGNS = " ()!*,-_~"
"""Signs that mean nothing in addresses, nor around them."""
_NODES = f"{ROOT}ont/node/"
"""Beginning of the IRIs of the blank nodes of the ontology, which are parts of its axioms."""
_PLACES = {iri: place for place, iri in enumerate(WORDS)}


def reading_order(iri: str) -> tuple[int, str]:
    """Return the sort key of a property: those in :data:`WORDS` in its order, the others after them by IRI."""
    return _PLACES.get(iri, len(_PLACES)), iri


def backwards(iri: str, label: str) -> str:
    """Return words for a property from its value's side, by its IRI and its label.

    >>> backwards(RDM.recommends, "recommends"), backwards(DCT.license, "licence")
    ('recommended by', 'licence of')
    """
    return BACKWARDS.get(iri, f"{label} of")


def kind_in_words(name: str) -> str:
    """Return what a site calls a kind of pages or links, in words.

    >>> kind_in_words("faircookbook"), kind_in_words("Your_tasks")
    ('recipe of the FAIR Cookbook', 'Your tasks')
    """
    return _KINDS.get(name, name.replace("_", " "))


def in_words(iri: str) -> str:
    """Return a name for an IRI without a label: that in its table, the words of its last part, or its address.

    >>> in_words("http://publications.europa.eu/resource/authority/country/NOR"), in_words(SCHEMA.base + "CreativeWork")
    ('Norway', 'creative work')
    >>> in_words("https://w3id.org/rdm-kg/id/lookup/page/pic#mr-imaging"), in_words("https://www.example.org/a/")
    ('pic: mr imaging', 'www.example.org/a')
    >>> in_words(f"{ROOT}id/lookup/commit/c02b761f1016cb8aa020a94ebdd5674cd587bb63")
    'commit c02b761'
    """
    known = country_name(iri) or language_name(iri) or licence_name(iri)
    if known or iri.startswith(_MEDIA_TYPES):
        return known or iri.removeprefix(_MEDIA_TYPES)
    if not iri.startswith(_VOCABULARIES):
        return address(iri)
    if commit := _COMMIT.fullmatch(iri):
        return f"commit {commit[1]}"
    if iri.startswith(_NODES):
        return "part of an axiom"
    document, _, fragment = iri.partition("#")
    parts = (
        (document.rstrip("/").rpartition("/")[2], fragment) if iri.startswith(ROOT) else (re.split("[#/]", iri)[-1],)
    )
    return ": ".join(map(_spaced, filter(None, parts)))


def registry(iri: str) -> str | None:
    """Return the name of the registry that has an entry with this IRI, or ``None``.

    >>> registry("https://bio.tools/galaxy"), registry("https://fairsharing.org/7478"), registry("https://a.example")
    ('bio.tools', 'FAIRsharing', None)
    """
    if parse_url(iri):
        return "FAIRsharing"
    return next((name for name, space in TARGETS.items() if iri.startswith(space)), None)


def address(text: str) -> str:
    """Return a web address as people write it, without its scheme and decoded; any other text as it is.

    >>> address("https://example.org/"), address("10 mm")
    ('example.org', '10 mm')
    >>> address("https://example.org/bl%C3%A5%20%281%29.pdf"), address("https://a%C3%A5.example/a%2Fb%20%ff")
    ('example.org/blå (1).pdf', 'a%C3%A5.example/a%2Fb%20%ff')
    """
    if not is_web_address(text):
        return text
    host, slash, path = text.partition("://")[2].rstrip("/").partition("/")
    return f"{host}{slash}{decoded(path)}"


def decoded(text: str) -> str:
    """Return a text with percent-encoded letters, digits, single spaces and a few signs as themselves.

    Letters are those of scripts with capitals: they are all seen, stand in their order, and look like no delimiter.

    >>> decoded("a%20b%20%281%29"), decoded("a%26b%252F%20%20c%0A%E2%80%AE%C2%A0")
    ('a b (1)', 'a%26b%252F%20%20c%0A%E2%80%AE%C2%A0')
    """
    return _ENCODED.sub(_signs, text)


def _signs(encoded: re.Match[str]) -> str:
    """Return the characters of percent-encoded bytes; the bytes as they are written where a character is not safe."""
    try:
        signs = unquote(encoded[0], errors="strict")
    except UnicodeDecodeError:
        return encoded[0]
    is_safe = all(category(sign) in _LETTERS or sign in _SIGNS for sign in signs) and "  " not in signs
    return signs if is_safe else encoded[0]


def date_in_words(written: str, form: str = "%-d %B %Y") -> str:
    """Return a date or time in words; as it is written where it is none.

    >>> date_in_words("2026-11-22T16:01:49+00:00", "%-d %B %Y, %H:%M"), date_in_words("soon")
    ('22 November 2026, 16:01', 'soon')
    """
    try:
        return datetime.fromisoformat(written).strftime(form)
    except ValueError:
        return written


def _spaced(name: str) -> str:
    """Return a name made of joined words as words.

    >>> _spaced("light_microscopy"), _spaced("PrefixDeclaration"), _spaced("bsg-s000114"), _spaced("CT")
    ('light microscopy', 'prefix declaration', 'bsg s000114', 'CT')
    """
    words = re.sub(r"(?<=[a-z])(?=[A-Z])", " ", re.sub(r"[-_+]", " ", unquote(name))).split()
    return " ".join(word if word[1:] != word[1:].lower() else word.lower() for word in words)
