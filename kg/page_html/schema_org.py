"""Schema.org markup of pages for search engines: JSON-LD of Bioschemas' profile for training materials.

The markup contains only statements of the graph: dates, licences or authors that the graph lacks are omitted.
"""

from __future__ import annotations

import json
import re
from collections import defaultdict
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from kg.errors import ParameterError
from kg.query import Query
from kg.query.rows import one_of, read_rows
from kg.query.text import iri_term
from kg.vocab import DCAT, DCT, ELI, FOAF, RDF, RDM, SCHEMA, SKOS, TITLES

PROFILE = "https://bioschemas.org/profiles/TrainingMaterial/1.0-RELEASE"
KEYWORD = "research data management"
"""Keyword of every page, since it is the subject of the sites."""
_TYPES = {
    RDM.Page: "LearningResource",
    FOAF.Person: "Person",
    FOAF.Organization: "Organization",
    FOAF.Agent: "Organization",
    ELI.LegalResource: "Legislation",
    RDM.Repository: "DataCatalog",
    RDM.Terminology: "DefinedTermSet",
    RDM.Standard: "CreativeWork",
    SCHEMA.WebApplication: "WebApplication",
    SCHEMA.SoftwareApplication: "SoftwareApplication",
    RDM.Service: "Service",
    SKOS.Concept: "DefinedTerm",
}
"""Mapping of class in the graph to Schema.org type, the most specific first."""
_LINKED = {
    "contributor": DCT.contributor,
    "editor": SCHEMA.editor,
    "sponsor": SCHEMA.sponsor,
    "publisher": DCT.publisher,
    "about": RDM.coversDataType,
    "citation": RDM.citesLegislation,
    "mentions": SCHEMA.mentions,
}
"""Mapping of Schema.org property to property in the graph, from a page to a thing."""
_TO_THING = (*_LINKED.values(), RDM.mentionsModality)
_OF_THING = (RDF.type, *TITLES, SKOS.notation, DCT.identifier, FOAF.homepage, SCHEMA.url)
_OF_SITE = (DCT.title, DCT.license, FOAF.homepage)
_OF_PAGE = (
    *(RDF.type, DCT.title, DCT.description, DCT.abstract, DCT.identifier, DCT.issued, DCT.modified),
    *(DCAT.landingPage, DCAT.keyword, SCHEMA.isPartOf, *_TO_THING),
)


def query(page: str) -> Query:
    """Return the query for the statements that :func:`page_markup` needs.

    Raises:
        ParameterError: when ``page`` is not an absolute IRI.
    """
    try:
        term = iri_term(page)
    except ValueError as error:
        raise ParameterError(f"the IRI of a page is required: {error}") from None
    asked = (
        (f"VALUES ?s {{ {term} }}", _OF_PAGE),
        (f"{term} {'|'.join(map(iri_term, _TO_THING))} ?s .", _OF_THING),
        (f"{term} <{SCHEMA.isPartOf}> ?s .", _OF_SITE),
        (f"{term} <{SCHEMA.isPartOf}>/<{DCT.license}> ?s .", (SKOS.exactMatch,)),
    )
    parts = [f"{{ {pattern} ?s ?p ?o {one_of('p', properties)} }}" for pattern, properties in asked]
    return Query(f"SELECT ?s ?p ?o WHERE {{ {' UNION '.join(parts)} }}")


def page_markup(page: str, answer: bytes) -> str | None:
    """Return the markup of a page for an element ``<script type="application/ld+json">``; ``None`` if there is none.

    ``answer`` is the result of :func:`query` in SPARQL 1.1 Query Results JSON. The markup is escaped: it cannot end the
    element.
    """
    statements = _PageAnswer.read(answer)
    if RDM.Page not in statements.all(page, RDF.type):
        return None
    text = json.dumps(_learning_resource(page, statements), ensure_ascii=False, separators=(",", ":"))
    return re.sub("[<>&\u2028\u2029]", lambda found: f"\\u{ord(found[0]):04x}", text)


