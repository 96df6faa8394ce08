"""The pages of each site by the sections that the site itself has."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass

from kg.errors import QueryTooLarge
from kg.query.rows import Row, text
from kg.search_index import OTHER_PAGES, section_of
from kg.vocab import DCT, PROV, RDM, SCHEMA
from server.pages.languages import foreign
from server.pages.rows import is_too_long, rows
from server.service import Service

_PAGES = f"""SELECT DISTINCT ?site ?page ?title ?type ?file ?is_sheet WHERE {{
  ?page a <{RDM.Page}> ; <{DCT.title}> ?title ; <{SCHEMA.isPartOf}> ?site .
  OPTIONAL {{ ?page <{DCT.type}> ?type }}
  BIND(EXISTS {{ ?page a <{RDM.CheatSheet}> }} AS ?is_sheet)
  # COALESCE and single steps, since Oxigraph looks up only what it knows to be bound.
  BIND(COALESCE(IRI(CONCAT(STR(?page), "#graph")), ?page) AS ?graph)
  OPTIONAL {{ ?graph <{PROV.wasDerivedFrom}> ?source }}
  BIND(COALESCE(?source, ?graph) AS ?has_path)
  OPTIONAL {{ ?has_path <{DCT.identifier}> ?file }}
}}"""


@dataclass(frozen=True, slots=True)
class SectionPage:
    """A page as a link."""

    iri: str
    title: str
    language: str | None
    """Language of a title that is not in English."""


@dataclass(frozen=True, slots=True)
class Section:
    """A section of a site."""

    title: str
    index: str
    """IRI of the page that has the section's title; empty where there is none."""
    pages: tuple[SectionPage, ...]
    """The other pages, by title."""
    language: str | None
    """Language of a title that is not in English, as far as the page that has it says so."""


_NO_PAGE = SectionPage("", "", None)


def sections(service: Service) -> Mapping[str, tuple[Section, ...]]:
    """Return the sections of each site by the site's IRI: those with most pages first, the other pages last.

    There are none where all sites together have too many pages to be listed.
    """
    if is_too_long(service, "rdm:Page"):
        return {}
    by_site = defaultdict[str, list[Row]](list)
    with suppress(QueryTooLarge):
        for row in sorted(rows(service, _PAGES), key=_place):
            by_site[text(row, "site")].append(row)
    return {site: _sections(listed) for site, listed in by_site.items()}


def _place(row: Row) -> tuple[str, str]:
    """Return what pages are sorted by, for which Oxigraph would compute it anew for each comparison."""
    return text(row, "title").lower(), text(row, "page")


def _sections(listed: Sequence[Row]) -> tuple[Section, ...]:
    pages = {text(row, "page"): _page(row) for row in listed}
    named = {text(row, "page"): section_of(text(row, "type"), text(row, "file"), _is_sheet(row)) for row in listed}
    indexes = {page.title.casefold(): page for page in pages.values()}
    index = {title: indexes.get(title.casefold(), _NO_PAGE) for title in named.values()}
    own = {page.iri for page in index.values()}
    members = defaultdict[str, list[SectionPage]](list)
    for iri, title in named.items():
        if iri not in own:
            members[title].append(pages[iri])
    made = [Section(title, index[title].iri, tuple(inside), index[title].language) for title, inside in members.items()]
    return tuple(sorted(made, key=lambda section: (section.title == OTHER_PAGES, -len(section.pages), section.title)))


def _page(row: Row) -> SectionPage:
    return SectionPage(text(row, "page"), text(row, "title"), foreign(row["title"].get("xml:lang", "")))


def _is_sheet(row: Row) -> bool:
    return text(row, "is_sheet") == "true"
