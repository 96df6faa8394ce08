"""Possible values of a question's parameter, read from the graph by the parameter's type."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace

from kg.errors import QueryTooLarge
from kg.query.canned import CannedQuery, Parameter
from kg.query.known import is_name
from kg.query.rows import Row, text
from kg.vocab import PREFIXES
from server.pages.finding import index, is_indexed
from server.pages.rows import is_too_long, rows
from server.service import Service

_FAIRSHARING = PREFIXES["fairsharing"]
_MOST = 500
"""Largest number of values that are offered while somebody types."""
_FEW = 99999
"""More records than there are: Oxigraph begins with what it expects to be few rows."""
_QUERIES = {
    "page": """SELECT ?iri ?value (MIN(STR(?title)) AS ?name) ?group {
  ?iri a %s ; dct:identifier ?value ; dct:title ?title ; schema:isPartOf/dct:title ?group
} GROUP BY ?iri ?value ?group""",
    "site": """SELECT ?value (MIN(STR(?title)) AS ?name) {
  { SELECT DISTINCT ?site { ?page a rdm:Page ; schema:isPartOf ?site } } ?site dct:title ?title
  BIND(STRAFTER(STR(?site), "/id/") AS ?value)
} GROUP BY ?value""",
    "modality": """SELECT ?value (MIN(STR(?label)) AS ?name) {
  ?sheet rdm:mentionsModality|(rdm:coversDataType/rdm:modality) ?modality
  BIND(REPLACE(STR(?modality), "^.*[/#]", "") AS ?value) OPTIONAL { ?modality skos:prefLabel ?label }
} GROUP BY ?value""",
    "record": f"""SELECT * {{ SELECT ?value (MIN(STR(?label)) AS ?name) {{
  {{ SELECT ?thing ?record {{
    {{ {{ SELECT ?thing {{ ?any rdm:target ?thing }} GROUP BY ?thing }} BIND(?thing AS ?record) }}
    UNION {{ ?thing rdfs:seeAlso ?record }}
    FILTER(STRSTARTS(STR(?record), "{_FAIRSHARING}"))
  }} LIMIT {_FEW} }}
  ?mention rdm:target ?thing ; rdfs:label ?label
  BIND(SUBSTR(STR(?record), {len(_FAIRSHARING) + 1}) AS ?value)
}} GROUP BY ?value }} ORDER BY LCASE(?name) ?value LIMIT {_MOST}""",
    "thing": f"""SELECT ?value {{ ?any rdm:target ?thing ; rdfs:label ?value }}
GROUP BY ?value ORDER BY DESC(COUNT(?any)) ?value LIMIT {_MOST}""",
    "words": f"""SELECT ?value {{ ?thing a ?class ; dct:title ?value VALUES ?class {{ rdm:AdvicePage rdm:Topic }} }}
GROUP BY ?value ORDER BY MIN(STR(?class)) LCASE(STR(?value)) LIMIT {_MOST}""",
}
"""Type of a parameter → query for its values, their labels, and the group that each is in; of pages, of one class.

Values that are all offered are sorted here: Oxigraph computes an expression of ORDER BY anew for each comparison. Other
ones are sorted by an aggregate of an inner query: some engines find no such name in an expression of ORDER BY.
"""
_INDEXED = ("thing", "record")
"""Types whose values the search index has in their order, which a query takes the longer to find the more there are; of
written data it has none."""
CHOSEN = ("page", "site", "modality")
"""Types whose values are all offered, to choose one; those of the others are proposed while somebody types."""


@dataclass(frozen=True, slots=True)
class Choice:
    """A value of a parameter, and its label."""

    value: str
    meaning: str
    group: str = ""
    """Title of the site of a page."""
    chosen: bool = False
    iri: str = ""
    """IRI of a page."""


def choices(service: Service, question: CannedQuery, parameter: Parameter, value: str) -> tuple[Choice, ...]:
    """Return the values of a question's parameter in the graph, one of them chosen, by id, title or IRI in any case.

    A value that is in no other way in the list, or that several of them have, is added. There are none if any
    value is possible, or if there are too many to be listed.

    Raises:
        QueryError: when the pool cannot answer.
    """
    if parameter.type not in _QUERIES:
        return ()
    if parameter.type in _INDEXED and service.writer is None and is_indexed(service):
        proposed = index(service).most_recommended(parameter.type, _MOST)
        return tuple(Choice(value, name) for value, name in proposed.items())
    query = _QUERIES[parameter.type]
    if parameter.type == "page":
        if is_too_long(service, question.page_class):
            return ()
        query %= question.page_class
    try:
        listed = rows(service, query)
    except QueryTooLarge:
        return ()
    if parameter.type in CHOSEN:
        listed.sort(key=_place)
    found = tuple(_choices(listed, value))
    chosen = [choice for choice in found if choice.chosen]
    if parameter.type not in CHOSEN or not value or len(chosen) == 1:
        return found
    meaning = f"{value} (all {len(chosen)} of this name)" if chosen else value
    return (Choice(value, meaning, chosen=True), *(replace(choice, chosen=False) for choice in found))


def _place(row: Row) -> tuple[str, ...]:
    """Return what values are sorted by: their group, then name."""
    return text(row, "group"), text(row, "name").lower(), text(row, "iri"), text(row, "value")


def _choices(found: Sequence[Row], value: str) -> Iterable[Choice]:
    shared = Counter(text(row, "value") for row in found)
    # an id of several sites names several pages
    keys = [text(row, "iri" if text(row, "iri") and shared[text(row, "value")] > 1 else "value") for row in found]
    for row, key, meaning in zip(found, keys, _told_apart(found, keys), strict=True):
        name, iri = text(row, "name"), text(row, "iri")
        names = (key, name, iri, text(row, "value"))
        yield Choice(key, meaning, text(row, "group"), is_name(value, names), iri)


def _told_apart(found: Sequence[Row], keys: Sequence[str]) -> Iterable[str]:
    """Yield the name of each value; where several have it, with the group, and where that is the same, with the key."""
    names = [text(row, "name") or text(row, "value") for row in found]
    groups = [f"{name} ({text(row, 'group')})" for name, row in zip(names, found, strict=True)]
    of_names, of_groups = Counter(names), Counter(groups)
    for name, group, key in zip(names, groups, keys, strict=True):
        if of_names[name] == 1:
            yield name
        else:
            yield group if of_groups[group] == 1 else f"{name} ({key})"
