"""The pages of each site by the sections that the site itself has."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import PurePosixPath

from kg.query.rows import Row, text
from kg.vocab import DCT, PROV, RDM, SCHEMA
from server.pages.rows import rows
from server.service import Service

OTHER = "Other pages"
"""Section of the pages that have no type and stand in no folder of their own."""
_CHEAT_SHEETS = "Cheat sheets"
_PAGES = f"""SELECT DISTINCT ?site ?page ?title ?type ?file ?is_sheet WHERE {{
  ?page a <{RDM.Page}> ; <{DCT.title}> ?title ; <{SCHEMA.isPartOf}> ?site .
  OPTIONAL {{ ?page <{DCT.type}> ?type }}
  BIND(EXISTS {{ ?page a <{RDM.CheatSheet}> }} AS ?is_sheet)
  BIND(IRI(CONCAT(STR(?page), "#graph")) AS ?graph)
  OPTIONAL {{ ?graph <{PROV.wasDerivedFrom}>/<{DCT.identifier}> ?file }}
}} ORDER BY LCASE(STR(?title)) ?page"""


@dataclass(frozen=True, slots=True)
class SectionPage:
    """A page as a link."""

    iri: str
    title: str


@dataclass(frozen=True, slots=True)
class Section:
    """A section of a site."""

    title: str
    index: str
    """IRI of the page that has the section's title; empty where there is none."""
    pages: tuple[SectionPage, ...]
    """The other pages, by title."""


def sections(service: Service) -> Mapping[str, tuple[Section, ...]]:
    """Return the sections of each site by the site's IRI: those with most pages first, :data:`OTHER` last."""
    by_site = defaultdict[str, list[Row]](list)
    for row in rows(service, _PAGES):
        by_site[text(row, "site")].append(row)
    return {site: _sections(listed) for site, listed in by_site.items()}


def _sections(listed: Sequence[Row]) -> tuple[Section, ...]:
    pages = {text(row, "page"): SectionPage(text(row, "page"), text(row, "title")) for row in listed}
    named = {text(row, "page"): section_of(text(row, "type"), text(row, "file"), _is_sheet(row)) for row in listed}
    indexes = {page.title.casefold(): page.iri for page in pages.values()}
    index = {title: indexes.get(title.casefold(), "") for title in named.values()}
    members = defaultdict[str, list[SectionPage]](list)
    for iri, title in named.items():
        if iri not in index.values():
            members[title].append(pages[iri])
    made = [Section(title, index[title], tuple(inside)) for title, inside in members.items()]
    return tuple(sorted(made, key=lambda section: (section.title == OTHER, -len(section.pages), section.title)))


def section_of(kind: str, file: str, is_sheet: bool) -> str:
    """Return the section of a page in words, from its type or else the folder of its file.

    >>> section_of("Your_domain", "pages/a.md", False), section_of("", "pages/your_tasks/a.md", False)
    ('Your domain', 'Your tasks')
    >>> section_of("", "pages/about.md", False), section_of("cheat_sheet", "a.md", True)
    ('Other pages', 'Cheat sheets')
    """
    if is_sheet:
        return _CHEAT_SHEETS
    folder = PurePosixPath(file).parent.name
    words = (kind or ("" if folder == "pages" else folder)).replace("_", " ").replace("-", " ").strip()
    return words[:1].upper() + words[1:] or OTHER


def _is_sheet(row: Row) -> bool:
    return text(row, "is_sheet") == "true"
