"""From pages to statements: one named graph for each page and data file, one for each site, one for all.

``outline`` finds where each block stands, ``openness`` and ``roles`` what the page says of each link, ``things`` what
is meant, ``mentions`` puts them together, ``sheets`` and ``catalog`` write it down; ``front_matter`` and ``data_files``
say what stands in YAML.
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
    """The IRI of a page."""
    return Minter(site.key).page(identifier(page))


class PagesToRdf:
    """Describes the pages of one site, each in a named graph of its own."""

    def __init__(
        self,
        pages: Sequence[Page],
        site: Site,
        crosswalk: FairsharingCrosswalk,
        neighbours: Sequence[Addresses] = (),
    ) -> None:
        """``pages`` are all of the site's; links to them and to the neighbours' pages become edges."""
        addresses = Addresses(site, pages)
        self._site = site
        self._meanings = Meanings(site, Minter(site.key), crosswalk, addresses, linked_data_names(site), neighbours)

    def statements(self, page: Page) -> Statements:
        """What one page says, with the lines of what no mention tells the line of."""
        return PageStatements(page, page_iri(page, self._site), self._site, self._meanings).write()

    def graph(self, page: Page) -> Graph:
        """What one page says."""
        return self.statements(page).graph


def site_graph(pages: Sequence[Page], site: Site) -> Graph:
    """The named graph of the site's catalogue."""
    return site_to_rdf(site, [page_iri(page, site) for page in pages if site.is_cheat_sheet(page)]).graph


def top_graph(sites: Sequence[Site]) -> Graph:
    """The named graph of the catalogue above the sites."""
    return knowledge_base_to_rdf(sites).graph
