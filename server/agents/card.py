"""The tool ``schema``: a card of the classes and properties of the graph, and of what is easily got wrong."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from kg.errors import UnknownName
from kg.query.rows import Row, rows, text
from kg.query.text import iri_term
from kg.vocab import PREFIXES, RDM, expanded_name, prefixed_name
from server.agents.compact import Cell, table
from server.workers.asking import PoolStore

PITFALLS = """
Direct properties (rdm:recommendsFormat and others below rdm:recommends) have no line. For the line and the reason take
the mention: ?page rdm:hasRecommendation ?m . ?m rdm:target ?thing ; rdm:role ?role ; rdm:sourceLine ?line .

Ask for rdm:AdvicePage to get cheat sheets and guidance pages; rdm:Page has also pages that recommend nothing.

Names have language tags: compare STR(?title), or LCASE(STR(?title)), not the literal.

A name is dct:title, skos:prefLabel, foaf:name or rdfs:label, by the kind of thing.

A thing that a site lists has an IRI of that site; rdfs:seeAlso leads to its record in FAIRsharing, and skos:exactMatch
or skos:closeMatch to the same thing of another site.

The default graph is the union of all named graphs: with GRAPH ?g a statement is found once for each graph.

Ids of pages (dct:identifier) are unique within a site only; ?page schema:isPartOf ?site tells the sites apart.

Inferred statements are in the graph, so paths over rdfs:subClassOf are not needed.
"""
"""Common mistakes in queries over this graph."""
_OF_LANGUAGES = "owl rdf rdfs sd void"
"""Prefixes of vocabularies that describe data and ontologies, not research data."""
_FILTER = " ".join(f"FILTER(!STRSTARTS(STR(?term), STR({prefix}:)))" for prefix in _OF_LANGUAGES.split())
_CLASSES = f"SELECT ?term (COUNT(?s) AS ?n) {{ ?s a ?term {_FILTER} }} GROUP BY ?term ORDER BY DESC(?n) ?term"
_PROPERTIES = f"SELECT ?term (COUNT(*) AS ?n) {{ ?s ?term ?o {_FILTER} }} GROUP BY ?term ORDER BY DESC(?n) ?term"
_OF_CLASS = """SELECT ?term (COUNT(*) AS ?n) (COUNT(DISTINCT ?s) AS ?subjects) (MIN(STR(?o)) AS ?example) {
  ?s a %s ; ?term ?o
} GROUP BY ?term ORDER BY DESC(?subjects) ?term"""
_ONTOLOGY = """SELECT ?term ?comment ?domain ?range {
  GRAPH <https://w3id.org/rdm-kg/ont> {
    ?term rdfs:comment|skos:definition ?comment
    OPTIONAL { ?term rdfs:domain ?domain FILTER(ISIRI(?domain)) }
    OPTIONAL { ?term rdfs:range ?range FILTER(ISIRI(?range)) }
  }
}"""


def schema(store: PoolStore, of: str | None) -> dict[str, Any]:
    """Return the card of the whole graph, or the properties of the things of a class ``of``, a prefixed name or an IRI.

    Raises:
        UnknownName: when nothing in the graph is of that class.
        QueryError: when a query fails.
    """
    ontology = {text(row, "term"): row for row in rows(store, _ONTOLOGY)}
    if of:
        return _of_class(store, of, ontology)
    return {
        "prefixes": {prefix: base for prefix, base in PREFIXES.items() if prefix not in _OF_LANGUAGES.split()},
        "classes": table(("class", "instances", "meaning"), _classes(rows(store, _CLASSES), ontology)),
        "properties": table(
            ("property", "statements", "from", "to", "meaning"), _properties(rows(store, _PROPERTIES), ontology)
        ),
        "pitfalls": [" ".join(each.split()) for each in PITFALLS.split("\n\n")],
    }


def _classes(found: Sequence[Row], ontology: Mapping[str, Row]) -> Iterator[Sequence[Cell]]:
    for row in _own_first(found):
        term = text(row, "term")
        yield prefixed_name(term), int(text(row, "n")), _meaning(ontology.get(term))


def _properties(found: Sequence[Row], ontology: Mapping[str, Row]) -> Iterator[Sequence[Cell]]:
    for row in _own_first(found):
        term = text(row, "term")
        yield prefixed_name(term), int(text(row, "n")), *_ends(ontology.get(term)), _meaning(ontology.get(term))


def _of_class(store: PoolStore, of: str, ontology: Mapping[str, Row]) -> dict[str, Any]:
    iri = expanded_name(of) or of
    try:
        found = rows(store, _OF_CLASS % iri_term(iri))
    except ValueError as error:
        raise UnknownName(f"{error}; give a class as rdm:CheatSheet or as an IRI") from None
    if not found:
        raise UnknownName(f"nothing in the graph is of the class {of}; schema without a class lists the classes")
    columns = ("property", "subjects", "statements", "to", "example", "meaning")
    return {"class": prefixed_name(iri), **table(columns, _used(found, ontology))}


def _used(found: Sequence[Row], ontology: Mapping[str, Row]) -> Iterator[Sequence[Cell]]:
    for row in found:
        term = text(row, "term")
        about = ontology.get(term)
        counts = int(text(row, "subjects")), int(text(row, "n"))
        yield prefixed_name(term), *counts, _ends(about)[1], prefixed_name(text(row, "example"))[:80], _meaning(about)


def _own_first(found: Sequence[Row]) -> list[Row]:
    return sorted(found, key=lambda row: not text(row, "term").startswith(RDM.base))


def _ends(about: Row | None) -> tuple[Cell, Cell]:
    """Return the domain and the range of a property, where the ontology has them."""
    ends = (text(about, name) if about else "" for name in ("domain", "range"))
    domain, target = (prefixed_name(iri) if iri else None for iri in ends)
    return domain, target


def _meaning(about: Row | None) -> str | None:
    """Return the first sentence of a term's definition."""
    return text(about, "comment").partition(". ")[0].removesuffix(".") if about else None
