"""DCAT descriptions of the sites and of the knowledge base, and of the people and organisations that pages name."""

from __future__ import annotations

import re
from collections.abc import Sequence

from kg.identifiers import funders, orcid, ror
from kg.identifiers.licences import licence_of_all
from kg.iri import whole_web_address
from kg.page_to_rdf.authorities import describe_authorities, in_language, licensed
from kg.page_to_rdf.statements import Statements, without_addresses
from kg.page_to_rdf.things import document
from kg.site import Site
from kg.vocab import DCAT, DCT, ENDPOINT, FOAF, KNOWLEDGE_BASE, RDFS, ROOT, SCHEMA, SD, SKOS, VCARD, Minter

_GITHUB = re.compile(r"[A-Za-z0-9](?:[A-Za-z0-9-]{0,38})", re.ASCII)


def site_to_rdf(site: Site, sheets: Sequence[str]) -> Statements:
    """Return the statements of a site's catalogue; ``sheets`` are the IRIs of its cheat sheets."""
    catalog = Minter(site.key).catalog
    say = Statements(f"{catalog}#graph")
    say.a(catalog, DCAT.Catalog)
    say.prose(catalog, DCT.title, site.title, site.language)
    say.prose(catalog, DCT.description, site.text("description") or site.title, site.language)
    say.plain(catalog, DCT.identifier, catalog)
    in_language(say, catalog, site.language)
    licensed(say, catalog, site.licence)
    if homepage := document(site.url):
        say.iri(catalog, FOAF.homepage, homepage)
        say.a(homepage, FOAF.Document)
    _agents(say, site, catalog)
    for sheet in sheets:
        say.iri(catalog, DCAT.dataset, sheet)
        say.iri(ENDPOINT, DCAT.servesDataset, sheet)
    return say


def _agents(say: Statements, site: Site, catalog: str) -> None:
    """Add publisher and contact: those of the profile, else the site itself under its title.

    A contact whose name differs from the publisher's may be a person, so only one of the same name is an organisation.
    """
    publisher, contact = site.profile.table("publisher"), site.profile.table("contact")
    agent, kind = f"{catalog}#publisher", f"{catalog}#contact"
    name = str(publisher.get("name") or site.title)
    whom = str(contact.get("name") or name)
    say.iri(catalog, DCT.publisher, agent)
    say.a(agent, FOAF.Agent)
    say.prose(agent, FOAF.name, name, site.language)
    say.iri(agent, FOAF.homepage, document(str(publisher.get("url") or "")))
    say.iri(catalog, DCAT.contactPoint, kind)
    say.a(kind, VCARD.Kind, *([VCARD.Organization] if whom == name else []))
    say.prose(kind, VCARD.fn, whom, site.language)
    say.iri(kind, VCARD.hasURL, document(str(contact.get("url") or "")))


def knowledge_base_to_rdf(sites: Sequence[Site]) -> Statements:
    """Return the statements of the catalogue above the sites' catalogues, and of its SPARQL endpoint."""
    say = Statements(f"{KNOWLEDGE_BASE}#graph")
    agent, contact = f"{KNOWLEDGE_BASE}#publisher", f"{KNOWLEDGE_BASE}#contact"
    licence = licence_of_all(site.licence for site in sites)
    for thing, title in ((KNOWLEDGE_BASE, "Research data management knowledge graph"), (ENDPOINT, "SPARQL endpoint")):
        say.prose(thing, DCT.title, title, "en")
        say.plain(thing, DCT.identifier, thing)
        say.iri(thing, DCT.publisher, agent)
        say.iri(thing, DCAT.contactPoint, contact)
        licensed(say, thing, licence)
    say.a(KNOWLEDGE_BASE, DCAT.Catalog)
    say.prose(KNOWLEDGE_BASE, DCT.description, "What cheat sheets on research data management recommend.", "en")
    say.a(agent, FOAF.Agent)
    say.prose(agent, FOAF.name, "rdm-kg", "en")
    say.a(contact, VCARD.Kind, VCARD.Organization)
    say.prose(contact, VCARD.fn, "rdm-kg", "en")
    say.iri(contact, VCARD.hasURL, ROOT)
    say.a(ENDPOINT, DCAT.DataService, SD.Service)
    say.iri(ENDPOINT, DCAT.endpointURL, ENDPOINT)
    say.iri(KNOWLEDGE_BASE, DCAT.service, ENDPOINT)
    describe_authorities(say)
    for site in sites:
        catalog = Minter(site.key).catalog
        say.iri(KNOWLEDGE_BASE, DCT.hasPart, catalog)
        say.iri(KNOWLEDGE_BASE, DCAT.catalog, catalog)
    return say


def describe_person(say: Statements, site: Site, name: str) -> str:
    """Describe a person and return the IRI: the ORCID where it is valid, else one in the site's namespace."""
    known = site.directory.people.get(name)
    name = without_addresses(name)
    iri = (orcid.orcid(known.orcid) if known else None) or Minter(site.key).person(name)
    say.a(iri, FOAF.Person)
    say.plain(iri, FOAF.name, name)
    for organisation in known.organisations if known else ():
        if named := without_addresses(organisation):
            say.iri(iri, SCHEMA.affiliation, describe_organisation(say, site, named))
    if known and _GITHUB.fullmatch(known.git):
        say.iri(iri, SCHEMA.sameAs, f"https://github.com/{known.git}")
    return iri


def describe_organisation(say: Statements, site: Site, name: str) -> str:
    """Describe an organisation and return the IRI: its ROR, its funder DOI, else one in the site's namespace."""
    known = site.directory.organisations.get(name)
    registered = (ror.ror(known.pid) or funders.funder(known.pid)) if known else None
    iri = registered or Minter(site.key).organisation(name)
    say.a(iri, FOAF.Organization, FOAF.Agent)
    say.prose(iri, FOAF.name, name, site.language)
    say.prose(iri, RDFS.label, name, site.language)
    if known:
        say.iri(iri, FOAF.homepage, whole_web_address(known.url))
        _organisation_type(say, site, iri, known.kind)
        if known.pid and not registered:
            say.iri(iri, RDFS.seeAlso, whole_web_address(known.pid))
    return iri


def _organisation_type(say: Statements, site: Site, organisation: str, kind: str) -> None:
    """Add the type of an organisation as a SKOS concept, because DCAT-AP does not accept a literal for it."""
    if kind:
        minter = Minter(site.key)
        concept, scheme = minter.organisation_type(kind), minter.organisation_type()
        say.iri(organisation, DCT.type, concept)
        say.a(concept, SKOS.Concept)
        say.prose(concept, SKOS.prefLabel, kind, site.language)
        say.iri(concept, SKOS.inScheme, scheme)
        say.a(scheme, SKOS.ConceptScheme)
        say.prose(scheme, DCT.title, "Types of organisations", "en")
