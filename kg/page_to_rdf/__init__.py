"""Conversion of parsed pages and data files to RDF: one named graph for each page, data file and site, and one above.

``outline`` and ``topics`` arrange the blocks of a page, ``things`` resolves links to IRIs, ``ownership``, ``evidence``
and ``rules`` decide the role of each mention, ``mentions`` (cheat sheets) and ``guidance`` (other pages) yield the
mentions, and ``page_statements`` writes a page's graph. ``front_matter`` and ``data_files`` convert YAML, ``catalog``
describes the sites.
"""

from __future__ import annotations

from collections.abc import Sequence

from rdflib import Graph

from kg.identifiers.fairsharing import FairsharingCrosswalk
from kg.page import Page
from kg.page_to_rdf.catalog import knowledge_base_to_rdf, site_to_rdf
from kg.page_to_rdf.data_files import data_graphs, linked_data_names
from kg.page_to_rdf.page_statements import PageStatements
from kg.page_to_rdf.statements import Statements
from kg.page_to_rdf.things import Meanings
from kg.site import Site
from kg.site.addresses import Addresses, identifier
from kg.vocab import Minter

__all__ = ["PagesToRdf", "data_graphs", "page_iri", "site_graph", "top_graph"]


def page_iri(page: Page, site: Site) -> str:
    """Return the IRI of a page."""
    return Minter(site.key).page(identifier(page))


class PagesToRdf:
    """Converts the pages of one site to RDF, each to a named graph of its own."""

    def __init__(
        self,
        pages: Sequence[Page],
        site: Site,
        crosswalk: FairsharingCrosswalk,
        neighbours: Sequence[Addresses] = (),
    ) -> None:
        """Prepare the conversion.

        ``pages`` are all pages of the site and ``neighbours`` the addresses of the other sites of the release: links
        to pages of either are resolved to the IRIs of those pages.
        """
        addresses = Addresses(site, pages)
        self.addresses = (addresses, *neighbours)
        """Where links of the pages may lead to."""
        self._site = site
        self._meanings = Meanings(site, Minter(site.key), crosswalk, addresses, linked_data_names(site), neighbours)

    def statements(self, page: Page) -> Statements:
        """Return the statements of one page, with the source line of each statement that belongs to no mention."""
        return PageStatements(page, page_iri(page, self._site), self._site, self._meanings).write()

    def graph(self, page: Page) -> Graph:
        """Return the named graph of one page."""
        return self.statements(page).graph


def site_graph(pages: Sequence[Page], site: Site) -> Graph:
    """Return the named graph of the site's catalogue."""
    return site_to_rdf(site, [page_iri(page, site) for page in pages if site.is_cheat_sheet(page)]).graph


def top_graph(sites: Sequence[Site]) -> Graph:
    """Return the named graph of the catalogue that contains the catalogues of the sites."""
    return knowledge_base_to_rdf(sites).graph
