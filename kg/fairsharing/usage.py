"""Places in a release's graph where pages and data files refer to FAIRsharing records."""

from __future__ import annotations

from dataclasses import dataclass, replace

from kg.identifiers.fairsharing import parse_url
from kg.query import Store
from kg.query.rows import Row, rows, text, values
from kg.roles import recommending_properties
from kg.vocab import BASE, PREFIXES, SCHEMA

RECOMMENDS = recommending_properties()
"""Relations by which a page recommends a thing, the more specific first."""


@dataclass(frozen=True, slots=True, order=True)
class RecordUse:
    """One place where a page or an entry of a data file refers to a record."""

    record: str
    """IRI of the record, or of the thing on the page if the link leads to no known record."""
    path: str
    """Source file, relative to its site's folder."""
    line: int
    """1-based; 0 if the graph has none, as for entries of data files."""
    by: str
    """IRI of the page or entry."""
    identifier: str
    """``page_id``, slug or id of the page or entry."""
    title: str
    address: str
    """Address at which the page or entry is published; empty if it is not known."""
    label: str
    """Text of the link, or name of the entry."""
    written: str
    """Destination of the link as written; empty for things without a link and for entries."""
    role: str
    """Role of the thing on the page, such as ``data-format``; empty if it has none."""
    predicate: str
    """IRI of the relation: one of :data:`RECOMMENDS`, else ``schema:mentions`` or ``rdfs:seeAlso``."""
    is_one_of_sites: bool = False
    """True if the release has other sites, so that the place must name its own."""

    @property
    def site(self) -> str:
        """Key of the site of the page or entry."""
        return self.by.removeprefix(BASE).partition("/")[0]

    @property
    def place(self) -> str:
        """``path:line``, or the path if there is no line; before it, the site if there are several."""
        site = f"{self.site}: " if self.is_one_of_sites else ""
        return f"{site}{self.path}:{self.line}" if self.line else f"{site}{self.path}"

    @property
    def recommends(self) -> bool:
        """True if the page recommends the record and does not only mention it."""
        return self.predicate in RECOMMENDS


def uses(store: Store, *, several_sites: bool) -> tuple[RecordUse, ...]:
    """Return every use of a FAIRsharing record in a release, by record, file and line.

    With ``several_sites``, places name theirs.
    """
    recommended = {(text(row, "page"), text(row, "thing"), text(row, "how")) for row in rows(store, _RECOMMENDED)}
    found = [_mention(row, recommended) for row in rows(store, _MENTIONS) if _is_use(row)]
    found += [_entry(row) for row in rows(store, _ENTRIES)]
    return tuple(sorted({replace(use, is_one_of_sites=several_sites) for use in found}))


def _is_use(row: Row) -> bool:
    """Return whether the thing is a record, or the link as written is the address of one."""
    return parse_url(text(row, "target")) is not None or parse_url(text(row, "written").strip("()")) is not None


def _mention(row: Row, recommended: set[tuple[str, str, str]]) -> RecordUse:
    page, thing = text(row, "page"), text(row, "target")
    how = next((predicate for predicate in RECOMMENDS if (page, thing, predicate) in recommended), SCHEMA.mentions)
    return replace(
        _entry(row),
        line=int(text(row, "line")),
        label=text(row, "label"),
        written=text(row, "written"),
        role=text(row, "role").removeprefix(PREFIXES["role"]),
        predicate=how,
    )


def _entry(row: Row) -> RecordUse:
    return RecordUse(
        record=text(row, "target"),
        path=text(row, "path"),
        line=0,
        by=text(row, "page"),
        identifier=text(row, "id"),
        title=text(row, "title"),
        address=text(row, "address"),
        label=text(row, "title"),
        written="",
        role="",
        predicate=text(row, "how"),
    )


_MENTIONS = """
SELECT ?page (MIN(?an_id) AS ?id) (MIN(?a_title) AS ?title) (MIN(?an_address) AS ?address) ?path ?line ?label ?written
  ?role ?target
WHERE {
  ?page rdm:hasMention ?mention .
  ?mention rdm:target ?target ; rdm:sourceLine ?line ; rdfs:label ?label .
  OPTIONAL { ?mention rdm:linkAsWritten ?written }
  OPTIONAL { ?mention rdm:role ?role }
  FILTER(
    STRSTARTS(STR(?target), "https://doi.org/10.25504/FAIRsharing.")
    || CONTAINS(LCASE(STR(?target)), "sharing.org/") || CONTAINS(LCASE(COALESCE(?written, "")), "sharing.org/")
    || CONTAINS(LCASE(COALESCE(?written, "")), "10.25504")
  )
  ?page dct:identifier ?an_id ; dct:title ?a_title .
  OPTIONAL { ?page dcat:landingPage ?an_address }
  BIND(IRI(CONCAT(STR(?page), "#graph")) AS ?graph)
  ?graph prov:wasDerivedFrom/dct:identifier ?path .
}
GROUP BY ?page ?path ?line ?label ?written ?role ?target ?mention
"""
_RECOMMENDED = f"""
SELECT DISTINCT ?page ?thing ?how WHERE {{
  {values("how", RECOMMENDS)}
  ?page ?how ?thing .
}}
"""
_ENTRIES = """
SELECT DISTINCT ?page ?id ?title ?address ?path ?target ?how WHERE {
  VALUES ?how { rdfs:seeAlso dct:relation }
  GRAPH ?graph { ?page ?how ?target }
  FILTER(STRSTARTS(STR(?target), "https://doi.org/10.25504/") || STRSTARTS(STR(?target), "https://fairsharing.org/"))
  ?graph prov:wasDerivedFrom/dct:identifier ?path .
  ?page dct:identifier ?id ; dct:title ?title .
  OPTIONAL { ?page schema:url|dcat:landingPage ?address }
}
"""
