"""Display order of properties, and labels and definitions of those of other vocabularies.

The labels and definitions of our properties are in the graph of the ontology. The graph does not include other
vocabularies, so that the properties used from them are labelled and defined here.
"""

from __future__ import annotations

from kg.vocab import ADMS, DCAT, DCT, FOAF, OWL, PROV, RDF, RDFS, RDM, SCHEMA, SKOS, SSSOM, TITLES, VCARD

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
}
"""Property → label and definition, in display order; ours have no definition here, since the ontology has it."""
NAMES = (*TITLES, SKOS.notation)
"""Properties whose value is a thing's title on its page, in order of preference."""
_PLACES = {iri: place for place, iri in enumerate(WORDS)}


def reading_order(iri: str) -> tuple[int, str]:
    """Return the sort key of a property: those in :data:`WORDS` in its order, the others after them by IRI."""
    return _PLACES.get(iri, len(_PLACES)), iri
