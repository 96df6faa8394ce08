"""From pages to statements: one named graph for each page, one for each site, one for all.

``outline`` finds where each block stands, ``openness`` and ``roles`` what the page says of each link, ``things`` what
is meant, ``mentions`` puts them together, ``sheets`` and ``catalog`` write it down.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from rdflib import Graph

from kg.identifiers.fairsharing import FairsharingCrosswalk
from kg.page import Page
from kg.page_to_rdf.catalog import knowledge_base_to_rdf, site_to_rdf
from kg.page_to_rdf.sheets import PageStatements
from kg.page_to_rdf.things import Meanings, identifier
from kg.site import Site
from kg.vocab import Minter

__all__ = ["page_graphs", "page_iri", "site_graph", "top_graph"]


def page_iri(page: Page, site: Site) -> str:
    """The IRI of a page."""
    return Minter(site.key).page(identifier(page))


def page_graphs(pages: Sequence[Page], site: Site, crosswalk: FairsharingCrosswalk) -> Iterator[tuple[Page, Graph]]:
    """Each page of a site with its named graph; links between the pages become edges."""
    meanings = Meanings(site, Minter(site.key), crosswalk, _addresses(pages, site))
    for page in pages:
        yield page, PageStatements(page, page_iri(page, site), site, meanings).write().graph


def site_graph(pages: Sequence[Page], site: Site) -> Graph:
    """The named graph of the site's catalogue."""
    return site_to_rdf(site, [page_iri(page, site) for page in pages if site.is_cheat_sheet(page.text("type"))]).graph


def top_graph(sites: Sequence[Site]) -> Graph:
    """The named graph of the catalogue above the sites."""
    return knowledge_base_to_rdf(sites).graph


def _addresses(pages: Sequence[Page], site: Site) -> dict[str, str]:
    """Every way to write a page's address, without slashes around it: page_id, permalink, path, file name."""
    found: dict[str, str] = {}
    for page in pages:
        iri, path = page_iri(page, site), page.path.rpartition(".")[0]
        url = site.page_url(page.path, page.front).removeprefix(site.url).strip("/").removesuffix(".html")
        for address in (page.text("page_id"), url, path, path.rpartition("/")[2]):
            if address:
                found.setdefault(address, iri)
    return found
