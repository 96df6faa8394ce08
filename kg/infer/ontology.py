"""Our ontology as owlready2 understands it: the authority for our own terms."""

from __future__ import annotations

import io
from collections.abc import Iterable, Iterator
from contextlib import closing
from dataclasses import dataclass
from itertools import combinations
from pathlib import Path
from typing import Any

import owlready2
from rdflib import OWL, RDF, RDFS, Graph, Literal, URIRef
from rdflib.collection import Collection
from rdflib.term import Node

from kg.errors import OntologyError
from kg.vocab import BLOCK, RDM, ROLE, SECTION

Triple = tuple[URIRef, URIRef, URIRef]
Fact = tuple[str, str, str]
"""A statement between two things, or of a thing and its class, as plain IRIs."""
Above = dict[str, frozenset[str]]
"""A term → terms that follow from it."""

_OWN = (RDM.base, BLOCK.base, ROLE.base, SECTION.base)
_TYPE = str(RDF.type)
_MENTION = RDM.Mention
_LOGIC = {RDF.type, RDF.first, RDF.rest, RDFS.subClassOf, RDFS.subPropertyOf, RDFS.domain, RDFS.range}
_WITHOUT_LOGIC = (OWL.Ontology, OWL.NamedIndividual, OWL.AnnotationProperty)


@dataclass(frozen=True, slots=True)
class Ontology:
    """What the ontology declares, read once and kept without owlready2's objects."""

    terms: frozenset[str]
    """Every declared term of ours: classes, properties, datatypes, roles, sections."""
    axioms: Graph
    """The logical part: no labels, no individuals."""
    superclasses: Above
    """Every class → itself and the named classes above it."""
    classes: frozenset[str]
    """The classes of the things that are reasoned about: all but mentions."""
    relations: frozenset[str]
    """Our object properties, those of mentions left out."""
    subject_types: Above
    """Each relation → the classes that its subject is of."""
    object_types: Above
    """Each relation → the classes that its object is of."""
    disjoint: frozenset[tuple[str, str]]
    """Pairs of classes that exclude each other, as declared; each pair sorted."""
    reach: int
    """How many relations away a statement can stand that matters to the classes of a thing."""

    @classmethod
    def load(cls, path: Path) -> Ontology:
        """Read a Turtle file, in a world of its own; :class:`kg.errors.OntologyError` names the file if it is no good.

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
            )

    def undeclared(self, graph: Graph) -> list[str]:
        """Terms in our namespaces that a graph uses and the ontology does not declare, sorted."""
        used = {term.datatype if isinstance(term, Literal) else term for triple in graph for term in triple}
        return sorted(str(term) for term in used if _is_own(term) and str(term) not in self.terms)

    def check(self, graph: Graph) -> None:
        """Raise :class:`kg.errors.OntologyError`, naming them, where a graph uses terms that are not declared."""
        if unknown := self.undeclared(graph):
            raise OntologyError(f"not declared in the ontology: {', '.join(unknown)}; mend the spelling, or declare it")

    def facts(self, graph: Graph) -> set[Fact]:
        """The part of a graph that is reasoned about: types and direct relations of things; no mention, no literal."""
        return {
            (s, p, o)
            for s, p, o in (map(str, triple) for triple in iri_triples(graph))
            if (o in self.classes if p == _TYPE else p in self.relations) and s not in self.terms
        }

    def axioms_without_disjointness(self) -> Graph:
        """The axioms by which a graph can still be reasoned about when it takes one thing for two."""
        axioms = Graph("SimpleMemory", bind_namespaces="none") + self.axioms
        for group in list(axioms.subjects(RDF.type, OWL.AllDisjointClasses)):
            for members in axioms.objects(group, OWL.members):
                Collection(axioms, members).clear()  # type: ignore[no-untyped-call]
            axioms.remove((group, None, None))
        axioms.remove((None, OWL.disjointWith, None))
        return axioms


def iri_triples(graph: Graph) -> Iterator[Triple]:
    """The triples between things that have an IRI: no literal, no blank node."""
    for s, p, o in graph:
        if isinstance(s, URIRef) and isinstance(p, URIRef) and isinstance(o, URIRef):
            yield s, p, o


def load_into(world: Any, graph: Graph) -> None:
    """Hand a graph to owlready2, which reads N-Triples, not Turtle."""
    triples = graph.serialize(format="nt", encoding="utf-8")
    world.get_ontology("http://loaded.invalid/").load(only_local=True, fileobj=io.BytesIO(triples))


def _parse(path: Path) -> Graph:
    try:
        return Graph().parse(path, format="turtle")
    except (OSError, SyntaxError, ValueError) as error:
        raise OntologyError(f"{path}: cannot be read as Turtle: {error}") from error


def _is_own(term: object) -> bool:
    return isinstance(term, URIRef) and str(term).startswith(_OWN)  # rdflib's own startswith takes no tuple


def _names(entities: Iterable[Any]) -> frozenset[str]:
    """IRIs of those entities that are named and not OWL's own."""
    named = (str(e.iri) for e in entities if isinstance(e, owlready2.EntityClass))
    return frozenset(iri for iri in named if not iri.startswith(str(OWL)))


def _types(prop: Any, end: str, other_end: str) -> frozenset[str]:
    """Classes of what stands at one end of a property: by its own axioms, those above it, and their inverses."""
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
    """The longest chain of classes of which each is defined by a relation to members of the next."""
    needs: dict[str, set[str]] = {}
    for restriction, filler in axioms.subject_objects(OWL.someValuesFrom):
        for owner in _owners(axioms, restriction):
            needs.setdefault(str(owner), set()).update(c for c, above in superclasses.items() if str(filler) in above)

    def length(cls: str, seen: frozenset[str]) -> int:
        if cls in seen or cls not in needs:
            return 0
        return 1 + max((length(other, seen | {cls}) for other in needs[cls]), default=0)

    return max((length(cls, frozenset()) for cls in needs), default=0)


def _owners(axioms: Graph, node: Node) -> Iterator[URIRef]:
    """The named classes in whose definition a node stands."""
    if isinstance(node, URIRef):
        yield node
    else:
        for outer in axioms.subjects(None, node):
            yield from _owners(axioms, outer)


def _logic(whole: Graph) -> Graph:
    """The axioms alone: labels and the members of closed lists only cost the reasoner time."""
    left_out = {s for kind in _WITHOUT_LOGIC for s in whole.subjects(RDF.type, kind)}
    axioms = Graph("SimpleMemory", bind_namespaces="none")
    for s, p, o in whole:
        if s not in left_out and (p in _LOGIC or str(p).startswith(str(OWL))):
            axioms.add((s, p, o))
    return axioms
