"""Statements about a thing, its parts, mentions and sources, read with a constant number of queries.

All functions raise :class:`kg.errors.QueryError` when the pool cannot answer.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Collection, Iterable, Mapping

from kg.query.names import best_names, names_query
from kg.query.rows import Row, one_of, text, values
from kg.query.text import iri_term
from kg.term_words import WORDS
from kg.vocab import BASE, RDFS
from server.pages.rows import rows
from server.pages.words import NAMES
from server.service import Service

MOST = 25
"""Largest number of values of a property that are read; the others are only counted."""
_ONTOLOGY = "https://w3id.org/rdm-kg/ont"
_SOURCES = """SELECT ?g ?path ?commit ?page {
  %s
  GRAPH ?g {
    ?g prov:wasDerivedFrom ?file .
    ?file dct:identifier ?path .
    OPTIONAL { ?file prov:wasGeneratedBy ?made . ?made dct:identifier ?commit . OPTIONAL { ?made foaf:page ?page } }
  }
}"""
_MENTIONS = """SELECT ?m ?g ?page ?site ?line ?role ?topic ?because ?data {
  { SELECT * {
    %s ?m rdm:target ?thing ; rdm:sourceLine ?line .
    ?page rdm:hasMention ?m .
    OPTIONAL { ?page schema:isPartOf ?site }
    OPTIONAL { GRAPH ?g { ?m rdm:sourceLine ?line } }
    OPTIONAL { ?m rdm:role ?role }
    OPTIONAL { ?m rdm:topic ?topic }
    OPTIONAL { ?m rdm:because ?because }
  } ORDER BY ?page ?line ?m LIMIT 100 }
  OPTIONAL { ?m rdm:forDataType ?data }
} ORDER BY ?page ?line ?m ?data"""


def statements_about(service: Service, iri: str, hidden: Collection[str] = ()) -> tuple[list[Row], dict[str, int]]:
    """Return the statements with a thing as subject, and a mapping from properties to their numbers of values.

    The statements are rows ``p``, ``o`` and ``graphs`` (IRIs of named graphs, separated by spaces), at most
    :data:`MOST` for each property, and none for the properties ``hidden``.
    """
    term = iri_term(iri)
    return _related(service, lambda prop: f"{term} {prop} ?o", hidden)


def statements_to(service: Service, iri: str, hidden: Collection[str] = ()) -> tuple[list[Row], dict[str, int]]:
    """Return the statements with a thing as object, as :func:`statements_about` does; ``o`` is the subject."""
    term = iri_term(iri)
    return _related(service, lambda prop: f"?o {prop} {term}", hidden)


def _related(
    service: Service, pattern: Callable[[str], str], hidden: Collection[str]
) -> tuple[list[Row], dict[str, int]]:
    counted = rows(service, f"SELECT ?p (COUNT(*) AS ?n) {{ {pattern('?p')} }} GROUP BY ?p")
    numbers = {text(row, "p"): int(text(row, "n")) for row in counted}
    shown = [iri_term(prop) for prop in numbers if prop not in hidden]
    parts = [_values(pattern(prop), prop) for prop in shown]
    return (rows(service, f"SELECT ?p ?o ?graphs {{ {' UNION '.join(parts)} }}") if parts else []), numbers


def _values(pattern: str, prop: str) -> str:
    graphs = 'GROUP_CONCAT(DISTINCT STR(?in); SEPARATOR=" ")'
    return (
        f"{{ SELECT ({prop} AS ?p) ?o ({graphs} AS ?graphs) "
        f"{{ {pattern} OPTIONAL {{ GRAPH ?in {{ {pattern} }} }} }} GROUP BY ?o ORDER BY ?o LIMIT {MOST} }}"
    )


def parts_of(service: Service, iris: Iterable[str]) -> dict[str, list[Row]]:
    """Return a mapping from each part that is a subject to the rows ``p``, ``o`` of its statements."""
    found = defaultdict[str, list[Row]](list)
    for row in rows(service, f"SELECT ?s ?p ?o {{ {values('s', iris)} ?s ?p ?o }} ORDER BY ?s ?p ?o LIMIT 1000"):
        found[text(row, "s")].append(row)
    return dict(found)


def mentions_of(service: Service, iris: Iterable[str]) -> list[Row]:
    """Return the first 100 mentions of things, as rows ``m g page site line role topic because data``.

    A mention has a row for each type of data that it is for.
    """
    return rows(service, _MENTIONS % values("thing", iris))


def number_of_mentions(service: Service, iris: Iterable[str]) -> int:
    """Return the number of mentions of things."""
    (row,) = rows(service, f"SELECT (COUNT(DISTINCT ?m) AS ?n) {{ {values('thing', iris)} ?m rdm:target ?thing }}")
    return int(text(row, "n"))


def facts_of(service: Service, iris: Iterable[str], properties: Iterable[str]) -> list[Row]:
    """Return the statements with these properties about things, as rows ``thing p o graphs``."""
    wanted = f"{values('thing', iris)} GRAPH ?g {{ ?thing ?p ?o }} {one_of('p', properties)}"
    graphs = 'GROUP_CONCAT(DISTINCT STR(?g); SEPARATOR=" ")'
    return rows(
        service, f"SELECT ?thing ?p ?o ({graphs} AS ?graphs) {{ {wanted} }} GROUP BY ?thing ?p ?o ORDER BY ?p ?o"
    )


def sources_of(service: Service, graphs: Iterable[str]) -> dict[str, Row]:
    """Return a mapping from each named graph made from a file to a row ``path commit page`` of its provenance."""
    return {text(row, "g"): row for row in rows(service, _SOURCES % values("g", graphs))}


def names_of(service: Service, iris: Iterable[str]) -> dict[str, str]:
    """Return a mapping from IRIs to names, for things that have one."""
    return best_names(rows(service, names_query(iris, NAMES)), NAMES)


def site_of(service: Service, iri: str) -> str:
    """Return the title of the site that minted an IRI; empty for other IRIs."""
    sites = service.current.release.manifest["sites"]
    return next((site["title"] for site in sites if iri.startswith(f"{BASE}{site['key']}/")), "")


def people_of(service: Service, iris: Iterable[str]) -> set[str]:
    """Return those of the things that are people."""
    return {text(row, "s") for row in rows(service, f"SELECT ?s {{ {values('s', iris)} ?s a foaf:Person }}")}


def words_of(service: Service, properties: Iterable[str]) -> Mapping[str, tuple[str, str]]:
    """Return label and definition of properties and classes: from the ontology, else from :data:`WORDS`."""
    found = rows(
        service,
        f"SELECT ?p ?label ?comment {{ {values('p', properties)} GRAPH <{_ONTOLOGY}> "
        f"{{ ?p <{RDFS.label}> ?label OPTIONAL {{ ?p <{RDFS.comment}>|skos:definition ?comment }} }} }}",
    )
    return WORDS | {text(row, "p"): (text(row, "label"), text(row, "comment")) for row in found}
