"""Typed links that tell a program what a page is of and where its data are, unread (FAIR Signposting, level 2)."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from flask import request
from werkzeug.urls import iri_to_uri

from kg.query import GRAPH_FORMATS, Format
from kg.query.rows import text
from kg.query.text import iri_term
from kg.vocab import DCAT, DCT, RDF, SCHEMA, SKOS
from server.pages.addresses import address_in, page_of
from server.pages.rows import rows
from server.pages.thing import ThingPage
from server.service import Service

LINKSET = Format("linkset", "application/linkset+json", "linkset")
"""What holds all links (RFC 9264, section 4.2)."""
_HTML = "text/html"
_IN_HEADERS = 20
"""Items that a header names; proxies refuse headers without end, and the link set names all."""
_BACK = {"describedby": "describes", "item": "collection"}
"""A link of a page → that which leads back to the page."""
_PARTS = (DCAT.distribution, DCAT.dataset, DCAT.catalog)
_ITEMS = """SELECT DISTINCT ?item {{
  {{ {term} dcat:distribution/(dcat:downloadURL|dcat:accessURL) ?item }}
  UNION {{ {term} dcat:dataset|dcat:catalog ?item }}
  FILTER(ISIRI(?item) && ?item != {term})
}} ORDER BY ?item LIMIT 10000"""
_LICENCES = """SELECT DISTINCT ?own {{
  {term} dct:license|(schema:isPartOf/dct:license) ?licence
  OPTIONAL {{ ?licence <{match}> ?its }}
  BIND(COALESCE(?its, ?licence) AS ?own) FILTER(ISIRI(?own))
}} ORDER BY ?own LIMIT 1"""


@dataclass(frozen=True, slots=True)
class TypedLink:
    """A typed link (RFC 8288), as a header has it when it is made a string.

    >>> str(TypedLink("describedby", "https://example.org/ø.ttl", "text/turtle"))
    '<https://example.org/%C3%B8.ttl>; rel="describedby"; type="text/turtle"'
    """

    relation: str
    target: str
    media_type: str = ""

    def __str__(self) -> str:
        media_type = f'; type="{self.media_type}"' if self.media_type else ""
        return f'<{iri_to_uri(self.target)}>; rel="{self.relation}"{media_type}'


def landing_links(service: Service, thing: ThingPage) -> list[TypedLink]:
    """All links of a thing's page; raises what the pool raises."""
    described = [
        TypedLink("describedby", _absolute(address_in(thing.iri, fmt)), fmt.media_type) for fmt in GRAPH_FORMATS
    ]
    types = [each.iri for each in thing.values(RDF.type) if each.iri.startswith(SCHEMA.base)]
    people = [each.iri for each in thing.values(DCT.creator, DCT.contributor) if each.iri]
    wholes = [each.iri for each in thing.values(SCHEMA.isPartOf, DCT.isPartOf) if each.iri]
    return [
        TypedLink("cite-as", thing.iri),
        *described,
        *(TypedLink("type", iri) for iri in [f"{SCHEMA.base}AboutPage", *types]),
        *(TypedLink("license", iri) for iri in _licences(service, thing)),
        *(TypedLink("author", iri) for iri in people),
        *(TypedLink("item", iri) for iri in _items(service, thing)),
        *(TypedLink("collection", iri) for iri in wholes),
        _to_linkset(thing.iri),
    ]


def description_links(iri: str) -> list[TypedLink]:
    """The links of a description of a thing in any format."""
    return [TypedLink("describes", _absolute(page_of(iri)), _HTML), TypedLink("cite-as", iri), _to_linkset(iri)]


def header(links: Sequence[TypedLink]) -> str:
    """The value of a ``Link`` header; where there are very many items, they are left to the link set."""
    many = sum(link.relation == "item" for link in links) > _IN_HEADERS
    return ", ".join(str(link) for link in links if not (many and link.relation == "item"))


def linkset(iri: str, links: Iterable[TypedLink]) -> dict[str, object]:
    """The links of a thing's page, of its descriptions and of its items, each with where it starts (RFC 9264).

    Of the page's links, that to the link set itself is left out.
    """
    page = _absolute(page_of(iri))
    here = [link for link in links if link.relation != LINKSET.name]
    ways_back = ((link.target, _BACK[link.relation]) for link in here if link.relation in _BACK)
    back = [_context(target, [TypedLink(relation, page, _HTML)]) for target, relation in ways_back]
    return {"linkset": [_context(page, here), *back]}


def _context(anchor: str, links: Iterable[TypedLink]) -> dict[str, object]:
    targets = defaultdict[str, list[dict[str, str]]](list)
    for link in links:
        about = {"href": iri_to_uri(link.target), "type": link.media_type}
        targets[link.relation].append({name: value for name, value in about.items() if value})
    return {"anchor": iri_to_uri(anchor), **targets}


def _absolute(address: str) -> str:
    return request.host_url.rstrip("/") + address


def _to_linkset(iri: str) -> TypedLink:
    return TypedLink(LINKSET.name, _absolute(address_in(iri, LINKSET)), LINKSET.media_type)


def _items(service: Service, thing: ThingPage) -> list[str]:
    """What it consists of: its files where they are published, or what a catalogue lists."""
    if not thing.values(*_PARTS):
        return []
    return [text(row, "item") for row in rows(service, _ITEMS.format(term=iri_term(thing.iri)))]


def _licences(service: Service, thing: ThingPage) -> list[str]:
    """The thing's own licence, else that of what it is a part of, by the licence's own address where it is known."""
    query = _LICENCES.format(term=iri_term(thing.iri), match=SKOS.exactMatch)
    return [text(row, "own") for row in rows(service, query)]
