"""Our ontology as read by owlready2, the authority for our own terms."""

from __future__ import annotations

import io
from collections.abc import Iterable, Iterator
from contextlib import closing
from dataclasses import dataclass
from functools import cache
from itertools import combinations
from pathlib import Path
from typing import Any

import owlready2
from rdflib import OWL, RDF, RDFS, Graph, Literal, URIRef
from rdflib.collection import Collection
from rdflib.term import Node

from kg.errors import OntologyError, in_words
from kg.vocab import BLOCK, RDM, ROLE, SECTION

Triple = tuple[URIRef, URIRef, URIRef]
Statement = tuple[Node, Node, Node]
Fact = tuple[str, str, str]
"""A statement that relates two things, or a thing and its class; all terms are IRIs as text."""
Step = tuple[str, bool]
"""A relation, and whether the step is from its subject to its object."""
Above = dict[str, frozenset[str]]
"""Term → more general terms."""

_OWN = (RDM.base, BLOCK.base, ROLE.base, SECTION.base)
_TYPE = str(RDF.type)
_MENTION = RDM.Mention
_LOGIC = {RDF.type, RDF.first, RDF.rest, RDFS.subClassOf, RDFS.subPropertyOf, RDFS.domain, RDFS.range}
_WITHOUT_LOGIC = (OWL.Ontology, OWL.NamedIndividual, OWL.AnnotationProperty)


@dataclass(frozen=True, slots=True)
class Ontology:
    """The declarations of the ontology, without owlready2's objects."""

    terms: frozenset[str]
    """All declared terms in our namespaces: classes, properties, datatypes, roles, sections."""
    axioms: Graph
    """The logical axioms, without labels and individuals."""
    superclasses: Above
    """Class → itself and its named superclasses."""
    classes: frozenset[str]
    """Classes of the things that are reasoned about: all except mentions."""
    relations: frozenset[str]
    """Our object properties, except those of mentions."""
    subject_types: Above
    """Relation → classes of its subjects."""
    object_types: Above
    """Relation → classes of its objects."""
    disjoint: frozenset[tuple[str, str]]
    """Pairs of classes declared disjoint; each pair is sorted."""
    reach: int
    """Maximum number of relations between a thing and a statement that affects its classes; at least 1."""
    asked: frozenset[str]
    """Classes of which some definition asks that a neighbour is a member."""
    deciding: frozenset[Step]
    """Steps from a thing to a neighbour whose classes can affect those of the thing."""

    @classmethod
    @cache
    def load(cls, path: Path) -> Ontology:
        """Read a Turtle file into an owlready2 world of its own.

        Raises:
            OntologyError: when the file cannot be read as Turtle; the message names it.

        >>> from kg.resources import shipped
        >>> "https://w3id.org/rdm-kg/ont#CheatSheet" in Ontology.load(shipped("ontology") / "rdm.ttl").terms
        True
        """
        whole = _parse(path)
        axioms = _logic(whole)
        with closing(owlready2.World()) as world:
            load_into(world, whole)
            superclasses = {c.iri: _names(c.ancestors()) for c in world.classes()}
            properties = [p for p in world.object_properties() if p.iri.startswith(_OWN)]
            subjects = {p.iri: _types(p, "domain", "range") for p in properties}
            objects = {p.iri: _types(p, "range", "domain") for p in properties}
            return cls(
                terms=frozenset(str(s) for s in whole.subjects() if _is_own(s) and world[str(s)] is not None),
                axioms=axioms,
                superclasses=superclasses,
                classes=frozenset(name for name, above in superclasses.items() if _MENTION not in above),
                relations=frozenset(p for p in subjects if _MENTION not in subjects[p] | objects[p]),
                subject_types=subjects,
                object_types=objects,
                disjoint=frozenset(_disjoint_pairs(world)),
                reach=_reach(axioms, superclasses),
                asked=frozenset(map(str, axioms.objects(None, OWL.someValuesFrom))),
                deciding=frozenset(_deciding(axioms)),
            )

    def undeclared(self, graph: Iterable[Statement]) -> list[str]:
        """Return the terms in our namespaces that a graph uses and the ontology does not declare, sorted."""
        used = {term for s, p, o in graph for term in (s, p, o.datatype if isinstance(o, Literal) else o)}
        return sorted(str(term) for term in used if _is_own(term) and str(term) not in self.terms)

    def check(self, graph: Iterable[Statement]) -> None:
        """Check that a graph uses only declared terms of our namespaces.

        Raises:
            OntologyError: when it uses other terms; the message lists them.
        """
        if unknown := self.undeclared(graph):
            raise OntologyError(f"not declared in the ontology: {', '.join(unknown)}; correct or declare them")

    def facts(self, graph: Iterable[Statement]) -> set[Fact]:
        """Return the statements that are reasoned about: types and relations of things; no mentions, no literals."""
        return {
            (s, p, o)
            for s, p, o in (map(str, triple) for triple in iri_triples(graph))
            if (o in self.classes if p == _TYPE else p in self.relations) and s not in self.terms
        }

    def axioms_without_disjointness(self) -> Graph:
        """Return the axioms without disjointness, for inference over a graph that contradicts it."""
        axioms = Graph("SimpleMemory", bind_namespaces="none")
        axioms += self.axioms
        for group in list(axioms.subjects(RDF.type, OWL.AllDisjointClasses)):
            for members in axioms.objects(group, OWL.members):
                Collection(axioms, members).clear()  # type: ignore[no-untyped-call]
            axioms.remove((group, None, None))
        axioms.remove((None, OWL.disjointWith, None))
        return axioms


