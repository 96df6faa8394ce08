"""The subject of a page: one description for its schema.org markup, its meta elements and its ``Link`` header."""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from typing import Any

from flask import request, url_for
from markupsafe import Markup

from kg.query import Format
from kg.query.rows import text, values
from kg.vocab import BASE, DATASET, DCAT, DCT, RDF, RDM, SCHEMA
from server.http.negotiation import PLAIN_JSON
from server.pages.addresses import address_in, page_of
from server.pages.formats import described_in
from server.pages.rows import rows
from server.pages.signposts import TypedLink, header, licences_of
from server.pages.thing import ThingPage, contributing_people
from server.service import Service

TITLE = "Research data management knowledge graph"
SUMMARY = (
    "What guidance on research data management recommends: standards, repositories, tools and laws for each kind of "
    "data, with the page and line that says so."
)
KEYWORDS = ("research data management", "FAIR data", "data standards", "data repositories", "linked data")
SEARCH_TYPE = "application/opensearchdescription+xml"
_PAGE = "AboutPage"
_SAID = "statements, mentions on pages, and the page and line that each comes from"
"""Description of a thing without one of its own."""
_ESCAPES = {ord(character): f"\\u{ord(character):04x}" for character in "<>&\u2028\u2029"}
"""Characters that could end the element of the markup."""
_SITES = """SELECT ?site ?title ?description ?publisher ?name ?licence {{
  {sites} ?site dct:title ?title OPTIONAL {{ ?site dct:description ?description }}
  OPTIONAL {{ ?site dct:publisher ?publisher . ?publisher foaf:name ?name }}
  OPTIONAL {{ ?site dct:license ?named OPTIONAL {{ ?named skos:exactMatch ?its }}
    BIND(COALESCE(?its, ?named) AS ?licence) }}
}} ORDER BY ?site ?name ?licence"""
_WHOLE = f"""SELECT DISTINCT ?licence {{
  GRAPH ?description {{ <{DATASET}> dct:license ?named OPTIONAL {{ ?named skos:exactMatch ?its }} }}
  BIND(COALESCE(?its, ?named) AS ?licence)
}} ORDER BY ?licence"""
"""Query for the licence in the release's description, if the store has that."""
_OWN = """SELECT ?title ?description ?licence {{
  <{iri}> dct:title ?title OPTIONAL {{ <{iri}> dct:description ?description }}
  OPTIONAL {{ <{iri}> dct:license ?licence }}
}} ORDER BY ?title ?licence LIMIT 1"""


@dataclass(frozen=True, slots=True)
class Agent:
    """A person or an organization."""

    name: str
    iri: str = ""
    is_person: bool = False

    def markup(self) -> dict[str, str]:
        """Return it in schema.org's terms."""
        named = {"@type": "Person" if self.is_person else "Organization", "name": self.name}
        return {**named, "@id": self.iri} if self.iri else named


