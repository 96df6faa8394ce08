"""Derive inferred statements: search backwards from the conclusion to asserted statements, along the axioms."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from itertools import product

from rdflib import OWL, RDF, RDFS, Graph, URIRef
from rdflib.collection import Collection
from rdflib.term import Node

from kg.vocab import prefixed_name

Fact = tuple[str, str, str]
"""Subject, predicate and object as IRIs; the object of ``rdf:type`` is a class."""
AssertedFacts = Callable[[str | None, str, str | None], Sequence[Fact]]
"""Lookup of asserted statements by subject, property and object; ``None`` matches any."""
Step = tuple[str, tuple[Fact, ...]]
"""An axiom in words, and the premises from which it implies the conclusion."""

_TYPE = str(RDF.type)
_DEEPEST = 9
"""Maximum depth of a derivation; the ontology's longest chain of axioms is shorter."""


@dataclass(frozen=True, slots=True)
class Reason:
    """A derivation: an asserted statement, or an axiom with the derivations of its premises."""

    fact: Fact
    axiom: str = ""
    """The axiom in words; empty if the statement is asserted."""
    because: tuple[Reason, ...] = ()


class Reasons:
    """Finds the shortest derivation of a statement."""

    def __init__(self, axioms: Graph, asserted: AssertedFacts, called: Callable[[str], str] = prefixed_name) -> None:
        """Take the ``axioms`` of an ontology, a lookup of statements, and the names of classes and properties."""
        self._axioms, self._asserted, self._called = axioms, asserted, called

    def of(self, fact: Fact) -> Reason | None:
        """Derive the fact by subclass, subproperty, domain, range, inverse and definition axioms, if possible."""
        return next((found for depth in range(1, _DEEPEST) if (found := self._prove(fact, depth, frozenset()))), None)

    def _prove(self, fact: Fact, depth: int, above: frozenset[Fact]) -> Reason | None:
        if self._asserted(*fact):
            return Reason(fact)
        if depth == 0 or fact in above:
            return None
        for axiom, premises in self._steps(fact):
            because = [self._prove(premise, depth - 1, above | {fact}) for premise in premises]
            if all(because):
                return Reason(fact, axiom, tuple(reason for reason in because if reason))
        return None

    def _steps(self, fact: Fact) -> Iterator[Step]:
        s, p, o = fact
        if p != _TYPE:
            yield from self._relation_steps(fact)
            return
        yield from self._subclass_steps(s, o)
        yield from self._end_steps(s, o)
        yield from self._definition_steps(s, o)

    def _relation_steps(self, fact: Fact) -> Iterator[Step]:
        s, p, o = fact
        for below in self._below(p, RDFS.subPropertyOf, OWL.equivalentProperty):
            yield f"{self._called(below)} implies {self._called(p)}", ((s, below, o),)
        for inverse in self._inverses(p):
            yield f"{self._called(p)} is the inverse of {self._called(inverse)}", ((o, inverse, s),)

    def _subclass_steps(self, thing: str, cls: str) -> Iterator[Step]:
        for below in self._below(cls, RDFS.subClassOf, OWL.equivalentClass):
            yield f"every {self._called(below)} is a {self._called(cls)}", ((thing, _TYPE, below),)

    def _end_steps(self, thing: str, cls: str) -> Iterator[Step]:
        """Yield the steps by domain and range axioms."""
        for prop in self._named(self._axioms.subjects(RDFS.domain, URIRef(cls))):
            axiom = f"whatever has {self._called(prop)} is a {self._called(cls)}"
            yield from ((axiom, (fact,)) for fact in self._relations(thing, prop, None))
        for prop in self._named(self._axioms.subjects(RDFS.range, URIRef(cls))):
            axiom = f"whatever {self._called(prop)} leads to is a {self._called(cls)}"
            yield from ((axiom, (fact,)) for fact in self._relations(None, prop, thing))

    def _definition_steps(self, thing: str, cls: str) -> Iterator[Step]:
        """Yield the steps by definitions: intersections of classes and ``owl:someValuesFrom`` restrictions."""
        for definition in self._axioms.objects(URIRef(cls), OWL.equivalentClass):
            listed = self._axioms.value(definition, OWL.intersectionOf)
            parts = list(Collection(self._axioms, listed)) if listed is not None else [definition]
            classes = [str(part) for part in parts if isinstance(part, URIRef)]
            relations = [part for part in parts if not isinstance(part, URIRef)]
            for ways in product(*(self._ways(thing, part) for part in relations)) if relations else ():
                words = f"{' and '.join(map(self._called, classes))} with {' and '.join(way for way, _ in ways)}"
                types = tuple((thing, _TYPE, each) for each in classes)
                premises = tuple(premise for _, found in ways for premise in found)
                yield f"a {self._called(cls)} is by definition a {words}", (*types, *premises)

    def _ways(self, thing: str, restriction: Node) -> Iterator[Step]:
        """Yield the statements that could satisfy an ``owl:someValuesFrom`` restriction."""
        prop = self._axioms.value(restriction, OWL.onProperty)
        filler = self._axioms.value(restriction, OWL.someValuesFrom)
        inverted = self._axioms.value(prop, OWL.inverseOf) if prop is not None else None
        if not isinstance(filler, URIRef) or prop is None:
            return
        cls = str(filler)
        if isinstance(prop, URIRef):
            for fact in self._relations(thing, str(prop), None):
                yield f"{self._called(str(prop))} to a {self._called(cls)}", (fact, (fact[2], _TYPE, cls))
        elif isinstance(inverted, URIRef):
            for fact in self._relations(None, str(inverted), thing):
                yield f"{self._called(str(inverted))} to it from a {self._called(cls)}", (fact, (fact[0], _TYPE, cls))

    def _relations(self, s: str | None, prop: str, o: str | None) -> Iterator[Fact]:
        """Yield the asserted and inferred statements of a property; one of ``s`` and ``o`` is ``None``."""
        waiting, seen = [(prop, False)], {(prop, False)}
        while waiting:
            name, turned = waiting.pop(0)
            facts = self._asserted(o, name, s) if turned else self._asserted(s, name, o)
            yield from ((y, prop, x) if turned else (x, prop, y) for x, _, y in facts)
            below = [(each, turned) for each in self._below(name, RDFS.subPropertyOf, OWL.equivalentProperty)]
            found = [*below, *((each, not turned) for each in self._inverses(name))]
            waiting += [each for each in found if each not in seen]
            seen.update(found)

    def _below(self, term: str, implies: URIRef, equals: URIRef) -> list[str]:
        iri = URIRef(term)
        found = {*self._axioms.subjects(implies, iri), *self._axioms.subjects(equals, iri)}
        return self._named([*found, *self._axioms.objects(iri, equals)])

    def _inverses(self, prop: str) -> list[str]:
        iri = URIRef(prop)
        return self._named([*self._axioms.subjects(OWL.inverseOf, iri), *self._axioms.objects(iri, OWL.inverseOf)])

    def _named(self, nodes: Iterator[Node] | list[Node]) -> list[str]:
        return sorted({str(node) for node in nodes if isinstance(node, URIRef)})
