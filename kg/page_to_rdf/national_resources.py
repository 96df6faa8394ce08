"""Resources described in a page's front matter, such as a country's own instances of tools."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping
from typing import Any

from kg.identifiers.countries import country
from kg.iri import whole_web_address
from kg.page import Page
from kg.page_to_rdf.registry_links import RegistryLinks
from kg.page_to_rdf.statements import Statements, without_addresses
from kg.page_to_rdf.things import Meanings, document
from kg.page_to_rdf.values import entries, links, plain_text, related_pages
from kg.site.data_files import text_of
from kg.site.tools import registry_values
from kg.vocab import DCT, PROV, RDFS, RDM, SCHEMA, slug


class NationalResources:
    """Converts lists of resources to statements of the page's graph; the IRIs of resources are local to the page."""

    def __init__(self, say: Statements, page: Page, iri: str, meanings: Meanings) -> None:
        self._say, self._page, self._iri, self._meanings = say, page, iri, meanings
        self._language = meanings.language(page)
        self._names = Counter[str]()

    def write(self, value: Any) -> None:
        """Write every entry of the list that has a name."""
        named = [entry for entry in entries(value) if without_addresses(text_of(entry, "name"))]
        registry = RegistryLinks(self._meanings.crosswalk, map(registry_values, named))
        for entry in named:
            iri = self._mint(text_of(entry, "id") or text_of(entry, "name"))
            self._resource(iri, entry)
            self._relations(iri, entry)
            registry.say(self._say, iri, text_of(entry, "name"), registry_values(entry))

    def _mint(self, name: str) -> str:
        """Return a new IRI for a resource; entries with the same name are numbered."""
        name = slug(name)
        self._names[name] += 1
        ordinal = f"-{self._names[name]}" if self._names[name] > 1 else ""
        return f"{self._iri}#resource-{name}{ordinal}"

    def _resource(self, iri: str, entry: Mapping[str, Any]) -> None:
        say = self._say
        say.a(iri, RDM.Service, SCHEMA.Service)
        say.iri(self._iri, SCHEMA.mentions, iri)
        say.plain(iri, DCT.identifier, text_of(entry, "id"))
        say.prose(iri, DCT.title, text_of(entry, "name"), self._language)
        say.prose(iri, DCT.description, plain_text(text_of(entry, "description")), self._language)
        say.iri(iri, SCHEMA.url, whole_web_address(text_of(entry, "url")))
        say.iri(iri, DCT.spatial, country(self._page.text("country_code")))
        if access := text_of(entry, "how_to_access"):
            say.iri(iri, DCT.accessRights, f"{iri}-access")
            say.a(f"{iri}-access", DCT.RightsStatement)
            say.prose(f"{iri}-access", RDFS.label, plain_text(access), self._language)

    def _relations(self, iri: str, entry: Mapping[str, Any]) -> None:
        """Relate a resource to its tool, to related pages, and to the targets of the links in its texts."""
        tool = text_of(entry, "instance_of")
        if tool in self._meanings.site.directory.tools:
            self._say.iri(iri, PROV.specializationOf, self._meanings.minter.tool(tool))
        for page_id in related_pages(entry.get("related_pages")):
            self._say.iri(iri, DCT.relation, self._meanings.related(page_id))
        for key in ("description", "how_to_access"):
            for href in links(text_of(entry, key)):
                internal = self._meanings.internal(self._page, href) if self._meanings.is_internal(href) else None
                self._say.iri(iri, DCT.references, internal or self._meanings.record(href) or document(href))
