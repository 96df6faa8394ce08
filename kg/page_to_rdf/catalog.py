"""What is said about a site as a whole: its catalogue, and the people and organisations that its pages name."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence

from kg.identifiers import orcid, ror
from kg.page_to_rdf.statements import Statements, without_addresses
from kg.page_to_rdf.things import document
from kg.site import Site
from kg.vocab import BASE, DCAT, DCT, FOAF, RDFS, SCHEMA, SD, VCARD, Minter

_GITHUB = re.compile(r"[A-Za-z0-9](?:[A-Za-z0-9-]{0,38})", re.ASCII)
ENDPOINT = "https://w3id.org/rdm-kg/sparql"
KNOWLEDGE_BASE = BASE + "catalog"
"""The catalogue above those of the sites."""
_LANGUAGES = "http://publications.europa.eu/resource/authority/language/"
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


def language_iri(tag: str) -> str | None:
    """The EU authority's IRI of a language, by its tag; ``None`` for a language that is not in the short list here."""
    code = _LANGUAGE_CODES.get(tag.lower().partition("-")[0])
    return _LANGUAGES + code if code else None


def site_to_rdf(site: Site, sheets: Sequence[str]) -> Statements:
    """The named graph of a site's catalogue, with the IRIs of its cheat sheets."""
    catalog = Minter(site.key).catalog
    say = Statements(f"{catalog}#graph")
    say.a(catalog, DCAT.Catalog)
    say.prose(catalog, DCT.title, site.title, site.language)
    say.prose(catalog, DCT.description, site.text("description") or site.title, site.language)
    say.iri(catalog, DCT.language, language_iri(site.language))
    say.iri(catalog, DCT.license, site.profile.text("license"))
    say.iri(catalog, FOAF.homepage, document(site.url) if site.text("url") else None)
    _agents(say, site, catalog)
    for sheet in sheets:
        say.iri(catalog, DCAT.dataset, sheet)
    return say


def _agents(say: Statements, site: Site, catalog: str) -> None:
    """Publisher and contact: the profile's, else the site itself under its title."""
    publisher, contact = site.profile.table("publisher"), site.profile.table("contact")
    agent, kind = f"{catalog}#publisher", f"{catalog}#contact"
    say.iri(catalog, DCT.publisher, agent)
    say.a(agent, FOAF.Agent)
    say.prose(agent, FOAF.name, str(publisher.get("name") or site.title), site.language)
    say.iri(agent, FOAF.homepage, document(str(publisher.get("url") or "")))
    say.iri(catalog, DCAT.contactPoint, kind)
    say.a(kind, VCARD.Kind)
    say.prose(kind, VCARD.fn, str(contact.get("name") or publisher.get("name") or site.title), site.language)
    say.iri(kind, VCARD.hasURL, document(str(contact.get("url") or "")))


def knowledge_base_to_rdf(sites: Iterable[Site]) -> Statements:
    """The named graph of the catalogue above the sites', and of the endpoint that serves them all."""
    say = Statements(f"{KNOWLEDGE_BASE}#graph")
    agent = f"{KNOWLEDGE_BASE}#publisher"
    for thing, title in ((KNOWLEDGE_BASE, "Research data management knowledge graph"), (ENDPOINT, "SPARQL endpoint")):
        say.prose(thing, DCT.title, title, "en")
        say.iri(thing, DCT.publisher, agent)
    say.a(KNOWLEDGE_BASE, DCAT.Catalog)
    say.prose(KNOWLEDGE_BASE, DCT.description, "What cheat sheets on research data management recommend.", "en")
    say.a(agent, FOAF.Agent)
    say.prose(agent, FOAF.name, "rdm-kg", "en")
    say.a(ENDPOINT, DCAT.DataService, SD.Service)
    say.iri(ENDPOINT, DCAT.endpointURL, ENDPOINT)
    say.iri(KNOWLEDGE_BASE, DCAT.service, ENDPOINT)
    for site in sites:
        catalog = Minter(site.key).catalog
        say.iri(KNOWLEDGE_BASE, DCT.hasPart, catalog)
        say.iri(KNOWLEDGE_BASE, DCAT.catalog, catalog)
        say.iri(ENDPOINT, DCAT.servesDataset, catalog)
    return say


def describe_person(say: Statements, site: Site, name: str) -> str:
    """Say who a person is, and give the IRI: the ORCID where it is right, else one of the site's."""
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
    """Say what an organisation is, and give the IRI: the ROR where it is right, else one of the site's."""
    known = site.directory.organisations.get(name)
    iri = (ror.ror(known.pid) if known else None) or Minter(site.key).organisation(name)
    say.a(iri, FOAF.Organization, FOAF.Agent)
    say.prose(iri, FOAF.name, name, site.language)
    say.prose(iri, RDFS.label, name, site.language)
    if known:
        say.iri(iri, FOAF.homepage, document(known.url))
        say.plain(iri, DCT.type, known.kind)
        if known.pid and ror.ror(known.pid) is None:
            say.iri(iri, RDFS.seeAlso, document(known.pid))
    return iri
