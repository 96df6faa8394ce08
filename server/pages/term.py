"""View model of a property or class of another vocabulary: its definition, and its uses in the graph."""

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
    SSSOM,
    VCARD,
    prefixed_name,
)
from server.pages.rows import rows
from server.pages.statements import names_of, words_of
from server.pages.thing import ShownValue, ThingPage
from server.service import Service

USES = 50
"""Largest number of uses on one page."""
_WORDS: dict[str, tuple[str, str]] = {
    DCT.title: ("title", "The name given by the thing itself or its publisher."),
    DCT.description: ("description", "What the thing is, in sentences."),
    DCT.creator: ("creator", "Who made it."),
    SKOS.prefLabel: ("preferred label", "The one name of a concept that is shown first."),
    RDFS.label: ("label", "A name of anything, for people."),
    RDFS.comment: ("comment", "What the thing is, in words for people."),
    RDFS.subClassOf: ("subclass of", "Whatever belongs to this class belongs to that one too."),
    RDFS.subPropertyOf: ("subproperty of", "Whatever is related by this property is related by that one too."),
    RDFS.domain: ("domain", "The class of a property's subjects."),
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
    DCAT.Dataset: ("dataset", "Data published by one agent, available in one or more files; here, a cheat sheet."),
    DCAT.Distribution: ("distribution", "One form in which a dataset is available, such as a file."),
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
    PROV.Entity: ("entity", "A thing with provenance."),
    OWL.Class: ("class", "A kind of things."),
    OWL.ObjectProperty: ("relation", "A property between two things."),
    OWL.DatatypeProperty: ("attribute", "A property whose values are texts, numbers or dates."),
    OWL.AnnotationProperty: ("annotation", "A property for people, from which nothing follows."),
    SCHEMA.LearningResource: ("learning resource", "What somebody learns from."),
    SCHEMA.DataCatalog: ("data catalogue", "A collection of datasets, such as a repository."),
    SCHEMA.Service: ("service", "What an organisation does for others."),
    SSSOM.Mapping: ("mapping", "A match between two things, with its evidence."),
    VCARD.Kind: ("contact", "Contact details."),
}
"""Term → label and definition, for terms that are not in :data:`server.pages.properties.WORDS`."""
_COUNT = "SELECT (COUNT(*) AS ?n) (COUNT(DISTINCT ?s) AS ?things) {{ {pattern} }}"
_USES = "SELECT {wanted} {{ {pattern} }} ORDER BY {wanted} LIMIT {most} OFFSET {before}"


@dataclass(frozen=True, slots=True)
class TermUse:
    """A statement that uses the term."""

    subject: ShownValue
    value: ShownValue | None
    """Value of the property; ``None`` for an instance of a class."""


@dataclass(frozen=True, slots=True)
class TermPage:
    """A term, and one page of its uses."""

    thing: ThingPage
    """Statements about the term itself, if any."""
    name: str
    """Prefixed name if there is a prefix: ``dct:title``."""
    meaning: str
    is_class: bool
    number: int
    """Number of uses."""
    things: int
    """Number of distinct subjects."""
    uses: tuple[TermUse, ...]
    page: int
    """Number of the page, counted from 1."""
    pages: int
    query: str
    """SPARQL query for all uses."""


def term_of(service: Service, iri: str, thing: ThingPage | None, page: int) -> TermPage | None:
    """Return the uses of ``iri`` as a property, else as a class, or ``None`` if there are none.

    ``thing`` has the statements about ``iri``, if any.

    Raises:
        QueryError: when the pool cannot answer.
    """
    own = iri_term(iri)
    for pattern, wanted in ((f"?s {own} ?o", "?s ?o"), (f"?s <{RDF.type}> {own}", "?s")):
        (counted,) = rows(service, _COUNT.format(pattern=pattern))
        if number := int(text(counted, "n")):
            last = -(-number // USES)
            page = min(page, last)
            query = _USES.format(wanted=wanted, pattern=pattern, most=USES, before=(page - 1) * USES)
            label, meaning = _words(service, iri)
            return TermPage(
                thing=_labelled(thing, label)
                if thing
                else ThingPage(
                    iri=iri,
                    title=ShownValue(label),
                    descriptions=(),
                    types=(),
                    relations=(),
                    inverse=(),
                    mentions=(),
                    mentioned=0,
                    parts=(),
                    sources=(),
                ),
                name=prefixed_name(iri),
                meaning=meaning,
                is_class="?o" not in wanted,
                number=number,
                things=int(text(counted, "things")),
                uses=_uses(service, rows(service, query)),
                page=page,
                pages=last,
                query=f"SELECT {wanted} {{\n  {pattern}\n}}",
            )
    return None


def _labelled(thing: ThingPage, label: str) -> ThingPage:
    """Return the thing titled ``label`` if it has no name, and without instances of a class, which are its uses."""
    title = ShownValue(label) if thing.title.label == prefixed_name(thing.iri) else thing.title
    return replace(thing, title=title, inverse=tuple(each for each in thing.inverse if each.iri != RDF.type))


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
