"""Make a stub of a data management plan from what a page recommends, in the RDA DMP Common Standard.

A plan of versions 1.1 and 1.2 of the standard needs a contact, identifiers, a mode of access and, for each licence, a
date. A page knows none of them: :data:`FILL_IN` stands in their place, or the value that promises least.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import Any

from kg.query.known import Ask
from kg.query.rows import Row, text
from kg.query.text import iri_term

NAME = "madmp"
"""Name of the format for ``kg export``."""
FILL_IN = "TO BE FILLED IN"
_ADDRESS = "to-be-filled-in@plan.invalid"
"""Text in the form of an e-mail address, which the standard demands; no address can end in ``invalid`` (RFC 2606)."""
_UNKNOWN_ID = {"identifier": FILL_IN, "type": "other"}
_PAGE = """SELECT ?title ?language {
  %s dct:title ?title OPTIONAL { ?page dct:language ?language }
} ORDER BY ?title ?language LIMIT 1"""
_TYPES = "SELECT ?type (MIN(STR(?label)) AS ?name) { %s rdm:coversDataType ?type . ?type skos:prefLabel ?label } "
_MENTIONS = """SELECT DISTINCT ?role ?target ?label ?type ?about ?record ?home ?link {
  %s rdm:hasMention ?m . ?m rdm:role ?as ; rdm:target ?target ; rdfs:label ?label ; rdm:sourceLine ?line
  BIND(STRAFTER(STR(?as), "/role/") AS ?role)
  FILTER(?role IN ("data-format", "deposition-repository", "license", "metadata-standard", "reporting-guideline",
    "terminology"))
  OPTIONAL { ?m rdm:forDataType ?type } OPTIONAL { ?m rdm:about ?about } OPTIONAL { ?m rdm:linkAsWritten ?link }
  OPTIONAL { ?target rdfs:seeAlso? ?record FILTER(STRSTARTS(STR(?record), STR(fairsharing:))) }
  OPTIONAL { ?target foaf:homepage|schema:url|dcat:landingPage ?front } OPTIONAL { ?target foaf:page ?about_it }
  BIND(COALESCE(?front, ?about_it) AS ?home)
} ORDER BY ?line ?label ?record DESC(?home)"""
_STANDARDS = ("metadata-standard", "reporting-guideline", "terminology")


def plan(page: str, created: str, ask: Ask) -> dict[str, Any]:
    """Return the stub for a page, as the JSON object of the standard; ``created`` is its date and time (RFC 3339)."""
    term = iri_term(page)
    (about,) = ask(_PAGE % term)
    title, language = text(about, "title"), _language(text(about, "language"))
    recommended = _Recommended(ask(_MENTIONS % term), created[:10], language)
    types = ask(f"{_TYPES % term} GROUP BY ?type ORDER BY ?name ?type")
    kinds = {text(row, "type"): text(row, "name") for row in types} or {"": title}
    return {
        "dmp": {
            "title": f"Data management plan: {title}",
            "description": f"A stub made from what the page {page} recommends. Fill in what says {FILL_IN}, and decide"
            " on access, licences, and personal and sensitive data.",
            "language": language,
            "created": created,
            "modified": created,
            "dmp_id": _UNKNOWN_ID,
            "contact": {"name": FILL_IN, "mbox": _ADDRESS, "contact_id": _UNKNOWN_ID},
            "ethical_issues_exist": "unknown",
            "cost": [{"title": FILL_IN, "description": "Costs of storage, deposition and preservation"}],
            "related_identifier": [{"identifier": page, "type": "url", "relation_type": "IsDerivedFrom"}],
            "dataset": [recommended.dataset(kind, name) for kind, name in kinds.items()],
        }
    }


class _Recommended:
    """The recommendations of a page by role, from which its datasets are made."""

    def __init__(self, mentions: Iterable[Row], day: str, language: str) -> None:
        self._day, self._language = day, language
        self._mentions: dict[str, dict[str, list[Row]]] = {}
        for row in mentions:
            self._mentions.setdefault(text(row, "role"), {}).setdefault(text(row, "target"), []).append(row)

    def dataset(self, kind: str, name: str) -> dict[str, Any]:
        """Return the dataset of a type of data, with what is recommended for it or for no type in particular."""
        metadata = [self._metadata(iri, found) for role in _STANDARDS for iri, found in self._of(role, kind)]
        repositories: list[tuple[str, Sequence[Row]] | None] = [*self._of("deposition-repository", kind)]
        return {
            "title": name,
            "dataset_id": _UNKNOWN_ID,
            "personal_data": "unknown",
            "sensitive_data": "unknown",
            **({"metadata": metadata} if metadata else {}),
            "distribution": [self._distribution(kind, name, each) for each in repositories or [None]],
        }

    def _of(self, role: str, kind: str) -> Iterator[tuple[str, Sequence[Row]]]:
        for iri, found in self._mentions.get(role, {}).items():
            if fitting := [row for row in found if text(row, "type") in ("", kind)]:
                yield iri, fitting

    def _distribution(self, kind: str, name: str, repository: tuple[str, Sequence[Row]] | None) -> dict[str, Any]:
        formats = [text(found[0], "label") for _, found in self._of("data-format", kind)]
        made: dict[str, Any] = {
            "title": name,
            "description": f"{FILL_IN}: whether data_access is open or shared",
            "data_access": "closed",
            **({"format": formats} if formats else {}),
        }
        if repository:
            iri, mentions = repository
            licences = self._licences(iri)
            made |= {"host": _host(iri, mentions), **({"license": licences} if licences else {})}
        return made

    def _licences(self, repository: str) -> list[dict[str, str]]:
        """Return the licences that the page names for data in a repository, or for no thing in particular."""
        return [
            {"license_ref": iri, "start_date": self._day}
            for iri, found in self._mentions.get("license", {}).items()
            if any(text(row, "about") in ("", repository) for row in found)
        ]

    def _metadata(self, iri: str, mentions: Sequence[Row]) -> dict[str, Any]:
        standard = {"identifier": iri, "type": "url"}
        return {
            "description": text(mentions[0], "label"),
            "language": self._language,
            "metadata_standard_id": standard,
        }


def _host(iri: str, mentions: Sequence[Row]) -> Mapping[str, Any]:
    """Return a repository, with the DOI of its record in FAIRsharing if it has one."""
    first = mentions[0]
    record = text(first, "record")
    ids = {"host_id": [{"identifier": record, "type": "doi"}]} if record else {}
    return {"title": text(first, "label"), "url": text(first, "home") or text(first, "link") or iri, **ids}


def _language(authority: str) -> str:
    """Return the code (ISO 639-3) in the IRI of a language of the EU's table; that of English for an empty text."""
    return authority.rpartition("/")[2].lower() or "eng"
