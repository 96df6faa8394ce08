"""The DCAT catalogue in the graph, in pages: catalogues, datasets, distributions, services, publishers and contacts."""

from __future__ import annotations

from dataclasses import dataclass
from math import ceil

from flask import request, url_for

from kg.errors import QueryTooLarge, UnknownName
from kg.query import TURTLE, Form
from kg.query.rows import text, values, with_prefixes
from kg.query.text import string_term
from kg.vocab import DESCRIPTION_GRAPH, HYDRA, XSD
from server.pages.answer import ask
from server.pages.rows import collect, rows
from server.service import Service

_SIZE = 200
"""Largest number of catalogues, datasets and services on a page, each with all that is said of it."""
_ITEMS = "VALUES ?class { dcat:Catalog dcat:Dataset dcat:DataService } ?item a ?class"
_TO_OTHERS = (
    "dct:publisher|dcat:contactPoint|dct:license|dct:language|dcat:mediaType|dcat:theme|foaf:homepage|dcat:landingPage"
)
"""Properties whose values are described as well."""
_SAID = """rdf:type, dct:title, dct:description, dct:identifier, dct:issued, dct:modified, dct:publisher, dct:language,
  dct:license, dct:hasPart, dcat:contactPoint, dcat:theme, dcat:keyword, dcat:landingPage, dcat:distribution,
  dcat:catalog, dcat:service, dcat:accessURL, dcat:downloadURL, dcat:mediaType, dcat:endpointURL, foaf:homepage,
  foaf:name, vcard:fn, vcard:hasURL, skos:prefLabel, skos:inScheme, skos:exactMatch"""
"""Properties that are in the document, besides those that lead to a dataset, which are on its page."""
_QUERY = """CONSTRUCT {{
  ?s ?p ?o .
  ?catalog dcat:record ?record .
  ?listed a dcat:Resource . ?catalog a dcat:Resource .
  ?record a dcat:CatalogRecord ; foaf:primaryTopic ?listed ; dct:identifier ?id ; dct:modified ?changed ;
    dct:isPartOf ?above .
  ?above a dcat:CatalogRecord ; foaf:primaryTopic ?catalog ; dct:identifier ?catalog_id ; dct:modified ?created .
}} WHERE {{
  {{
    {{ SELECT DISTINCT ?s {{
      {{ {s} ?s a ?class }} UNION
      {{ {item} ?item dcat:distribution|^dcat:dataset ?s }} UNION
      {{ {item} ?item {to_others} ?s }} UNION
      {{ {item} ?item dcat:distribution|^dcat:dataset ?part . ?part {to_others} ?s }}
    }} }}
    ?s ?p ?o FILTER(?p IN ({said}))
  }} UNION {{
    {o} ?s ?p ?o FILTER(?p IN (dcat:dataset, dcat:servesDataset))
  }} UNION {{
    {{ {listed} ?catalog dcat:dataset ?listed }} UNION
    {{ {catalog} ?catalog dcat:service ?listed }} UNION
    {{ GRAPH <{description}> {{ ?catalog dcat:dataset|dcat:service ?listed }} FILTER({is_first}) }}
    OPTIONAL {{ ?listed dct:modified ?own }}
    BIND({created} AS ?created) BIND(COALESCE(?own, ?created) AS ?changed)
    BIND(STR(?listed) AS ?id) BIND(STR(?catalog) AS ?catalog_id)
    BIND(IRI(CONCAT(?id, "#record")) AS ?record) BIND(IRI(CONCAT(?catalog_id, "#record")) AS ?above)
  }}
}}"""
"""Each dataset and service that a catalogue lists has a record of its entry, by which some harvesters find it."""


@dataclass(frozen=True, slots=True)
class CataloguePage:
    """A page of the catalogue."""

    number: int
    """From 1."""
    pages: int
    total: int
    """Number of catalogues, datasets and services on all pages."""
    items: tuple[str, ...]
    """IRIs of those on this page."""

    @property
    def is_first(self) -> bool:
        """True if it is the page that describes the release and the service."""
        return self.number == 1


def page(service: Service, number: int) -> CataloguePage:
    """Return a page of the catalogue; without a server the first one has all.

    Raises:
        UnknownName: when there is no page with this number.
        QueryError: when the pool cannot answer.
    """
    (counted,) = rows(service, f"SELECT (COUNT(DISTINCT ?item) AS ?n) {{ {_ITEMS} }}")
    total = int(text(counted, "n"))
    size = total if service.settings.without_server else _SIZE
    pages = max(1, ceil(total / size)) if size else 1
    if number > pages:
        raise UnknownName(f"the catalogue has no page {number}; its last page is {pages}")
    listed = f"SELECT DISTINCT ?item {{ {_ITEMS} }} ORDER BY ?item LIMIT {size} OFFSET {(number - 1) * size}"
    return CataloguePage(number, pages, total, tuple(text(row, "item") for row in rows(service, listed)))


def turtle(service: Service, shown: CataloguePage) -> str:
    """Return what the graph says about what is on a page, and where the other pages are, as Turtle.

    Raises:
        QueryTooLarge: when it is larger than the results that the server gives.
        QueryError: when the pool cannot answer.
    """
    created = f"{string_term(service.current.release.manifest['created'])}^^<{XSD.dateTime}>"
    query = _QUERY.format(
        **{name: values(name, shown.items) for name in ("s", "item", "o", "listed", "catalog")},
        to_others=_TO_OTHERS,
        said=_SAID,
        description=DESCRIPTION_GRAPH,
        is_first=str(shown.is_first).lower(),
        created=created,
    )
    reply = ask(service, with_prefixes(query), {Form.GRAPH: TURTLE, Form.BINDINGS: None, Form.BOOLEAN: None})
    body = collect(reply.chunks, service.settings.query_result)
    if body is None:
        raise QueryTooLarge("the catalogue is too large")
    return f"{body.decode()}\n{_view(shown) if shown.pages > 1 else ''}"


def _view(shown: CataloguePage) -> str:
    """Return the addresses of the pages as Turtle (Hydra Core Vocabulary, section 5)."""
    at, last = shown.number, shown.pages
    pages = {HYDRA.first: 1, HYDRA.last: last, HYDRA.previous: at - 1, HYDRA.next: at + 1}
    links = "".join(f" ; <{name}> {_address(to)}" for name, to in pages.items() if 1 <= to <= last)
    collection = f"<{url_for('catalog.catalog', _external=True)}>"
    return (
        f"{collection} a <{HYDRA.Collection}> ; <{HYDRA.totalItems}> {shown.total} ; <{HYDRA.view}> {_address(at)} .\n"
        f"{_address(at)} a <{HYDRA.PartialCollectionView}>{links} .\n"
    )


def _address(number: int) -> str:
    """Return the address of a page in the format of the present request, as a term."""
    given = {**(request.view_args or {}), "page": number, "format": request.args.get("format")}
    return f"<{url_for(request.endpoint or '', _external=True, **given)}>"