@dataclass(frozen=True, slots=True)
class About:
    """The facts that the markup, ``meta`` elements and ``Link`` header of a page state."""

    kind: str
    """Class of schema.org."""
    name: str
    description: str
    url: str
    """Absolute URL of the page."""
    iri: str = ""
    """Persistent identifier; empty if the page has none."""
    licences: tuple[str, ...] = ()
    creators: tuple[Agent, ...] = ()
    publishers: tuple[Agent, ...] = ()
    date: str = ""
    """Time of the last change."""
    keywords: tuple[str, ...] = KEYWORDS
    language: str = "en"
    data: tuple[tuple[str, str], ...] = ()
    """Media type and URL of each description for programs."""
    items: tuple[tuple[str, str], ...] = ()
    """Media type and URL of each file."""
    more: Mapping[str, Any] | None = None
    """Further properties of schema.org, which go before those of this class."""

    @property
    def markup(self) -> Markup:
        """JSON-LD for an element ``<script type="application/ld+json">``."""
        parts = [
            {"@type": "DataDownload", "contentUrl": url, "encodingFormat": media_type}
            for media_type, url in self.items or (self.data if self.kind == "Dataset" else ())
        ]
        said = {
            "@context": "https://schema.org/",
            "@type": self.kind,
            "@id": self.iri or self.url,
            "identifier": self.iri,
            "name": self.name,
            "description": self.description,
            "url": self.url,
            "license": self.licences[0] if len(self.licences) == 1 else self.licences,
            "creator": [agent.markup() for agent in self.creators],
            "publisher": [agent.markup() for agent in self.publishers],
            "datePublished": self.date,
            "dateModified": self.date,
            "keywords": self.keywords,
            "inLanguage": self.language,
            "distribution" if self.kind == "Dataset" else "associatedMedia": parts,
            **(self.more or {}),
        }
        filled = {name: value for name, value in said.items() if value}
        written = json.dumps(filled, ensure_ascii=False, separators=(",", ":"))
        return Markup(written.translate(_ESCAPES))  # noqa: S704 # escaped for the element

    @property
    def links(self) -> str:
        """Value of the ``Link`` header of the page and of its other formats."""
        here = [
            *([TypedLink("cite-as", self.iri)] if self.iri else []),
            TypedLink("type", f"{SCHEMA.base}{self.kind}"),
            *(TypedLink("license", licence) for licence in self.licences),
            *(TypedLink("author", agent.iri) for agent in self.creators if agent.iri),
            *(TypedLink("describedby", url, media_type) for media_type, url in self.data),
            *(TypedLink("item", url, media_type) for media_type, url in self.items),
            TypedLink("service-desc", url_for("openapi.document", _external=True), PLAIN_JSON.media_type),
            TypedLink("service-doc", url_for("openapi.explorer", _external=True), "text/html"),
            TypedLink("search", url_for("discovery.opensearch", _external=True), SEARCH_TYPE),
            TypedLink("api-catalog", url_for("discovery.api_catalog", _external=True)),
        ]
        return header(here)


def page_about(service: Service, kind: str, name: str, description: str, **changes: Any) -> About:
    """Return what a page of the server itself is about, under the facts of the release; ``changes`` replace some.

    Raises:
        QueryError: when the pool cannot answer.
    """
    sites = _sites(service)
    publishers = tuple(dict.fromkeys(publisher for site in sites.values() for publisher in site.publishers))
    of_sites = tuple(dict.fromkeys(licence for site in sites.values() for licence in site.licences))
    about = About(
        kind,
        name,
        description,
        url=request.base_url,
        licences=_of_whole(service) or of_sites,
        creators=publishers,
        publishers=publishers,
        date=service.current.release.manifest["created"],
        data=_in_formats("well_known.void", described_in(service.settings)),
    )
    return replace(about, **changes)


def catalogue_about(service: Service, items: tuple[tuple[str, str], ...]) -> About:
    """Return what the start page is about: the release as a catalogue with the sites as data sets.

    Raises:
        QueryError: when the pool cannot answer.
    """
    datasets = [
        {"@type": "Dataset", "@id": iri, "name": site.name, "description": site.description, "url": _absolute(iri)}
        | ({"license": site.licences[0]} if site.licences else {})
        | {"creator": [publisher.markup() for publisher in site.publishers]}
        for iri, site in _sites(service).items()
    ]
    more = {"dataset": datasets}
    return page_about(service, "DataCatalog", TITLE, SUMMARY, iri=DATASET, items=items, more=more)


def ontology_about(service: Service, iri: str, data: tuple[tuple[str, str], ...]) -> About:
    """Return what the page of the ontology is about.

    Raises:
        QueryError: when the pool cannot answer.
    """
    found = rows(service, _OWN.format(iri=iri))
    title, description, licence = (
        text(found[0], name) if found else "" for name in ("title", "description", "licence")
    )
    name = title or "Ontology"
    licences = (licence,) if licence else ()
    changes = {"url": url_for("ontology.ontology", _external=True), "iri": iri, "licences": licences, "data": data}
    return page_about(service, "DefinedTermSet", name, description or name, **changes)


