"""The DCAT catalogue in the graph: catalogues, datasets, distributions, services, and their publishers and contacts."""

from __future__ import annotations

from kg.errors import QueryTooLarge
from kg.query import TURTLE, Form
from kg.query.rows import with_prefixes
from kg.query.text import string_term
from kg.vocab import DESCRIPTION_GRAPH, XSD
from server.pages.answer import ask
from server.pages.rows import collect
from server.service import Service

_THINGS = "dcat:Catalog dcat:Dataset dcat:Distribution dcat:DataService"
_TO_OTHERS = (
    "dct:publisher|dcat:contactPoint|dct:license|dct:language|dcat:mediaType|dcat:theme|foaf:homepage|dcat:landingPage"
)
"""Properties whose values are described as well."""
_SAID = """rdf:type, dct:title, dct:description, dct:identifier, dct:issued, dct:modified, dct:publisher, dct:language,
  dct:license, dct:hasPart, dcat:contactPoint, dcat:theme, dcat:keyword, dcat:landingPage, dcat:distribution,
  dcat:dataset, dcat:catalog, dcat:service, dcat:accessURL, dcat:downloadURL, dcat:mediaType, dcat:endpointURL,
  dcat:servesDataset, foaf:homepage, foaf:name, vcard:fn, vcard:hasURL, skos:prefLabel, skos:inScheme,
  skos:exactMatch"""
"""Properties that are in the document."""
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
      VALUES ?class {{ {things} }} {{ ?s a ?class }} UNION {{ ?thing a ?class ; {to_others} ?s }}
    }} }}
    ?s ?p ?o FILTER(?p IN ({said}))
  }} UNION {{
    {{ ?catalog dcat:dataset|dcat:service ?listed }} UNION
    {{ GRAPH <{description}> {{ ?catalog dcat:dataset|dcat:service ?listed }} }}
    OPTIONAL {{ ?listed dct:modified ?own }}
    BIND({created} AS ?created) BIND(COALESCE(?own, ?created) AS ?changed)
    BIND(STR(?listed) AS ?id) BIND(STR(?catalog) AS ?catalog_id)
    BIND(IRI(CONCAT(?id, "#record")) AS ?record) BIND(IRI(CONCAT(?catalog_id, "#record")) AS ?above)
  }}
}}"""
"""Each dataset and service that a catalogue lists has a record of its entry, by which some harvesters find it."""


def turtle(service: Service) -> str:
    """Return what the graph says about catalogues and what they list, as Turtle.

    Raises:
        QueryTooLarge: when it is larger than the results that the server gives.
        QueryError: when the pool cannot answer.
    """
    created = f"{string_term(service.current.release.manifest['created'])}^^<{XSD.dateTime}>"
    query = _QUERY.format(
        things=_THINGS, to_others=_TO_OTHERS, said=_SAID, description=DESCRIPTION_GRAPH, created=created
    )
    reply = ask(service, with_prefixes(query), {Form.GRAPH: TURTLE, Form.BINDINGS: None, Form.BOOLEAN: None})
    body = collect(reply.chunks, service.settings.query_result)
    if body is None:
        raise QueryTooLarge("the catalogue is too large")
    return body.decode() + "\n"
