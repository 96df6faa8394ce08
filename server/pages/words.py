"""Words for what has none in the graph: labels and definitions of the terms of other vocabularies, and names of IRIs.

The labels and definitions of our terms are in the graph of the ontology. The graph does not include other vocabularies,
so that the terms used from them are labelled and defined here; all other IRIs are named by :func:`in_words`.
"""

from __future__ import annotations

import re
from datetime import datetime
from urllib.parse import unquote

from kg import vocab
from kg.identifiers.countries import country_name
from kg.identifiers.fairsharing import parse_url
from kg.identifiers.languages import language_name
from kg.identifiers.licences import licence_name
from kg.iri import is_web_address
from kg.release.statistics import TARGETS
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
    SD,
    SEMAPV,
    SH,
    SKOS,
    SSSOM,
    TITLES,
    VANN,
    VCARD,
    Namespace,
)

WORDS: dict[str, tuple[str, str]] = {
    DCT.title: ("title", "The name given by the thing itself or its publisher."),
    DCT.description: ("description", "What the thing is, in sentences."),
    SKOS.prefLabel: ("preferred label", "The one name of a concept that is shown first."),
    RDFS.label: ("label", "A name of anything, for people."),
    RDFS.comment: ("comment", "What the thing is, in words for people."),
    SCHEMA.name: ("name", "What the thing is called."),
    SKOS.altLabel: ("also called", "Another name of the same thing."),
    SKOS.definition: ("definition", "What the term means."),
    SKOS.notation: ("code", "A code or number that names the thing in its scheme."),
    DCT.identifier: ("identifier", "What the thing is called where it is registered or published."),
    ADMS.identifier: ("registered as", "Identifiers of the thing in a registry, former ones too."),
    RDM.knownGap: ("known gap", ""),
    RDM.coversDataType: ("covers data type", ""),
    RDM.recommendsFormat: ("recommends format", ""),
    RDM.recommendsTerminology: ("recommends terminology", ""),
    RDM.recommendsGuideline: ("recommends guideline", ""),
    RDM.recommendsStandard: ("recommends standard", ""),
    RDM.recommendsDepositIn: ("recommends deposit in", ""),
    RDM.recommendsReuseFrom: ("recommends reuse from", ""),
    RDM.recommends: ("recommends", ""),
    RDM.recommendedBy: ("recommended by", ""),
    RDM.citesLegislation: ("cites legislation", ""),
    RDM.dmpTemplate: ("template of a data management plan", ""),
    RDM.mentionsModality: ("mentions modality", ""),
    RDM.modality: ("modality", ""),
    RDM.topic: ("topic", ""),
    RDM.block: ("block", ""),
    RDM.role: ("role", ""),
    RDM.because: ("because", ""),
    RDM.toolTag: ("tool tag", ""),
    RDM.openness: ("openness", ""),
    FOAF.homepage: ("home page", "The front page of what the thing publishes about itself."),
    FOAF.page: ("page about it", "A document about the thing."),
    SCHEMA.url: ("address", "Where the thing is on the web."),
    DCAT.landingPage: ("published at", "The page on its own site."),
    SCHEMA.sameAs: ("same as", "An address elsewhere that names the same thing."),
    OWL.sameAs: ("same as", "Another identifier of exactly the same thing."),
    SKOS.exactMatch: ("exact match", "A concept elsewhere with the same meaning."),
    SKOS.closeMatch: ("close match", "A concept elsewhere with nearly the same meaning."),
    OWL.annotatedSource: ("subject", "The first thing of a match between two."),
    OWL.annotatedProperty: ("relation", "How closely the two things match."),
    OWL.annotatedTarget: ("object", "The second thing of a match between two."),
    SSSOM.mapping_justification: ("justification", "By what kind of evidence a match was made."),
    RDFS.seeAlso: ("see also", "More about the thing; no claim that it is the same."),
    PROV.specializationOf: ("instance of", "The general thing of which this is a specific form with its own rules."),
    DCT.type: ("kind", "The kind of thing that its own source says it is."),
    DCAT.keyword: ("keyword", "A word to find it by."),
    DCT.subject: ("subject", "What the thing is about."),
    DCT.contributor: (
        "contributor",
        "The people who wrote it or helped to, and the organisations that had a part in it.",
    ),
    SCHEMA.editor: ("editor", "Who edits it."),
    SCHEMA.sponsor: ("supported by", "Who pays for it or supports it in another way."),
    SCHEMA.affiliation: ("affiliation", "The organisation somebody belongs to."),
    SCHEMA.provider: ("provided by", "Who offers it."),
    DCT.publisher: ("publisher", "Who is responsible for its publication."),
    DCAT.contactPoint: ("contact", "Contact for questions."),
    SCHEMA.isPartOf: ("part of", "The whole that this belongs to."),
    DCT.isPartOf: ("part of", "The whole that this belongs to."),
    DCT.hasPart: ("has part", "What belongs to this."),
    SKOS.broader: ("broader", "What has a wider meaning, and this one in it."),
    SKOS.narrower: ("narrower", "What has a narrower meaning, as a part of this one's."),
    SKOS.inScheme: ("in scheme", "The list of terms that this one belongs to."),
    SKOS.member: ("member", "A term of the collection."),
    DCT.relation: ("related to", "Something that a reader may want to look at too."),
    SCHEMA.mentions: ("mentions", "What the page names or links to."),
    DCT.license: ("licence", "What may be done with it."),
    DCT.rights: ("rights", "Who holds which rights in it."),
    DCT.language: ("language", "The language it is written in."),
    DCT.spatial: ("place", "The country or region it is for."),
    SCHEMA.keywords: ("keywords", "Words to find it by."),
    DCAT.keyword: ("keyword", "A word to find it by."),
    DCAT.theme: ("theme", "A main category of data portals."),
    DCT.issued: ("issued", "When it was first published."),
    DCT.modified: ("last change", "When it was last changed."),
    DCAT.dataset: ("cheat sheet", "A cheat sheet that the catalogue lists."),
    DCAT.distribution: ("file", "A file to download."),
    DCAT.accessURL: ("available at", "The address where it is available."),
    DCAT.mediaType: ("media type", "The format of the file."),
    VCARD.fn: ("name", "Name of the contact."),
    VCARD.hasURL: ("page", "Web page of the contact."),
    FOAF.name: ("name", "Name of a person or organisation."),
    DCAT.catalog: ("catalogue", "A catalogue that is listed in this one."),
    DCAT.service: ("service", "A service that gives access to it."),
    DCAT.servesDataset: ("serves", "A dataset that the service gives access to."),
    DCAT.endpointURL: ("endpoint", "The address to which programs send requests."),
    SCHEMA.softwareVersion: ("version", "The version of a program."),
    PROV.endedAtTime: ("time", "When it was done."),
    ADMS.versionNotes: ("state", "State of the file relative to its Git history."),
    PROV.wasDerivedFrom: ("derived from", "The file that it was made from."),
    PROV.wasAttributedTo: ("made by", "The program that made it."),
    PROV.wasGeneratedBy: ("made in", "The commit of its last change."),
    RDM.hasRecommendation: ("has recommendation", ""),
    RDM.hasMention: ("has mention", ""),
    RDFS.isDefinedBy: ("defined in", "The vocabulary that defines it."),
    RDF.type: ("type", "The classes it belongs to."),
    DCT.creator: ("creator", "Who made it."),
    RDFS.subClassOf: ("subclass of", "Whatever belongs to this class belongs to that one too."),
    RDFS.subPropertyOf: ("subproperty of", "Whatever is related by this property is related by that one too."),
    RDFS.domain: ("domain", "The class of a property's subjects."),
    RDFS.range: ("range", "The class of a property's values."),
    SH.prefix: ("prefix", "The short form of a namespace in queries."),
    SH.namespace: ("namespace", "What a prefix stands for."),
    SH.select: ("SELECT query", "The text of a query that gives rows."),
    SKOS.Concept: ("concept", "A unit of thought, as a term of a terminology is."),
    SKOS.ConceptScheme: ("concept scheme", "A terminology: concepts that belong together."),
    SKOS.Collection: ("collection", "A group of concepts, such as the codes to choose from for one purpose."),
    ADMS.Identifier: ("identifier", "An identifier as a thing of its own, with the registry that gave it."),
    DCAT.Catalog: ("catalogue", "A list of descriptions of datasets and services."),
    DCAT.Dataset: ("dataset", "Data published by one agent, available in one or more files; here, a cheat sheet."),
    DCAT.Distribution: ("distribution", "One form in which a dataset is available, such as a file."),
    DCAT.DataService: ("data service", "Operations that give access to data, such as an endpoint for queries."),
    DCAT.Resource: ("catalogued resource", "Anything that a catalogue may list."),
    DCT.Standard: ("standard", "What things can be compared with or made after: a format, terminology or guideline."),
    DCT.MediaTypeOrExtent: ("media type or extent", "A file format, or how much there is of something."),
    DCT.LicenseDocument: ("licence", "A legal document that permits something to be done with a thing."),
    ELI.LegalResource: ("legal resource", "A law, regulation or convention, whatever its language or edition."),
    FOAF.Agent: ("agent", "Who can act: a person, an organisation or a group."),
    FOAF.Person: ("person", "A human being."),
    FOAF.Organization: ("organisation", "A body of people, such as an institution."),
    FOAF.Document: ("document", "A page or another document."),
    PROV.Activity: ("activity", "What happened over a time and made or used things."),
    PROV.Entity: ("entity", "A thing with provenance."),
    OWL.Class: ("class", "A kind of things."),
    OWL.ObjectProperty: ("relation", "A property between two things."),
    OWL.DatatypeProperty: ("attribute", "A property whose values are texts, numbers or dates."),
    OWL.AnnotationProperty: ("annotation", "A property for people, from which nothing follows."),
    SCHEMA.LearningResource: ("learning resource", "What somebody learns from."),
    SCHEMA.DataCatalog: ("data catalogue", "A collection of datasets, such as a repository."),
    SCHEMA.Service: ("service", "What an organisation does for others."),
    SSSOM.Mapping: ("mapping", "A match between two things, with its evidence."),
    VCARD.Kind: ("contact", "Contact details."),
    DCT.references: ("refers to", "What it cites or points to."),
    DCT.accessRights: ("access", "Who may use it, and how."),
    DCT.abstract: ("summary", "What it says, in a few sentences."),
    SH.declare: ("declares", "The prefixes of a query."),
    DCT.PeriodOfTime: ("period", "A time from a beginning to an end."),
    DCT.RightsStatement: ("statement of rights", "What may be done with a thing, or who may use it."),
    DCT.ProvenanceStatement: ("statement of provenance", "Where something comes from, and how it was made."),
    DCT.LinguisticSystem: ("language", "What people write and speak."),
    DCT.Location: ("place", "A country, region or other place."),
    SCHEMA.base + "CreativeWork": ("work", "What somebody made, such as a text, a program or a collection."),
    SCHEMA.base + "DefinedTermSet": ("set of terms", "A terminology, whatever its form."),
    SCHEMA.SoftwareApplication: ("software", "A program."),
    VCARD.Organization: ("contact", "Contact details of an organisation."),
    PROV.SoftwareAgent: ("program", "A program that makes something."),
    SD.Service: ("endpoint", "A service that answers queries."),
    OWL.NamedIndividual: ("individual", "A single thing, not a kind of things."),
    SH.SPARQLExecutable: ("query", "A query that can be run."),
    SH.SPARQLSelectExecutable: ("query", "A query whose answer is a table."),
    SH.prefixes: ("prefixes", "The prefixes that a query uses."),
    SH.PrefixDeclaration: ("declared prefix", "A prefix with the namespace that it stands for."),
    DCT.provenance: ("provenance", "Where it comes from, and how it was made."),
    DCT.MediaType: ("media type", "The format of a file, by its registered name."),
    SEMAPV.CompositeMatching: ("several kinds of evidence", "A match that rests on more than one kind of evidence."),
    SEMAPV.BackgroundKnowledgeBasedMatching: ("a third source", "A match that follows from what a third source says."),
    OWL.Ontology: ("ontology", "A vocabulary with statements about its terms."),
    OWL.Restriction: ("restriction", "The class of all things that have certain values."),
    OWL.AllDisjointClasses: ("disjoint classes", "Classes of which no two have a thing in common."),
    OWL.members: ("members", "The classes that have no thing in common."),
    OWL.disjointWith: ("disjoint with", "The class that has no thing in common with this one."),
    OWL.equivalentClass: ("same class as", "The class that has exactly the same things."),
    OWL.intersectionOf: ("both of", "The classes to all of which its things belong."),
    OWL.inverseOf: ("inverse of", "The property that says the same in the other direction."),
    OWL.onProperty: ("about property", "The property whose values a class restricts."),
    OWL.someValuesFrom: ("has a value of class", "The class of at least one of the values."),
    OWL.versionIRI: ("address of the version", "The identifier of this version of the ontology."),
    OWL.versionInfo: ("version", "The number of the version."),
    VANN.preferredNamespacePrefix: (
        "preferred prefix",
        "The short form of its namespace that is to be used in queries.",
    ),
    VANN.preferredNamespaceUri: ("namespace", "The beginning of the identifiers of its terms."),
    RDF.first: ("first item", "What stands first in a list."),
    RDF.rest: ("other items", "The list after its first item."),
    RDF.langString: ("text in a language", "A text with the language that it is in."),
    RDFS.Datatype: ("type of value", "A kind of texts, numbers or dates."),
}
"""Term → label and definition, in display order; ours have no definition here, since the ontology has it."""
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
_DELIMITERS = frozenset("%/?#&=+;:@\\<>\"'`{}|^[]")
"""Characters that have a meaning in addresses, or around them."""
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
    >>> address("https://example.org/bl%C3%A5%20%281%29.pdf"), address("https://example.org/a%2Fb%20%ff")
    ('example.org/blå (1).pdf', 'example.org/a%2Fb%20%ff')
    """
    return decoded(text.partition("://")[2].rstrip("/")) if is_web_address(text) else text


def decoded(text: str) -> str:
    """Return a text with percent-encoded characters as themselves, where these are seen and mean nothing else.

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
    is_safe = signs.isprintable() and "  " not in signs and not _DELIMITERS & set(signs)
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
