"""Reduction of a graph to one representative for each kind of thing, so that reasoning does not grow with their number.

The classes that can be inferred for a thing depend on its asserted classes, its relations, and, for classes defined by
a relation to members of a class, on its neighbours along that relation. Things that agree in these are of the same
kind, and inferences about the representative hold for each of them. Inferences from a relation to another relation
depend on neither; they are drawn from one pair of representatives for each relation.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping
from typing import Any

from rdflib import RDF, Graph, URIRef

from kg.infer.ontology import Fact, Ontology, Step, Triple

_STAND_IN = "http://kind.invalid/"
_TYPE = str(RDF.type)


class Kinds:
    """A graph about representatives of the kinds of things, and the translation of inferences back to the things.

    >>> facts = [(f"https://example.org/{n}", _TYPE, "https://example.org/#Standard") for n in range(1000)]
    >>> from kg.resources import shipped
    >>> len(Kinds(facts, Ontology.load(shipped("ontology") / "rdm.ttl")).graph)
    1
    """

    def __init__(self, facts: Iterable[Fact], ontology: Ontology) -> None:
        self._facts = list(facts)
        self._kinds = _kinds(self._facts, ontology)
        self._pairs = {p: n for n, p in enumerate(sorted({p for _, p, _ in self._facts if p != _TYPE}))}
        self.graph = Graph("SimpleMemory", bind_namespaces="none")
        """The statements for the reasoner, about representatives."""
        for s, p, o in self._facts:
            if p == _TYPE:
                self.graph.add((self._stand_in(s), RDF.type, URIRef(o)))
            else:
                self.graph.add((self._stand_in(s), URIRef(p), self._stand_in(o)))
        for p, n in self._pairs.items():
            self.graph.add((URIRef(f"{_STAND_IN}pair/{n}/s"), URIRef(p), URIRef(f"{_STAND_IN}pair/{n}/o")))

    def classes(self, answer: Iterable[Triple]) -> dict[str, frozenset[str]]:
        """Return thing → its classes, from the reasoner's answer about the representatives."""
        found: dict[str, set[str]] = {}
        for s, p, o in answer:
            if p == RDF.type:
                found.setdefault(str(s), set()).add(str(o))
        of_kind = {name: frozenset(classes) for name, classes in found.items()}
        return {thing: of_kind.get(f"{_STAND_IN}{kind}", frozenset()) for thing, kind in self._kinds.items()}

    def relations(self, answer: Iterable[Triple]) -> Iterator[Fact]:
        """Yield the given and the inferred relations between things, from the reasoner's answer; some repeatedly."""
        forth: dict[str, set[str]] = {}
        back: dict[str, set[str]] = {}
        starts = {f"{_STAND_IN}pair/{n}/s": p for p, n in self._pairs.items()}
        ends = {f"{_STAND_IN}pair/{n}/o": p for p, n in self._pairs.items()}
        for thing, found in ((str(s), str(p)) for s, p, _ in answer if p != RDF.type):
            if thing in starts:
                forth.setdefault(starts[thing], set()).add(found)
            elif thing in ends:
                back.setdefault(ends[thing], set()).add(found)
        for s, p, o in self._facts:
            yield from ((s, q, o) for q in forth.get(p, ()))
            yield from ((o, q, s) for q in back.get(p, ()))

    def _stand_in(self, thing: str) -> URIRef:
        return URIRef(f"{_STAND_IN}{self._kinds[thing]}")


def _kinds(facts: Iterable[Fact], ontology: Ontology) -> dict[str, int]:
    """Return thing → number of its kind, by partition refinement up to a distance of ``ontology.reach`` relations."""
    classes: dict[str, set[str]] = {}
    around = defaultdict[str, set[tuple[Step, str | None]]](set)
    """Thing → steps to its neighbours; the neighbour is ``None`` where it does not matter."""
    for s, p, o in facts:
        classes.setdefault(s, set())
        if p == _TYPE:
            classes[s].add(o)
        else:
            classes.setdefault(o, set())
            for thing, step, other in ((s, (p, True), o), (o, (p, False), s)):
                around[thing].add((step, other if step in ontology.deciding else None))
    kinds = _numbered({thing: tuple(sorted(asked)) for thing, asked in _asked(classes, around, ontology)})
    for _ in range(ontology.reach):
        kinds = _numbered(
            {
                thing: (*sorted(of), *sorted({(p, kinds[other] if other else -1) for p, other in around[thing]}))
                for thing, of in classes.items()
            }
        )
    return kinds


def _asked(
    classes: Mapping[str, set[str]], around: Mapping[str, set[tuple[Step, str | None]]], ontology: Ontology
) -> Iterator[tuple[str, frozenset[str]]]:
    """Yield each thing with the classes of :attr:`Ontology.asked` that follow from its own classes and relations."""
    for thing, of in classes.items():
        found = set[str]().union(*(ontology.superclasses.get(cls, ()) for cls in of))
        for (relation, forth), _ in around[thing]:
            found |= (ontology.subject_types if forth else ontology.object_types)[relation]
        yield thing, ontology.asked & found


def _numbered(keys: dict[str, tuple[Any, ...]]) -> dict[str, int]:
    """Return thing → number; equal keys get the same number, which does not depend on how many things have it."""
    numbers = {key: number for number, key in enumerate(sorted(set(keys.values()), key=repr))}
    return {thing: numbers[key] for thing, key in keys.items()}
