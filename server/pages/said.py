"""What the graph says of a thing, in a handful of queries whatever there is of it."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Collection, Iterable, Mapping

from kg.query.names import best_names, names_query
from kg.query.rows import Row, text, values
from kg.query.text import iri_term
from kg.vocab import RDFS
from server.pages.properties import NAMES, WORDS
from server.pages.rows import rows
from server.service import Service

MOST = 25
"""Values of a property that are asked for; the rest is counted."""
_ONTOLOGY = "https://w3id.org/rdm-kg/ont"
_SOURCES = """SELECT ?g ?path ?commit ?page {
  %s
  GRAPH ?g {
    ?g prov:wasDerivedFrom ?file .
    ?file dct:identifier ?path .
    OPTIONAL { ?file prov:wasGeneratedBy ?made . ?made dct:identifier ?commit . OPTIONAL { ?made foaf:page ?page } }
  }
}"""
_MENTIONS = """SELECT ?m ?g ?page ?line ?label ?link ?role ?tag ?topic ?because {
  ?m rdm:target %s ; rdm:sourceLine ?line ; rdfs:label ?label .
  ?page rdm:hasMention ?m .
  OPTIONAL { GRAPH ?g { ?m rdm:sourceLine ?line } }
  OPTIONAL { ?m rdm:linkAsWritten ?link }
  OPTIONAL { ?m rdm:role ?role }
  OPTIONAL { ?m rdm:toolTag ?tag }
  OPTIONAL { ?m rdm:topic ?topic }
  OPTIONAL { ?m rdm:because ?because }
} ORDER BY ?page ?line ?m LIMIT 100"""


def statements_about(service: Service, iri: str, hidden: Collection[str] = ()) -> tuple[list[Row], dict[str, int]]:
    """Rows ``p``, ``o``, ``graphs`` of what is said of a thing, and how many values each property has."""
    term = iri_term(iri)
    return _related(service, lambda prop: f"{term} {prop} ?o", hidden)


def statements_to(service: Service, iri: str, hidden: Collection[str] = ()) -> tuple[list[Row], dict[str, int]]:
    """The same of what is said of others with the thing; ``o`` is the other."""
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
    """Rows ``p``, ``o`` of what is said of each part, for those of which something is."""
    found = defaultdict[str, list[Row]](list)
    for row in rows(service, f"SELECT ?s ?p ?o {{ {values('s', iris)} ?s ?p ?o }} ORDER BY ?s ?p ?o LIMIT 1000"):
        found[text(row, "s")].append(row)
    return dict(found)


def mentions_of(service: Service, iri: str) -> list[Row]:
    """The first places where pages mean the thing, as rows ``m g page line label link role tag topic because``."""
    return rows(service, _MENTIONS % iri_term(iri))


def sources_of(service: Service, graphs: Iterable[str]) -> dict[str, Row]:
    """Named graph → where it comes from, as a row ``path commit page``, for those made of a file."""
    return {text(row, "g"): row for row in rows(service, _SOURCES % values("g", graphs))}


def names_of(service: Service, iris: Iterable[str]) -> dict[str, str]:
    """Return what things are called, for those that have a name."""
    return best_names(rows(service, names_query(iris, NAMES)), NAMES)


def words_of(service: Service, properties: Iterable[str]) -> Mapping[str, tuple[str, str]]:
    """Label and meaning of properties and classes: the ontology's own, else ours for those of other vocabularies."""
    found = rows(
        service,
        f"SELECT ?p ?label ?comment {{ {values('p', properties)} GRAPH <{_ONTOLOGY}> "
        f"{{ ?p <{RDFS.label}> ?label OPTIONAL {{ ?p <{RDFS.comment}>|skos:definition ?comment }} }} }}",
    )
    return WORDS | {text(row, "p"): (text(row, "label"), text(row, "comment")) for row in found}
