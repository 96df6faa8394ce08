"""How people read properties: in which order, and what those of other vocabularies mean, in our words.

Ours are labelled and defined in the ontology's own graph; others' definitions are not in the graph, so the short ones
below stand at hand for those that the graph uses.
"""

from __future__ import annotations

from kg.vocab import ADMS, DCAT, DCT, FOAF, OWL, PROV, RDF, RDFS, RDM, SCHEMA, SKOS, TITLES, VCARD

WORDS: dict[str, tuple[str, str]] = {
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
    RDFS.seeAlso: ("see also", "More about the thing; no claim that it is the same."),
    PROV.specializationOf: ("instance of", "The same thing in general, of which this is one with rules of its own."),
    DCT.type: ("kind", "The kind of thing that its own source says it is."),
    DCT.subject: ("subject", "What the thing is about."),
    DCT.contributor: ("contributor", "Who wrote or helped to write it."),
    SCHEMA.editor: ("editor", "Who edits it."),
    SCHEMA.maintainer: ("maintained by", "Who keeps it up to date."),
    SCHEMA.affiliation: ("affiliation", "The organisation somebody belongs to."),
    SCHEMA.provider: ("provided by", "Who offers it."),
    DCT.publisher: ("publisher", "Who answers for its publication."),
    DCAT.contactPoint: ("contact", "Whom to ask."),
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
    DCAT.distribution: ("file", "A file of it to take away."),
    DCAT.accessURL: ("to be had at", "The address where it can be got."),
    DCAT.mediaType: ("media type", "The format of the file."),
    VCARD.fn: ("name", "Whom to ask for."),
    VCARD.hasURL: ("page", "Where to ask."),
    FOAF.name: ("name", "What somebody is called."),
    DCAT.catalog: ("catalogue", "A catalogue that is listed in this one."),
    DCAT.service: ("service", "A service that gives access to it."),
    DCAT.servesDataset: ("serves", "What can be got from the service."),
    DCAT.endpointURL: ("endpoint", "The address that programs ask."),
    SCHEMA.softwareVersion: ("version", "The version of a program."),
    PROV.endedAtTime: ("time", "When it was done."),
    ADMS.versionNotes: ("state", "How the file stands to what is known of its history."),
    PROV.wasDerivedFrom: ("derived from", "The file that it was made of."),
    PROV.wasAttributedTo: ("made by", "The program that made it."),
    PROV.wasGeneratedBy: ("made in", "The commit that made it what it is."),
    RDM.hasRecommendation: ("has recommendation", ""),
    RDM.hasMention: ("has mention", ""),
    RDFS.isDefinedBy: ("defined in", "The vocabulary that says what it means."),
    RDF.type: ("type", "The classes it belongs to."),
}
"""Property → label and meaning, in reading order; the meaning of ours is empty, since the ontology has it."""
NAMES = (*TITLES, SKOS.notation)
"""What a thing is called on its page, the best first: its code where nothing names it."""
_PLACES = {iri: place for place, iri in enumerate(WORDS)}


def reading_order(iri: str) -> tuple[int, str]:
    """Sorts properties: known ones as a reader wants them, the others after them by name."""
    return _PLACES.get(iri, len(_PLACES)), iri
