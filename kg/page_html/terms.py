"""Describe the terms of the ontology, by kind and label, for its documentation."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from rdflib import OWL, RDF, RDFS, BNode, Graph, URIRef
from rdflib.namespace import DCTERMS, VANN
from rdflib.term import Node

from kg.identifiers.licences import licence_name
from kg.vocab import BLOCK, RDM, ROLE, SECTION, prefixed_name


@dataclass(frozen=True, slots=True)
class Word:
    """A part of a phrase."""

    text: str
    href: str = ""
    """Anchor of a term of the ontology, or IRI of a term of another one; empty for plain text."""


Phrase = tuple[Word, ...]


@dataclass(frozen=True, slots=True)
class Fact:
    """A heading and its values, such as ``Domain`` and the class."""

    heading: str
    phrases: tuple[Phrase, ...]


@dataclass(frozen=True, slots=True)
class OntologyTerm:
    """A term of the ontology."""

    iri: str
    name: str
    """Prefixed name, such as ``rdm:Page``."""
    anchor: str
    label: str
    comment: str
    facts: tuple[Fact, ...]


@dataclass(frozen=True, slots=True)
class TermGroup:
    """Terms of one kind."""

    title: str
    anchor: str
    terms: tuple[OntologyTerm, ...]


@dataclass(frozen=True, slots=True)
class Described:
    """Description of an ontology."""

    iri: str
    title: str
    description: str
    version: str
    version_iri: str
    licence: str
    prefix: str
    namespace: str
    parts: tuple[TermGroup, ...]

    @property
    def licence_name(self) -> str:
        """Common name of the licence, else its IRI."""
        return licence_name(self.licence) or self.licence


def anchor(iri: str) -> str:
    """Return the anchor of a term of the ontology; empty for other terms.

    >>> anchor("https://w3id.org/rdm-kg/ont#Page"), anchor("https://w3id.org/rdm-kg/role/contact"), anchor("urn:x")
    ('Page', 'role-contact', '')
    """
    for base, start in ((RDM.base, ""), (ROLE.base, "role-"), (SECTION.base, "section-"), (BLOCK.base, "block-")):
        if iri.startswith(base):
            return start + iri.removeprefix(base)
    return ""


def describe(graph: Graph) -> Described:
    """Describe the header of an ontology and every term that it declares in its namespaces."""
    (header,) = graph.subjects(RDF.type, OWL.Ontology)
    properties = {
        "title": DCTERMS.title,
        "description": DCTERMS.description,
        "version": OWL.versionInfo,
        "version_iri": OWL.versionIRI,
        "licence": DCTERMS.license,
        "prefix": VANN.preferredNamespacePrefix,
        "namespace": VANN.preferredNamespaceUri,
    }
    values = {name: str(graph.value(header, predicate)) for name, predicate in properties.items()}
    return Described(iri=str(header), parts=tuple(_parts(graph)), **values)


def _parts(graph: Graph) -> Iterator[TermGroup]:
    kinds = {
        "Classes": OWL.Class,
        "Relations": OWL.ObjectProperty,
        "Attributes": OWL.DatatypeProperty,
        "Notes on roles": OWL.AnnotationProperty,
        "Datatypes": RDFS.Datatype,
        "Roles of a mention": URIRef(RDM.Role),
        "Sections of a cheat sheet": URIRef(RDM.Section),
        "Blocks of a topic": URIRef(RDM.Block),
    }
    for title, kind in kinds.items():
        found = {str(term) for term in graph.subjects(RDF.type, kind)}
        terms = (_term(graph, URIRef(iri)) for iri in found if anchor(iri))
        yield TermGroup(
            title, title.split()[0].lower(), tuple(sorted(terms, key=lambda term: (term.label.lower(), term.iri)))
        )


def _term(graph: Graph, iri: URIRef) -> OntologyTerm:
    return OntologyTerm(
        iri=str(iri),
        name=prefixed_name(str(iri)),
        anchor=anchor(str(iri)),
        label=str(graph.value(iri, RDFS.label)),
        comment=str(graph.value(iri, RDFS.comment)),
        facts=tuple(_facts(graph, iri)),
    )


def _facts(graph: Graph, iri: URIRef) -> Iterator[Fact]:
    """Yield the axioms of a term in both directions: superclasses and subclasses, domain and uses as domain."""
    inverse = {*graph.objects(iri, OWL.inverseOf), *graph.subjects(OWL.inverseOf, iri)}
    found: dict[str, Iterable[Node]] = {
        "Defined as": graph.objects(iri, OWL.equivalentClass),
        "Subclass of": graph.objects(iri, RDFS.subClassOf),
        "Has subclasses": graph.subjects(RDFS.subClassOf, iri),
        "Domain": graph.objects(iri, RDFS.domain),
        "Range": graph.objects(iri, RDFS.range),
        "Subproperty of": graph.objects(iri, RDFS.subPropertyOf),
        "Has subproperties": graph.subjects(RDFS.subPropertyOf, iri),
        "Inverse of": (term for term in inverse if not isinstance(term, BNode)),
        "In the domain of": graph.subjects(RDFS.domain, iri),
        "In the range of": graph.subjects(RDFS.range, iri),
        "Direct property": graph.objects(iri, URIRef(RDM.directProperty)),
        "Class of the target": graph.objects(iri, URIRef(RDM.targetClass)),
        "Direct property of the roles": graph.subjects(URIRef(RDM.directProperty), iri),
        "Used by": _users(graph, iri),
        "Disjoint with": _excluded(graph, iri),
    }
    for heading, nodes in found.items():
        phrases = sorted({tuple(_phrase(graph, node)) for node in nodes}, key=lambda words: words[0].text.lower())
        if phrases:
            yield Fact(heading, tuple(phrases))


def _users(graph: Graph, iri: URIRef) -> set[Node]:
    """Return the classes whose definitions use a term."""
    return {cls for cls in graph.subjects(OWL.equivalentClass) if iri in _inside(graph, cls) and cls != iri}


def _inside(graph: Graph, cls: Node) -> set[Node]:
    seen, fresh = set[Node](), set(graph.objects(cls, OWL.equivalentClass))
    while fresh:
        seen |= fresh
        fresh = {o for node in fresh if isinstance(node, BNode) for o in graph.objects(node)} - seen
    return seen


def _excluded(graph: Graph, cls: URIRef) -> set[Node]:
    """Return the classes that are declared disjoint with a class."""
    found = {*graph.objects(cls, OWL.disjointWith), *graph.subjects(OWL.disjointWith, cls)}
    for group in graph.subjects(RDF.type, OWL.AllDisjointClasses):
        for members in graph.objects(group, OWL.members):
            classes = set(graph.items(members))
            found |= classes if cls in classes else set()
    return found - {cls}


def _phrase(graph: Graph, node: Node) -> Iterator[Word]:
    """Yield the words of a term, or of a class expression in Manchester syntax: ``a and (b some c)``."""
    if isinstance(node, URIRef):
        yield _word(graph, node)
    elif (members := graph.value(node, OWL.intersectionOf)) is not None:
        for n, member in enumerate(graph.items(members)):
            yield from (Word("and"),) if n else ()
            yield from _phrase(graph, member)
    elif (inverse := graph.value(node, OWL.inverseOf)) is not None:
        yield Word("inverse of")
        yield from _phrase(graph, inverse)
    else:
        for predicate, word in ((OWL.onProperty, ""), (OWL.someValuesFrom, "some")):
            yield from (Word(word),) if word else ()
            for part in graph.objects(node, predicate):
                yield from _phrase(graph, part)


def _word(graph: Graph, iri: URIRef) -> Word:
    own = anchor(str(iri))
    if own:
        return Word(str(graph.value(iri, RDFS.label)), f"#{own}")
    return Word(prefixed_name(str(iri)), str(iri))
