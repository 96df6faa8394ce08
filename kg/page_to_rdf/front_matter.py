"""Conversion of front matter to RDF, besides title and dates: people, places, templates, links, national resources."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping
from contextlib import AbstractContextManager
from typing import Any

from kg.identifiers.countries import country
from kg.page import Page
from kg.page_to_rdf.catalog import describe_organisation, describe_person
from kg.page_to_rdf.laws import cite_law
from kg.page_to_rdf.linked_data import is_linked_data, linked_data_to_rdf
from kg.page_to_rdf.national_resources import NationalResources
from kg.page_to_rdf.statements import Statements, has_address, without_addresses
from kg.page_to_rdf.things import Meanings, document, web_address
from kg.page_to_rdf.values import entries, related_pages
from kg.site.data_files import text_of
from kg.vocab import DCT, FOAF, RDFS, RDM, SCHEMA

RESOURCES = ("national_resources", "resources")
"""Front-matter keys whose lists describe resources."""
INDICATORS = ("quality_indicators", "indicators")
"""Front-matter keys whose lists hold names or identifiers of quality indicators."""
_ROLES = {"contributors": DCT.contributor, "editors": SCHEMA.editor, "coordinators": RDM.coordinator}
_ORGANISATIONS = {"affiliations": DCT.contributor, "supported_by": SCHEMA.sponsor}


class FrontMatter:
    """Converts the front matter of one page to statements of the page's graph."""

    def __init__(self, say: Statements, page: Page, iri: str, meanings: Meanings) -> None:
        self._say, self._page, self._iri, self._meanings = say, page, iri, meanings
        self._site = meanings.site
        self._language = meanings.language(page)

    def write(self) -> None:
        """Write the statements of all keys."""
        self._people()
        self._organisations_and_countries()
        self._dmp_templates_and_questions()
        self._related()
        self._lists_of_links()
        self._main_resources()
        resources = NationalResources(self._say, self._page, self._iri, self._meanings)
        for key in RESOURCES:
            with self._at(key):
                resources.write(self._page.front.get(key))
        self._linked_data()

    def _at(self, key: str) -> AbstractContextManager[None]:
        """Return a context whose statements get the line of this key, else that of ``more_information``."""
        return self._say.at(self._page.lines.get(key) or self._page.line("more_information"))

    def _people(self) -> None:
        for key, predicate in _ROLES.items():
            with self._at(key):
                for name in self._names(key):
                    self._say.iri(self._iri, predicate, describe_person(self._say, self._site, name))

    def _organisations_and_countries(self) -> None:
        """Write affiliations and countries; an affiliation of two capital letters is a country, as in the theme."""
        for key, predicate in _ORGANISATIONS.items():
            with self._at(key):
                for name in self._names(key):
                    if name in self._site.directory.organisations or country(name) is None:
                        self._say.iri(self._iri, predicate, describe_organisation(self._say, self._site, name))
                    else:
                        self._country(name)
        with self._at("country_code"):
            for code in self._texts("country_code"):
                self._country(code)

    def _country(self, code: str) -> None:
        if iri := country(code):
            self._say.iri(self._iri, DCT.spatial, iri)
            self._say.a(iri, DCT.Location)
            self._say.plain(iri, DCT.identifier, code)

    def _dmp_templates_and_questions(self) -> None:
        with self._at("dsw"):
            for _, entry in self._listed(["dsw"]):
                value = text_of(entry, "uuid") or text_of(entry, "url")
                prefix = self._site.text("dsw_deep_link_prefix")
                address = value if "://" in value else prefix + value if prefix else ""
                if value and self._site.profile.states("dmp-question", address):
                    self._link("dsw", document(address), entry)
                elif value.strip("/=") and not has_address(address or value):
                    self._dmp_template(value, address, text_of(entry, "name"))

    def _dmp_template(self, value: str, address: str, name: str) -> None:
        identifier = value.rstrip("/=").rpartition("/")[2].rpartition("=")[2]
        template = self._meanings.minter.dmp_template(identifier)
        self._say.iri(self._iri, RDM.dmpTemplate, template)
        self._say.a(template, RDM.DmpTemplate)
        self._say.plain(template, DCT.identifier, identifier)
        self._say.prose(template, DCT.title, name, self._language)
        self._say.iri(template, FOAF.page, document(address))

    def _related(self) -> None:
        with self._at("related_pages"):
            for page_id in related_pages(self._page.front.get("related_pages")):
                self._say.iri(self._iri, DCT.relation, self._meanings.related(page_id))

    def _lists_of_links(self) -> None:
        """Write every list of entries with names and addresses: training, FAIR Cookbook, RDMkit and others."""
        named = {key for key, _ in self._lists() if key not in ("dsw", *RESOURCES)}
        for key, entry in self._listed(named):
            with self._at(key):
                url = text_of(entry, "url")
                if page := self._page_of(url):
                    self._say.iri(self._iri, DCT.relation, page)
                elif law := self._meanings.law(url):
                    cite_law(self._say, self._iri, law, text_of(entry, "name"), self._language)
                else:
                    self._link(key, self._meanings.record(url) or web_address(url), entry)

    def _lists(self) -> Iterator[tuple[str, Any]]:
        """Yield the keys and values that may be lists of entries, also those that newer pages group in one key."""
        more = self._page.front.get("more_information")
        for group in (self._page.front, more if isinstance(more, dict) else {}):
            yield from ((str(key), value) for key, value in group.items())

    def _listed(self, keys: Collection[str]) -> Iterator[tuple[str, dict[str, Any]]]:
        return ((key, entry) for key, value in self._lists() if key in keys for entry in entries(value))

    def _page_of(self, url: str) -> str | None:
        """Return the IRI of the page, of any site of the release, at an address; ``None`` for other addresses."""
        if url and self._meanings.is_internal(url):
            return self._meanings.internal(self._page, url)
        return self._meanings.elsewhere(url) if url else None

    def _link(self, key: str, target: str | None, entry: Mapping[str, Any]) -> None:
        """Relate the page to the target, with the key of the list as the target's ``dct:type``."""
        say, registry = self._say, text_of(entry, "registry")
        if target is None:
            return
        say.iri(self._iri, DCT.relation, target)
        say.plain(target, DCT.type, key)
        say.prose(target, self._meanings.name_of(target), text_of(entry, "name"), self._language)
        say.prose(target, DCT.description, text_of(entry, "description"), self._language)
        if self._meanings.record(target) is None:
            say.a(target, FOAF.Document)
        if registry:
            portal = self._meanings.minter.thing(registry)
            say.iri(target, SCHEMA.isPartOf, portal)
            say.prose(portal, RDFS.label, registry, self._language)
            say.iri(portal, FOAF.page, web_address(text_of(entry, "registry_url")))

    def _main_resources(self) -> None:
        with self._at("ref_to_main_resources"):
            for tool in self._texts("ref_to_main_resources"):
                if tool in self._site.directory.tools:
                    self._say.iri(self._iri, DCT.references, self._meanings.minter.tool(tool))

    def _linked_data(self) -> None:
        for key, value in self._page.front.items():
            if is_linked_data(value):
                with self._at(key):
                    linked_data_to_rdf(self._say, value, f"{self._iri}/{key}")
        for group in INDICATORS:
            with self._at(group):
                for name in self._texts(group):
                    self._say.iri(self._iri, SCHEMA.mentions, self._meanings.linked_data.get(name))

    def _texts(self, key: str) -> list[str]:
        """Return the texts of a list without the comments of the page template."""
        return [text for text in self._page.texts(key) if not text.startswith("<!--")]

    def _names(self, key: str) -> list[str]:
        """Return the texts of a list that are more than an e-mail address, which must not become part of an IRI."""
        return [text for text in self._texts(key) if without_addresses(text)]