@dataclass(frozen=True, slots=True)
class _PageAnswer:
    """The result of :func:`query`."""

    values: Mapping[tuple[str, str], Sequence[str]]
    """Mapping of subject and property to sorted values."""
    languages: Mapping[str, str]
    """Mapping of text to language tag."""

    @classmethod
    def read(cls, answer: bytes) -> _PageAnswer:
        values, languages = defaultdict[tuple[str, str], set[str]](set), dict[str, str]()
        for row in read_rows(answer):
            value = row["o"]
            values[row["s"]["value"], row["p"]["value"]].add(value["value"])
            if "xml:lang" in value:
                languages[value["value"]] = value["xml:lang"]
        return cls({key: sorted(found) for key, found in values.items()}, languages)

    def all(self, subject: str, *properties: str) -> list[str]:
        """Return the values of properties, in the order of the properties."""
        return [value for term in properties for value in self.values.get((subject, term), ())]

    def first(self, subject: str, *properties: str) -> str | None:
        """Return the first value of the first property that has one."""
        return next(iter(self.all(subject, *properties)), None)


def _learning_resource(page: str, say: _PageAnswer) -> dict[str, Any]:
    title = say.first(page, DCT.title) or ""
    is_sheet = RDM.CheatSheet in say.all(page, RDF.type)
    markup: dict[str, Any] = {
        "@context": "https://schema.org/",
        "@type": "LearningResource",
        "@id": page,
        DCT.conformsTo: {"@type": "CreativeWork", "@id": PROFILE},
        "name": title,
        "description": say.first(page, DCT.description) or title,
        "abstract": say.first(page, DCT.abstract),
        "keywords": _keywords(page, say),
        "identifier": say.first(page, DCT.identifier),
        "url": say.first(page, DCAT.landingPage),
        "inLanguage": say.languages.get(title),
        "learningResourceType": "cheat sheet" if is_sheet else None,
        "license": _license(page, say),
        "datePublished": say.first(page, DCT.issued),
        "dateModified": say.first(page, DCT.modified),
        "isPartOf": _site(page, say),
    }
    for name, term in _LINKED.items():
        markup[name] = list(_things(say.all(page, term), say))
    # of contributors, Bioschemas takes people only
    markup["sourceOrganization"] = [thing for thing in markup["contributor"] if thing["@type"] == "Organization"]
    markup["contributor"] = [thing for thing in markup["contributor"] if thing["@type"] == "Person"]
    markup["mentions"] += _things(say.all(page, RDM.mentionsModality), say)
    markup["mentions"] = [thing for thing in markup["mentions"] if thing not in markup["citation"]]
    return _without_empty(markup)


def _keywords(page: str, say: _PageAnswer) -> list[str]:
    """Return the common keyword, the page's own keywords, and the names of its data types and modalities."""
    things = say.all(page, RDM.coversDataType, RDM.mentionsModality)
    names = [name for thing in things if (name := say.first(thing, SKOS.prefLabel))]
    return list(dict.fromkeys([KEYWORD, *say.all(page, DCAT.keyword), *names]))


def _license(page: str, say: _PageAnswer) -> str | None:
    """Return the licence of the site, preferably as the licence's own URL instead of the EU's IRI."""
    site = say.first(page, SCHEMA.isPartOf)
    licence = say.first(site, DCT.license) if site else None
    return say.first(licence, SKOS.exactMatch) or licence if licence else None


def _site(page: str, say: _PageAnswer) -> dict[str, Any] | None:
    site = say.first(page, SCHEMA.isPartOf)
    if site is None:
        return None
    about = {"name": say.first(site, DCT.title), "url": say.first(site, FOAF.homepage)}
    return _without_empty({"@type": "WebSite", "@id": site, **about})


def _things(iris: Sequence[str], say: _PageAnswer) -> Iterator[dict[str, Any]]:
    """Yield the things that have a name in the graph; the others carry no information for search engines."""
    for iri in iris:
        if label := say.first(iri, *TITLES):
            classes = say.all(iri, RDF.type)
            kind = next((kind for cls, kind in _TYPES.items() if cls in classes), "Thing")
            yield _without_empty({"@type": kind, "@id": iri, "name": label, **_MORE.get(kind, _address)(iri, say)})


def _address(iri: str, say: _PageAnswer) -> dict[str, Any]:
    return {"url": say.first(iri, FOAF.homepage, SCHEMA.url)}


def _code(iri: str, say: _PageAnswer) -> dict[str, Any]:
    return {"termCode": say.first(iri, SKOS.notation)}


def _legislation(iri: str, say: _PageAnswer) -> dict[str, Any]:
    return {"legislationIdentifier": say.first(iri, DCT.identifier)}


_MORE: Mapping[str, Callable[[str, _PageAnswer], dict[str, Any]]] = {
    "DefinedTerm": _code,
    "Legislation": _legislation,
}


def _without_empty(node: Mapping[str, Any]) -> dict[str, Any]:
    """Return the node without empty properties."""
    return {name: value for name, value in node.items() if value not in (None, "", [])}
