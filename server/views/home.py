"""``/``: the start page."""

from __future__ import annotations

from dataclasses import dataclass
from functools import partial
from typing import Any

from flask import Blueprint, Response

from kg.identifiers.licences import licence_name
from kg.query import FORMATS, Form
from kg.query.rows import text, values
from kg.vocab import BASE, ELI, RDM
from server.http.negotiation import HTML
from server.pages.about import catalogue_about
from server.pages.audiences import by_audience
from server.pages.description import document, respond_with
from server.pages.drafts import pages_kept_out
from server.pages.finding import is_indexed
from server.pages.formats import requested_format
from server.pages.languages import languages
from server.pages.rendering import linked, render
from server.pages.rows import rows
from server.pages.sections import Section, sections
from server.service import Service
from server.views.dumps import dump_items, dumps

_COUNTED = {
    RDM.CheatSheet: ("cheat sheets", "cheat-sheet"),
    RDM.GuidancePage: ("guidance pages", "guidance-page"),
    RDM.DataFormat: ("data formats", "data-format"),
    RDM.Terminology: ("terminologies", "terminology"),
    RDM.Repository: ("repositories", "repository"),
    RDM.Service: ("services", "service"),
    RDM.Tool: ("tools", "tool"),
    ELI.LegalResource: ("laws", "law"),
}
"""Class → label of the number of its instances, and their kind in the list of things."""
PAGE_KINDS = ("cheat-sheet", "guidance-page", "page")
"""Kinds of a site's pages in the list of things."""
_SITES = """SELECT ?site (MIN(STR(?its)) AS ?licence) WHERE {
  ?site a dcat:Catalog .
  OPTIONAL { ?site dct:license ?named OPTIONAL { ?named skos:exactMatch ?other }
    BIND(COALESCE(?other, ?named) AS ?its) }
} GROUP BY ?site"""
_MOST = 60
"""Maximum number of listed pages of a section."""
_QUERY = f"""PREFIX rdm: <{RDM.base}>
SELECT ?sheet ?format {{ ?sheet rdm:recommendsFormat ?format }}"""
"""Query of the example programs; it must be valid in a string literal of each of their languages."""


@dataclass(frozen=True, slots=True)
class Count:
    """Number of instances of a class."""

    what: str
    kind: str
    """Kind of the instances in the list of things."""
    number: str


@dataclass(frozen=True, slots=True)
class SiteSummary:
    """A source site of the graph."""

    key: str
    iri: str
    """IRI; empty if the graph has no statements about the site."""
    title: str
    pages: int
    licence: str
    """URL of the licence; empty if the site states none."""
    sections: tuple[Section, ...] = ()
    language: str | None = None
    """Language of a title that is not in English."""

    @property
    def licence_name(self) -> str:
        """Common name of the licence, else its URL.

        >>> SiteSummary("", "", "", 1, "https://creativecommons.org/licenses/by-sa/4.0/").licence_name
        'CC BY-SA 4.0'
        """
        return licence_name(self.licence) or self.licence


def blueprint(service: Service) -> Blueprint:
    """Return the route ``/``."""
    routes = Blueprint("home", __name__)
    routes.add_url_rule("/", "home", partial(home, service))
    return routes


def home(service: Service) -> Response:
    """Return the start page: counts, the pages of each site, questions, example programs, dumps and citation.

    To a client that prefers RDF, return the description of the release and the service.

    Raises:
        Problem: when no format is acceptable (400 or 406).
        QueryError: when the pool cannot answer.
    """
    wanted = requested_format((HTML, *FORMATS[Form.GRAPH]))
    release = service.current.release
    about = catalogue_about(service, dump_items(release))
    if wanted is not HTML:
        return linked(respond_with(document(service), wanted), about)
    return render(
        "home.html",
        about,
        release=release,
        counts=_counts(service),
        sites=_sites(service, release.manifest["sites"]),
        kept_out=pages_kept_out(service),
        page_kinds=PAGE_KINDS,
        is_indexed=is_indexed(service),
        most=_MOST,
        groups=by_audience(),
        query=_QUERY,
        dumps=dumps(release).values(),
    )


def _counts(service: Service) -> list[Count]:
    query = f"SELECT ?class (COUNT(?thing) AS ?n) {{ {values('class', _COUNTED)} ?thing a ?class }} GROUP BY ?class"
    found = {text(row, "class"): text(row, "n") for row in rows(service, query)}
    return [Count(*words, found[cls]) for cls, words in _COUNTED.items() if cls in found]


def _sites(service: Service, listed: list[dict[str, Any]]) -> list[SiteSummary]:
    known, inside = {text(row, "site"): row for row in rows(service, _SITES)}, sections(service)
    titles = {BASE + site["key"]: site["title"] for site in listed}
    spoken = languages(service, titles)
    return [
        SiteSummary(
            key=site["key"],
            iri=iri if iri in known else "",
            title=site["title"],
            pages=site["pages"],
            licence=text(known.get(iri, {}), "licence"),
            sections=inside.get(iri, ()),
            language=spoken.get(iri),
        )
        for iri, site in zip(titles, listed, strict=True)
    ]
