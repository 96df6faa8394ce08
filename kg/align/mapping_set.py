"""The joins of a release as SSSOM/TSV."""

from __future__ import annotations

from kg import __version__
from kg.identifiers.fairsharing import DOI
from kg.identifiers.sssom import mapping_set
from kg.query import Store
from kg.query.rows import rows, text
from kg.vocab import BASE, DCT, JOINS_GRAPH, OWL, RDFS, SEMAPV, SKOS, SSSOM

NAME = "sssom"
"""Name of the format for ``kg export``."""
_CURIES = {"fairsharing": DOI, "id": BASE, "semapv": SEMAPV.base, "skos": SKOS.base}
_CELLS = ("subject", "subject_label", "predicate", "object", "object_label", "justification", "see_also", "comment")
_JOINS = f"""SELECT ?subject (MIN(?a_name) AS ?subject_label) ?predicate ?object (MIN(?other_name) AS ?object_label)
  ?justification ?comment {{
  GRAPH <{JOINS_GRAPH}> {{
    ?mapping <{OWL.annotatedSource}> ?subject ; <{OWL.annotatedProperty}> ?predicate ; <{OWL.annotatedTarget}> ?object ;
      <{SSSOM.mapping_justification}> ?justification ; <{RDFS.comment}> ?comment .
  }}
  OPTIONAL {{ ?subject <{DCT.title}> ?a_title BIND(STR(?a_title) AS ?a_name) }}
  OPTIONAL {{ ?object <{DCT.title}> ?other_title BIND(STR(?other_title) AS ?other_name) }}
}} GROUP BY ?subject ?predicate ?object ?justification ?comment ORDER BY ?subject ?object"""


def joins_as_sssom(store: Store, release: str) -> str:
    """Return a mapping for each join of a release, with the evidence as ``comment``.

    The same release gives the same bytes.
    """
    facts = {
        "mapping_set_id": f"https://w3id.org/rdm-kg/crosswalk/joins/{release}",
        "mapping_set_title": "Things of different sites on research data management that are the same, or nearly so",
        "mapping_set_version": release,
        "mapping_tool": "rdm-kg",
        "mapping_tool_version": __version__,
        "license": "https://creativecommons.org/licenses/by-sa/4.0/",
        "comment": "Names and home pages of records are FAIRsharing's (CC BY-SA 4.0, attribution https://fairsharing.org).",
    }
    return mapping_set(facts, _CURIES, ([text(row, cell) for cell in _CELLS] for row in rows(store, _JOINS)))
