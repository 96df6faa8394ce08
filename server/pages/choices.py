"""Possible values of a question's parameter, read from the graph for parameters with known names."""

from __future__ import annotations

from dataclasses import dataclass

from kg.query import Query
from kg.vocab import DCT, PREFIXES, RDFS, RDM, SCHEMA, SKOS
from server.pages.table import table
from server.service import Service

_FAIRSHARING = PREFIXES["fairsharing"]
_QUERIES = {
    "page": f"""SELECT ?id (MIN(STR(?title)) AS ?name) {{
  ?page a <{RDM.AdvicePage}> ; <{DCT.identifier}> ?id ; <{DCT.title}> ?title
}} GROUP BY ?id ORDER BY ?id""",
    "site": f"""SELECT ?key (MIN(STR(?title)) AS ?name) {{
  ?page a <{RDM.Page}> ; <{SCHEMA.isPartOf}> ?site . ?site <{DCT.title}> ?title
  BIND(STRAFTER(STR(?site), "/id/") AS ?key)
}} GROUP BY ?key ORDER BY ?key""",
    "modality": f"""SELECT ?code (MIN(STR(?label)) AS ?name) {{
  ?sheet <{RDM.mentionsModality}>|(<{RDM.coversDataType}>/<{RDM.modality}>) ?modality
  BIND(REPLACE(STR(?modality), "^.*[/#]", "") AS ?code) OPTIONAL {{ ?modality <{SKOS.prefLabel}> ?label }}
}} GROUP BY ?code ORDER BY ?code""",
    "id": f"""SELECT ?id (MIN(STR(?label)) AS ?name) {{
  ?page <{RDM.hasMention}> ?mention .
  ?mention <{RDM.target}>/<{RDFS.seeAlso}>? ?record ; <{RDFS.label}> ?label
  FILTER(STRSTARTS(STR(?record), "{_FAIRSHARING}"))
  BIND(SUBSTR(STR(?record), {len(_FAIRSHARING) + 1}) AS ?id)
}} GROUP BY ?id ORDER BY LCASE(?name) ?id LIMIT 500""",
}
"""Name of a parameter → query for its values and their labels."""


@dataclass(frozen=True, slots=True)
class Choice:
    """A value of a parameter, and its label."""

    value: str
    meaning: str


def choices(service: Service, parameter: str) -> tuple[Choice, ...]:
    """Return the values of a parameter in the graph; none if the parameter is not restricted to values of the graph.

    Raises:
        QueryError: when the pool cannot answer.
    """
    if parameter not in _QUERIES:
        return ()
    answer = table(service, Query(_QUERIES[parameter]))
    return tuple(Choice(value.text, meaning.text) for value, meaning in answer.rows)
