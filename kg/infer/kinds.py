"""Reduction of a graph to one representative for each kind of thing, so that reasoning does not grow with their number.

The classes that can be inferred for a thing depend on its asserted classes, its relations, and, for classes defined by
a relation to members of a class, on its neighbours. Things that agree in these are of the same kind, and inferences
about the representative hold for each of them. Inferences from a relation to another relation depend on neither; they
are drawn from one pair of representatives for each relation.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from rdflib import RDF, Graph, URIRef

from kg.infer.ontology import Fact, Triple

_STAND_IN = "http://kind.invalid/"
_TYPE = str(RDF.type)


class Kinds:
    """A graph about representatives of the kinds of things, and the translation of inferences back to the things.

    >>> facts = [(f"https://example.org/{n}", _TYPE, "https://example.org/#Standard") for n in range(1000)]
    >>> len(Kinds(facts, depth=1).graph)
    1
    """

    def __init__(self, facts: Iterable[Fact], depth: int) -> None:
        """Compute the kinds; statements up to ``depth`` relations away from a thing can affect its classes."""
        self._facts = list(facts)
        self._kinds = _kinds(self._facts, depth)
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


def _kinds(facts: Iterable[Fact], depth: int) -> dict[str, int]:
    """Return thing → number of its kind, by partition refinement up to a distance of ``depth`` relations."""
    classes: dict[str, set[str]] = {}
    neighbours: dict[str, set[tuple[str, bool, str]]] = {}
    for s, p, o in facts:
        classes.setdefault(s, set())
        if p == _TYPE:
            classes[s].add(o)
        else:
            classes.setdefault(o, set())
            neighbours.setdefault(s, set()).add((p, True, o))
            neighbours.setdefault(o, set()).add((p, False, s))
    kinds = _numbered({thing: frozenset(of) for thing, of in classes.items()})
    for hops in range(depth + 1):
        seen = kinds if hops else dict.fromkeys(kinds, 0)
        kinds = _numbered(
            {
                thing: (kinds[thing], frozenset((p, out, seen[other]) for p, out, other in neighbours.get(thing, ())))
                for thing in kinds
            }
        )
    return kinds


def _numbered(keys: dict[str, object]) -> dict[str, int]:
    """Return thing → number; equal keys get the same number, in the order of the things' names."""
    numbers: dict[object, int] = {}
    return {thing: numbers.setdefault(keys[thing], len(numbers)) for thing in sorted(keys)}
