"""Possible values of a question's parameter, read from the graph for parameters with known names."""

from __future__ import annotations

from dataclasses import dataclass

from kg.query.rows import text
from kg.vocab import DCT, PREFIXES, RDFS, RDM, SCHEMA, SKOS
from server.pages.rows import rows
from server.service import Service

_FAIRSHARING = PREFIXES["fairsharing"]
_QUERIES = {
    "page": f"""SELECT ?value (MIN(STR(?title)) AS ?name) {{
  ?page a <{RDM.AdvicePage}> ; <{DCT.identifier}> ?value ; <{DCT.title}> ?title
}} GROUP BY ?value ORDER BY ?value""",
    "site": f"""SELECT ?value (MIN(STR(?title)) AS ?name) {{
  ?page a <{RDM.Page}> ; <{SCHEMA.isPartOf}> ?site . ?site <{DCT.title}> ?title
  BIND(STRAFTER(STR(?site), "/id/") AS ?value)
}} GROUP BY ?value ORDER BY ?value""",
    "modality": f"""SELECT ?value (MIN(STR(?label)) AS ?name) {{
  ?sheet <{RDM.mentionsModality}>|(<{RDM.coversDataType}>/<{RDM.modality}>) ?modality
  BIND(REPLACE(STR(?modality), "^.*[/#]", "") AS ?value) OPTIONAL {{ ?modality <{SKOS.prefLabel}> ?label }}
}} GROUP BY ?value ORDER BY ?value""",
    "id": f"""SELECT ?value (MIN(STR(?label)) AS ?name) {{
  ?page <{RDM.hasMention}> ?mention .
  ?mention <{RDM.target}>/<{RDFS.seeAlso}>? ?record ; <{RDFS.label}> ?label
  FILTER(STRSTARTS(STR(?record), "{_FAIRSHARING}"))
  BIND(SUBSTR(STR(?record), {len(_FAIRSHARING) + 1}) AS ?value)
}} GROUP BY ?value ORDER BY LCASE(?name) ?value LIMIT 500""",
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
    found = rows(service, _QUERIES[parameter])
    return tuple(Choice(text(row, "value"), text(row, "name")) for row in found)
