"""Places in a release's graph where pages and data files refer to FAIRsharing records."""

from __future__ import annotations

from collections import defaultdict
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
    """``page_id`` or slug of the page; empty for an entry of a list of tools."""
    tool: str
    """Id of the entry, or of the tool that the page names and that is described by the record; else empty."""
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
    def page(self) -> str:
        """Identifier of the page; before it, the site if there are several."""
        return self._with_site(self.identifier)

    @property
    def place(self) -> str:
        """``path:line``, or the path if there is no line; before it, the site if there are several."""
        return self._with_site(f"{self.path}:{self.line}" if self.line else self.path)

    def _with_site(self, name: str) -> str:
        return f"{self.site}: {name}" if self.is_one_of_sites else name

    @property
    def recommends(self) -> bool:
        """True if the page recommends the record and does not only mention it."""
        return self.predicate in RECOMMENDS


def uses(store: Store, *, several_sites: bool) -> tuple[RecordUse, ...]:
    """Return every use of a FAIRsharing record in a release, by record, file and line.

    A page that names a tool uses the records by which the list of tools describes it. With ``several_sites``, places
    name theirs.
    """
    recommended = {(text(row, "page"), text(row, "thing"), text(row, "how")) for row in rows(store, _RECOMMENDED)}
    tools = defaultdict[str, list[Row]](list)
    for row in rows(store, _TOOLS):
        tools[text(row, "tool")].append(row)
    of_tools = (row for row in rows(store, _MENTIONS.format(which=_OF_TOOLS)) if text(row, "target") in tools)
    of_records = rows(store, _MENTIONS.format(which=_OF_RECORDS))
    found = [
        replace(_mention(row, recommended), record=text(tool, "record"), tool=text(tool, "id"))
        for row in of_tools
        for tool in tools[text(row, "target")]
    ]
    found += [_mention(row, recommended) for row in of_records if _is_use(row) and text(row, "target") not in tools]
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
        tool=text(row, "tool"),
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
WHERE {{
  ?page rdm:hasMention ?mention .
  ?mention rdm:target ?target ; rdm:sourceLine ?line ; rdfs:label ?label .
  OPTIONAL {{ ?mention rdm:linkAsWritten ?written }}
  OPTIONAL {{ ?mention rdm:role ?role }}
  {which}
  ?page dct:identifier ?an_id ; dct:title ?a_title .
  OPTIONAL {{ ?page dcat:landingPage ?an_address }}
  BIND(IRI(CONCAT(STR(?page), "#graph")) AS ?graph)
  ?graph prov:wasDerivedFrom/dct:identifier ?path .
}}
GROUP BY ?page ?path ?line ?label ?written ?role ?target ?mention
"""
_OF_RECORDS = """
  FILTER(
    STRSTARTS(STR(?target), "https://doi.org/10.25504/FAIRsharing.")
    || CONTAINS(LCASE(STR(?target)), "sharing.org/") || CONTAINS(LCASE(COALESCE(?written, "")), "sharing.org/")
    || CONTAINS(LCASE(COALESCE(?written, "")), "10.25504")
  )
"""
_OF_TOOLS = "FILTER EXISTS { ?target a rdm:Tool ; rdfs:seeAlso ?record }"
_TOOLS = """
SELECT ?tool ?record (MIN(?an_id) AS ?id) WHERE {
  ?tool a rdm:Tool ; rdfs:seeAlso ?record ; dct:identifier ?an_id .
  FILTER(STRSTARTS(STR(?record), "https://doi.org/10.25504/") || STRSTARTS(STR(?record), "https://fairsharing.org/"))
}
GROUP BY ?tool ?record
"""
_RECOMMENDED = f"""
SELECT DISTINCT ?page ?thing ?how WHERE {{
  {values("how", RECOMMENDS)}
  ?page ?how ?thing .
}}
"""
_ENTRIES = """
SELECT DISTINCT ?page ?id ?tool ?title ?address ?path ?target ?how WHERE {
  VALUES ?how { rdfs:seeAlso dct:relation }
  GRAPH ?graph { ?page ?how ?target }
  FILTER(STRSTARTS(STR(?target), "https://doi.org/10.25504/") || STRSTARTS(STR(?target), "https://fairsharing.org/"))
  ?graph prov:wasDerivedFrom/dct:identifier ?path .
  ?page dct:identifier ?own ; dct:title ?title .
  BIND(EXISTS { ?page a rdm:Page } AS ?is_page)
  BIND(IF(?is_page, ?own, "") AS ?id)
  BIND(IF(?is_page, "", ?own) AS ?tool)
  OPTIONAL { ?page schema:url|dcat:landingPage ?address }
}
"""