def iri_triples(graph: Iterable[Statement]) -> Iterator[Triple]:
    """Yield the triples whose terms are all IRIs."""
    for s, p, o in graph:
        if isinstance(s, URIRef) and isinstance(p, URIRef) and isinstance(o, URIRef):
            yield s, p, o


def load_into(world: Any, graph: Graph) -> None:
    """Load a graph into an owlready2 world, as N-Triples since owlready2 does not read Turtle."""
    triples = graph.serialize(format="nt", encoding="utf-8")
    world.get_ontology("http://loaded.invalid/").load(only_local=True, fileobj=io.BytesIO(triples))


def _parse(path: Path) -> Graph:
    try:
        return Graph().parse(path, format="turtle")
    except (OSError, SyntaxError, ValueError) as error:
        raise OntologyError(f"{path}: cannot be read as Turtle: {in_words(error)}") from error


def _is_own(term: object) -> bool:
    return isinstance(term, URIRef) and str(term).startswith(_OWN)  # rdflib's own startswith takes no tuple


def _names(entities: Iterable[Any]) -> frozenset[str]:
    """Return the IRIs of the named entities that are not OWL's own."""
    named = (str(e.iri) for e in entities if isinstance(e, owlready2.EntityClass))
    return frozenset(iri for iri in named if not iri.startswith(str(OWL)))


def _types(prop: Any, end: str, other_end: str) -> frozenset[str]:
    """Return the classes at one end of a property, from its own axioms, its superproperties, and their inverses."""
    found: set[str] = set()
    for above in prop.ancestors():
        inverse = getattr(above, "inverse_property", None)
        for owner, side in ((above, end), (inverse, other_end)):
            for each in getattr(owner, side, None) or ():
                found |= _names(each.ancestors())
    return frozenset(found)


def _disjoint_pairs(world: Any) -> Iterator[tuple[str, str]]:
    for group in world.disjoint_classes():
        yield from combinations(sorted(_names(group.entities)), 2)


def _reach(axioms: Graph, superclasses: Above) -> int:
    """Return the length of the longest chain of classes, each defined by a relation to members of the next.

    A class whose definition names another class adds nothing where that class is enough.
    """
    named = {cls: set(_named_in_definition(axioms, cls)) for cls in superclasses}
    needs: dict[str, set[str]] = {}
    for restriction, filler in axioms.subject_objects(OWL.someValuesFrom):
        for owner in _owners(axioms, restriction):
            needs.setdefault(str(owner), set()).update(
                cls
                for cls, above in superclasses.items()
                if str(filler) in above and not any(str(filler) in superclasses[name] for name in named[cls])
            )

    def length(cls: str, seen: frozenset[str]) -> int:
        if cls in seen or cls not in needs:
            return 0
        return 1 + max((length(other, seen | {cls}) for other in needs[cls]), default=0)

    return max((length(cls, frozenset()) for cls in needs), default=1)


def _named_in_definition(axioms: Graph, cls: str) -> Iterator[str]:
    """Yield the named classes whose intersection with others a class is defined to be."""
    for definition in axioms.objects(URIRef(cls), OWL.equivalentClass):
        for members in axioms.objects(definition, OWL.intersectionOf):
            yield from (str(member) for member in Collection(axioms, members) if isinstance(member, URIRef))


def _deciding(axioms: Graph) -> set[Step]:
    """Return the steps along which a definition asks for members of a class."""
    asked = {
        (prop, True) for node in axioms.subjects(OWL.someValuesFrom) for prop in axioms.objects(node, OWL.onProperty)
    }
    found = set[tuple[Node, bool]]()
    while asked:
        found |= asked
        below = {(sub, forth) for prop, forth in asked for sub in axioms.subjects(RDFS.subPropertyOf, prop)}
        inverse = {
            (other, not forth)
            for prop, forth in asked
            for other in (*axioms.subjects(OWL.inverseOf, prop), *axioms.objects(prop, OWL.inverseOf))
        }
        asked = (below | inverse) - found
    return {(str(prop), forth) for prop, forth in found}


def _owners(axioms: Graph, node: Node) -> Iterator[URIRef]:
    """Yield the named classes whose definition contains a node."""
    if isinstance(node, URIRef):
        yield node
    else:
        for outer in axioms.subjects(None, node):
            yield from _owners(axioms, outer)


def _logic(whole: Graph) -> Graph:
    """Return the axioms alone, since labels and members of closed lists only slow down the reasoner."""
    left_out = {s for kind in _WITHOUT_LOGIC for s in whole.subjects(RDF.type, kind)}
    axioms = Graph("SimpleMemory", bind_namespaces="none")
    for s, p, o in whole:
        if s not in left_out and (p in _LOGIC or str(p).startswith(str(OWL))):
            axioms.add((s, p, o))
    return axioms
