"""``/``: the start page."""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import partial
from typing import Any

from flask import Blueprint, render_template

from kg.query import Query, canned
from kg.query.rows import Row, text
from kg.vocab import BASE, DCT, RDM
from server.pages.rows import rows
from server.pages.table import Table, table
from server.service import Service
from server.views.dumps import dumps

_COUNTED = {
    "CheatSheet": "cheat sheets",
    "DataFormat": "data formats",
    "Terminology": "terminologies",
    "Repository": "repositories",
    "Service": "services",
    "Tool": "tools",
    "Mention": "links and names",
}
"""Name of a class of our ontology → label of the number of its instances."""
_SHEETS = f"""SELECT ?sheet ?title ?description ?site WHERE {{
  ?sheet a <{RDM.CheatSheet}> ; <{DCT.title}> ?title .
  OPTIONAL {{ ?sheet <{DCT.description}> ?description }} OPTIONAL {{ ?sheet schema:isPartOf/<{DCT.title}> ?site }}
}} ORDER BY ?title ?sheet LIMIT 60"""
_SITES = f"""SELECT ?site (COUNT(DISTINCT ?sheet) AS ?sheets) (MIN(STR(?its)) AS ?licence) WHERE {{
  ?site a dcat:Catalog .
  OPTIONAL {{ ?sheet schema:isPartOf ?site ; a <{RDM.CheatSheet}> }}
  OPTIONAL {{ ?site dct:license ?named OPTIONAL {{ ?named skos:exactMatch ?other }}
    BIND(COALESCE(?other, ?named) AS ?its) }}
}} GROUP BY ?site"""
_CREATIVE_COMMONS = re.compile(r"https?://creativecommons\.org/licenses/([a-z-]+)/([\d.]+)")
_EXAMPLE = "where-to-deposit"
"""Name of the question whose answer is shown."""
_QUERY = f"""PREFIX rdm: <{RDM.base}>
SELECT ?sheet ?format {{ ?sheet rdm:recommendsFormat ?format }}"""
"""Query of the example programs; it must be valid in a string literal of each of their languages."""


@dataclass(frozen=True, slots=True)
class Count:
    """Number of instances of a class."""

    what: str
    number: str


@dataclass(frozen=True, slots=True)
class SiteSummary:
    """A source site of the graph."""

    iri: str
    """IRI; empty if the graph has no statements about the site."""
    title: str
    pages: int
    sheets: str
    licence: str
    """URL of the licence; empty if the site states none."""

    @property
    def licence_name(self) -> str:
        """Common name of a Creative Commons licence, else its URL.

        >>> SiteSummary("", "", 1, "1", "https://creativecommons.org/licenses/by-sa/4.0/").licence_name
        'CC BY-SA 4.0'
        """
        found = _CREATIVE_COMMONS.match(self.licence)
        return f"CC {found[1].upper()} {found[2]}" if found else self.licence


def blueprint(service: Service) -> Blueprint:
    """Return the route ``/``."""
    routes = Blueprint("home", __name__)
    routes.add_url_rule("/", "home", partial(home, service))
    return routes


def home(service: Service) -> str:
    """Return the start page: sites, counts, sheets, questions, example programs, dumps and citation.

    Raises:
        QueryError: when the pool cannot answer.
    """
    release = service.current.release
    return render_template(
        "home.html",
        release=release,
        counts=_counts(service),
        sites=_sites(service, release.manifest["sites"]),
        sheets=rows(service, _SHEETS),
        text=text,
        questions=canned.load_all().values(),
        example=_example(service),
        query=_QUERY,
        dumps=dumps(release).values(),
    )


def _counts(service: Service) -> list[Count]:
    classes = " ".join(f"<{RDM[name]}>" for name in _COUNTED)
    query = f"SELECT ?class (COUNT(?thing) AS ?n) {{ VALUES ?class {{ {classes} }} ?thing a ?class }} GROUP BY ?class"
    found = {text(row, "class").removeprefix(RDM.base): text(row, "n") for row in rows(service, query)}
    return [Count(what, found[name]) for name, what in _COUNTED.items() if name in found]


def _sites(service: Service, listed: list[dict[str, Any]]) -> list[SiteSummary]:
    known = {text(row, "site"): row for row in rows(service, _SITES)}
    return [_site(site, known.get(f"{BASE}{site['key']}", {})) for site in listed]


def _site(listed: dict[str, Any], row: Row) -> SiteSummary:
    return SiteSummary(text(row, "site"), listed["title"], listed["pages"], text(row, "sheets"), text(row, "licence"))


def _example(service: Service) -> Table:
    question = canned.load(_EXAMPLE)
    return table(service, Query(question.fill(**{each.name: each.example for each in question.parameters})))