def thing_about(service: Service, thing: ThingPage) -> About:
    """Return what the page of a thing is about; of a site it is a data set, of anything else the thing.

    Raises:
        QueryError: when the pool cannot answer.
    """
    sites = _sites(service)
    site = next((iri for iri in sites if thing.iri == iri or thing.iri.startswith(f"{iri}/")), "")
    people = (*thing.values(DCT.creator), *contributing_people(service, thing))
    creators = tuple(Agent(each.label, each.iri, is_person=True) for each in people)
    words = tuple(each.label for each in (*thing.values(DCAT.keyword), *thing.values(RDM.coversDataType)))
    changed = [each.label for each in thing.values(DCT.modified, DCT.issued)]
    kinds = ", ".join(each.label for each in thing.types)
    is_site = thing.iri == site
    described = " ".join(each.label for each in thing.descriptions[:1])
    release = page_about(service, _PAGE, thing.title.label, described)
    formats = described_in(service.settings)
    publishers = sites[site].publishers if site else release.publishers
    return replace(
        release,
        kind="Dataset" if is_site else _PAGE,
        description=described or f"{thing.title.label}{f' ({kinds})' if kinds else ''}: {_SAID}.",
        url=_absolute(thing.iri),
        iri=thing.iri,
        licences=tuple(licences_of(service, thing)) or _of_whole(service),
        creators=creators or publishers,
        publishers=publishers,
        date=changed[0] if changed else release.date,
        keywords=(*dict.fromkeys((*words, *(each.label for each in thing.types))), *KEYWORDS[:1]),
        language=thing.title.language or "en",
        data=tuple((fmt.media_type, _host() + address_in(thing.iri, fmt)) for fmt in formats),
        more=_within(is_site, thing),
    )


def _within(is_site: bool, thing: ThingPage) -> Mapping[str, Any]:
    catalogue = {"@type": "DataCatalog", "@id": DATASET, "name": TITLE, "url": url_for("home.home", _external=True)}
    if is_site:
        return {"includedInDataCatalog": catalogue}
    kinds = [each.iri.removeprefix(SCHEMA.base) for each in thing.values(RDF.type) if each.iri.startswith(SCHEMA.base)]
    about = {"@type": (*kinds, "Thing")[0], "@id": thing.iri, "name": thing.title.label}
    return {"isPartOf": catalogue, "about": about}


def merged(about: About, markup: str | None) -> About:
    """Return the description of a page with the statements of other JSON-LD about it, which go first."""
    return replace(about, kind="LearningResource", more=json.loads(markup)) if markup else about


def _sites(service: Service) -> Mapping[str, About]:
    """Return the IRI of each site of the release → what is known of it."""
    iris = [BASE + site["key"] for site in service.current.release.manifest["sites"]]
    found: dict[str, About] = {}
    for row in rows(service, _SITES.format(sites=values("site", iris))) if iris else ():
        agent, licence = Agent(text(row, "name"), text(row, "publisher")), text(row, "licence")
        site = found.setdefault(text(row, "site"), About("Dataset", text(row, "title"), text(row, "description"), ""))
        found[text(row, "site")] = replace(
            site,
            publishers=tuple(dict.fromkeys((*site.publishers, *((agent,) if agent.name else ())))),
            licences=tuple(dict.fromkeys((*site.licences, *((licence,) if licence else ())))),
        )
    return found


def _of_whole(service: Service) -> tuple[str, ...]:
    return tuple(text(row, "licence") for row in rows(service, _WHOLE))


def _in_formats(endpoint: str, formats: Iterable[Format]) -> tuple[tuple[str, str], ...]:
    return tuple((fmt.media_type, url_for(endpoint, format=fmt.name, _external=True)) for fmt in formats)


def _absolute(iri: str) -> str:
    return _host() + page_of(iri)


def _host() -> str:
    return request.host_url.rstrip("/")
