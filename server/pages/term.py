"""A property or class of another vocabulary: what it means, and where the graph uses it."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace

from kg.query.rows import Row, text
from kg.query.text import iri_term
from kg.vocab import (
    ADMS,
    BASE,
    DCAT,
    DCT,
    ELI,
    FOAF,
    OWL,
    PROV,
    RDF,
    RDFS,
    SCHEMA,
    SH,
    SKOS,
    VCARD,
    prefixed_name,
)
from server.pages.rows import rows
from server.pages.said import names_of, words_of
from server.pages.thing import ShownValue, ThingPage
from server.service import Service

USES = 50
"""Uses on a page."""
_WORDS: dict[str, tuple[str, str]] = {
    DCT.title: ("title", "The name that the thing itself or its publisher gives it."),
    DCT.description: ("description", "What the thing is, in sentences."),
    DCT.creator: ("creator", "Who made it."),
    SKOS.prefLabel: ("preferred label", "The one name of a concept that is shown first."),
    RDFS.label: ("label", "A name of anything, for people."),
    RDFS.comment: ("comment", "What the thing is, in words for people."),
    RDFS.subClassOf: ("subclass of", "Whatever belongs to this class belongs to that one too."),
    RDFS.subPropertyOf: ("subproperty of", "Whatever is related by this property is related by that one too."),
    RDFS.domain: ("domain", "The class of what a property tells of."),
    RDFS.range: ("range", "The class of a property's values."),
    SCHEMA.name: ("name", "What the thing is called."),
    SH.prefix: ("prefix", "The short form of a namespace in queries."),
    SH.namespace: ("namespace", "What a prefix stands for."),
    SH.select: ("SELECT query", "The text of a query that gives rows."),
    SKOS.Concept: ("concept", "A unit of thought, as a term of a terminology is."),
    SKOS.ConceptScheme: ("concept scheme", "A terminology: concepts that belong together."),
    SKOS.Collection: ("collection", "A group of concepts, such as the codes to choose from for one purpose."),
    ADMS.Identifier: ("identifier", "An identifier as a thing of its own, with the registry that gave it."),
    DCAT.Catalog: ("catalogue", "A list of descriptions of datasets and services."),
    DCAT.Dataset: ("dataset", "Data published by one agent, to be had in one or more files; here, a cheat sheet."),
    DCAT.Distribution: ("distribution", "One form in which a dataset can be had, such as a file."),
    DCAT.DataService: ("data service", "Operations that give access to data, such as an endpoint for queries."),
    DCAT.Resource: ("catalogued resource", "Anything that a catalogue may list."),
    DCT.Standard: ("standard", "What things can be compared with or made after: a format, terminology or guideline."),
    DCT.MediaTypeOrExtent: ("media type or extent", "A file format, or how much there is of something."),
    DCT.LicenseDocument: ("licence", "A legal document that permits something to be done with a thing."),
    ELI.LegalResource: ("legal resource", "A law, regulation or convention, whatever its language or edition."),
    FOAF.Agent: ("agent", "Who can act: a person, an organisation or a group."),
    FOAF.Person: ("person", "A human being."),
    FOAF.Organization: ("organisation", "A body of people, such as an institution."),
    FOAF.Document: ("document", "A page or another document."),
    PROV.Activity: ("activity", "What happened over a time and made or used things."),
    PROV.Entity: ("entity", "A thing whose origin is told."),
    OWL.Class: ("class", "A kind of things."),
    OWL.ObjectProperty: ("relation", "A property between two things."),
    OWL.DatatypeProperty: ("attribute", "A property whose values are texts, numbers or dates."),
    OWL.AnnotationProperty: ("annotation", "A property for people, from which nothing follows."),
    SCHEMA.LearningResource: ("learning resource", "What somebody learns from."),
    SCHEMA.DataCatalog: ("data catalogue", "A collection of datasets, such as a repository."),
    SCHEMA.Service: ("service", "What an organisation does for others."),
    VCARD.Kind: ("contact", "Whom to turn to."),
}
"""Label and meaning of terms that no page of a thing has beside its facts, in our words."""
_COUNT = "SELECT (COUNT(*) AS ?n) (COUNT(DISTINCT ?s) AS ?things) {{ {pattern} }}"
_USES = "SELECT {wanted} {{ {pattern} }} ORDER BY {wanted} LIMIT {most} OFFSET {before}"


@dataclass(frozen=True, slots=True)
class TermUse:
    """A thing that the term is said of."""

    subject: ShownValue
    value: ShownValue | None
    """The property's value; ``None`` for a member of a class."""


@dataclass(frozen=True, slots=True)
class TermPage:
    """A term, and one page of its uses."""

    thing: ThingPage
    """What is said of the term itself, which may be nothing."""
    name: str
    """With a prefix where there is one: ``dct:title``."""
    meaning: str
    is_class: bool
    number: int
    """Of uses."""
    things: int
    """That it is used of."""
    uses: tuple[TermUse, ...]
    page: int
    pages: int
    query: str
    """Asks for all uses."""


def term_of(service: Service, iri: str, said: ThingPage | None, page: int) -> TermPage | None:
    """How the graph uses ``iri`` as a property, else as a class; ``None`` where it does neither.

    Raises what the pool raises.
    """
    own = iri_term(iri)
    for pattern, wanted in ((f"?s {own} ?o", "?s ?o"), (f"?s <{RDF.type}> {own}", "?s")):
        (counted,) = rows(service, _COUNT.format(pattern=pattern))
        if number := int(text(counted, "n")):
            last = -(-number // USES)
            page = min(page, last)
            asked = _USES.format(wanted=wanted, pattern=pattern, most=USES, before=(page - 1) * USES)
            label, meaning = _words(service, iri)
            return TermPage(
                _told(said, label) if said else ThingPage(iri, ShownValue(label), (), (), (), (), (), 0, (), ()),
                prefixed_name(iri),
                meaning,
                "?o" not in wanted,
                number,
                int(text(counted, "things")),
                _uses(service, rows(service, asked)),
                page,
                last,
                f"SELECT {wanted} {{\n  {pattern}\n}}",
            )
    return None


def _told(said: ThingPage, label: str) -> ThingPage:
    """By its label where it has no name of its own, and without the members of a class, which are its uses."""
    title = ShownValue(label) if said.title.label == prefixed_name(said.iri) else said.title
    return replace(said, title=title, inverse=tuple(each for each in said.inverse if each.iri != RDF.type))


def _words(service: Service, iri: str) -> tuple[str, str]:
    return _WORDS.get(iri) or words_of(service, [iri]).get(iri) or (prefixed_name(iri), "")


def _uses(service: Service, found: Iterable[Row]) -> tuple[TermUse, ...]:
    found = list(found)
    terms = [term for row in found for term in row.values() if term["type"] == "uri"]
    names = names_of(service, {term["value"] for term in terms})
    shown = ({variable: _value(term, names) for variable, term in row.items()} for row in found)
    return tuple(TermUse(row["s"], row.get("o")) for row in shown)


def _value(term: Mapping[str, str], names: Mapping[str, str]) -> ShownValue:
    value = term["value"]
    if term["type"] != "uri":
        return ShownValue(value, "", term.get("xml:lang", ""))
    return ShownValue(names.get(value) or prefixed_name(value).removeprefix(BASE), value)
