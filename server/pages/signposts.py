"""Typed links from the page of a thing to its IRI, data, types and parts (FAIR Signposting, level 2)."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from flask import request
from werkzeug.urls import iri_to_uri

from kg.query.rows import text
from kg.query.text import iri_term
from kg.vocab import DCAT, DCT, RDF, SCHEMA, SKOS
from server.http.negotiation import HTML, registered
from server.pages.addresses import address_in, page_of
from server.pages.formats import described_in
from server.pages.rows import rows
from server.pages.thing import ThingPage, contributing_people
from server.service import Service

LINKSET = registered("linkset", "Link set", "application/linkset+json", "linkset")
"""Format of link sets (RFC 9264, section 4.2)."""
_IN_HEADERS = 20
"""Largest number of items in a header: proxies refuse long headers, and the link set has all items."""
_BACK = {"describedby": "describes", "item": "collection"}
"""Relation of a page's link → relation of the link back."""
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
    """A typed link (RFC 8288); its string is the link in a ``Link`` header.

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
    """Return all links of a thing's page.

    Raises:
        QueryError: when the pool cannot answer.
    """
    described = [
        TypedLink("describedby", _absolute(address_in(thing.iri, fmt)), fmt.media_type)
        for fmt in described_in(service.settings)
    ]
    types = [each.iri for each in thing.values(RDF.type) if each.iri.startswith(SCHEMA.base)]
    people = [each.iri for each in (*thing.values(DCT.creator), *contributing_people(service, thing)) if each.iri]
    wholes = [each.iri for each in thing.values(SCHEMA.isPartOf, DCT.isPartOf) if each.iri]
    return [
        TypedLink("cite-as", thing.iri),
        *described,
        *(TypedLink("type", iri) for iri in [f"{SCHEMA.base}AboutPage", *types]),
        *(TypedLink("license", iri) for iri in licences_of(service, thing)),
        *(TypedLink("author", iri) for iri in people),
        *(TypedLink("item", iri) for iri in _items(service, thing)),
        *(TypedLink("collection", iri) for iri in wholes),
        _to_linkset(thing.iri),
    ]


def description_links(iri: str) -> list[TypedLink]:
    """Return the links of a thing's description in any format."""
    return [
        TypedLink("describes", _absolute(page_of(iri)), HTML.media_type),
        TypedLink("cite-as", iri),
        _to_linkset(iri),
    ]


def header(links: Sequence[TypedLink]) -> str:
    """Return the value of a ``Link`` header, without items if there are more than :data:`_IN_HEADERS`."""
    many = sum(link.relation == "item" for link in links) > _IN_HEADERS
    return ", ".join(str(link) for link in links if not (many and link.relation == "item"))


def linkset(iri: str, links: Iterable[TypedLink]) -> dict[str, object]:
    """Return the link set of a thing (RFC 9264): links from its page, and back from its descriptions and items.

    The page's link to the link set itself is left out.
    """
    page = _absolute(page_of(iri))
    here = [link for link in links if link.relation != LINKSET.name]
    ways_back = ((link.target, _BACK[link.relation]) for link in here if link.relation in _BACK)
    back = [context(target, [TypedLink(relation, page, HTML.media_type)]) for target, relation in ways_back]
    return {"linkset": [context(page, here), *back]}


def context(anchor: str, links: Iterable[TypedLink]) -> dict[str, object]:
    """Return the links of one resource in a link set (RFC 9264, section 4.2)."""
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
    """Return the files of a thing that are published, or the things that a catalogue lists."""
    if not thing.values(*_PARTS):
        return []
    return [text(row, "item") for row in rows(service, _ITEMS.format(term=iri_term(thing.iri)))]


def licences_of(service: Service, thing: ThingPage) -> list[str]:
    """Return the licence of a thing, else of its whole, by the address of the licence if it is known.

    Raises:
        QueryError: when the pool cannot answer.
    """
    query = _LICENCES.format(term=iri_term(thing.iri), match=SKOS.exactMatch)
    return [text(row, "own") for row in rows(service, query)]
