"""The resources that a page of a site describes in its front matter, such as the services of a country."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass

from kg.iri import is_web_address
from kg.query.rows import Row, one_of, text
from kg.query.text import iri_term
from kg.vocab import DCT, PROV, RDFS, SCHEMA
from server.pages.rows import rows
from server.pages.statements import names_of
from server.pages.thing import ShownValue
from server.pages.words import in_words
from server.service import Service

_LINKS = {
    "How to access": (DCT.accessRights,),
    "A form of": (PROV.specializationOf,),
    "Related pages": (DCT.relation,),
    "See also": (RDFS.seeAlso, DCT.references),
}
"""Words for what is told of a resource beside its description → properties with the things that say so."""
_TEXTS = (DCT.title, DCT.description, SCHEMA.url)
_DESCRIBED = """SELECT ?thing ?p ?o {
  %(page)s schema:mentions ?thing FILTER(STRSTARTS(STR(?thing), CONCAT(STR(%(page)s), "#resource-")))
  %(properties)s ?thing ?p ?o
} ORDER BY ?thing ?p ?o LIMIT 5000"""


@dataclass(frozen=True, slots=True)
class DescribedResource:
    """A resource with its own anchor on the page that describes it."""

    iri: str
    title: ShownValue
    description: ShownValue | None
    address: str
    """On the web; empty if the page gives none."""
    links: tuple[tuple[str, tuple[ShownValue, ...]], ...]
    """Words for what links say → the things, those without a page of their own as text."""


def described_resources(service: Service, page: str) -> tuple[DescribedResource, ...]:
    """Return the resources that a page describes, by title.

    Raises:
        QueryError: when the pool cannot answer.
    """
    links = {prop for properties in _LINKS.values() for prop in properties}
    said = defaultdict[str, dict[str, list[Row]]](lambda: defaultdict(list))
    for row in rows(service, _DESCRIBED % {"page": iri_term(page), "properties": one_of("p", (*_TEXTS, *links))}):
        said[text(row, "thing")][text(row, "p")].append(row)
    linked = {text(row, "o") for of in said.values() for prop in links for row in of.get(prop, ())}
    names = names_of(service, linked) if linked else {}
    found = (_resource(page, iri, properties, names) for iri, properties in said.items())
    return tuple(sorted(found, key=lambda each: (each.title.label.casefold(), each.iri)))


def _resource(page: str, iri: str, said: dict[str, list[Row]], names: dict[str, str]) -> DescribedResource:
    title, description = (next(map(_text, said.get(prop, ())), None) for prop in (DCT.title, DCT.description))
    links = {
        words: tuple(_thing(page, text(row, "o"), names) for prop in properties for row in said.get(prop, ()))
        for words, properties in _LINKS.items()
    }
    return DescribedResource(
        iri=iri,
        title=title or ShownValue(iri.partition("#resource-")[2]),
        description=description,
        address=next((url for row in said.get(SCHEMA.url, ()) if is_web_address(url := text(row, "o"))), ""),
        links=tuple((words, things) for words, things in links.items() if things),
    )


def _text(row: Row) -> ShownValue:
    return ShownValue(text(row, "o"), language=row["o"].get("xml:lang", ""))


def _thing(page: str, iri: str, names: dict[str, str]) -> ShownValue:
    """Return a thing with its name; how to access a resource is a part of its page that is nothing but its name."""
    name = names.get(iri) or in_words(iri)
    return ShownValue(name, "" if iri.startswith(f"{page}#resource-") else iri)
