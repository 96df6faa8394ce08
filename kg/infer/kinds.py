"""Stand-ins: a reasoner is asked about each kind of thing once, however many things are of that kind.

What the ontology can conclude of a thing depends on the classes said of it, on its relations, and, for the classes that
are defined by a relation to something of a class, on what its neighbours are. Things that agree in these are of one
kind, and what follows for the kind follows for each of them. Which relation follows from which depends on neither:
one pair of stand-ins for each relation tells.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from rdflib import RDF, Graph, URIRef

from kg.infer.ontology import Fact, Triple

_STAND_IN = "http://kind.invalid/"
_TYPE = str(RDF.type)


class Kinds:
    """Facts about things, as a graph about kinds of things, and the way back.

    >>> facts = [(f"https://example.org/{n}", _TYPE, "https://example.org/#Standard") for n in range(1000)]
    >>> len(Kinds(facts, depth=1).graph)
    1
    """

    def __init__(self, facts: Iterable[Fact], depth: int) -> None:
        """``depth`` is how many relations away a statement can matter to what a thing is."""
        self._facts = list(facts)
        self._kinds = _kinds(self._facts, depth)
        self._pairs = {p: n for n, p in enumerate(sorted({p for _, p, _ in self._facts if p != _TYPE}))}
        self.graph = Graph("SimpleMemory", bind_namespaces="none")
        """The statements for the reasoner; their things are stand-ins."""
        for s, p, o in self._facts:
            if p == _TYPE:
                self.graph.add((self._stand_in(s), RDF.type, URIRef(o)))
            else:
                self.graph.add((self._stand_in(s), URIRef(p), self._stand_in(o)))
        for p, n in self._pairs.items():
            self.graph.add((URIRef(f"{_STAND_IN}pair/{n}/s"), URIRef(p), URIRef(f"{_STAND_IN}pair/{n}/o")))

    def classes(self, answer: Iterable[Triple]) -> dict[str, frozenset[str]]:
        """Each thing → the classes that the reasoner's answer about its kind gives it."""
        found: dict[str, set[str]] = {}
        for s, p, o in answer:
            if p == RDF.type:
                found.setdefault(str(s), set()).add(str(o))
        of_kind = {name: frozenset(classes) for name, classes in found.items()}
        return {thing: of_kind.get(f"{_STAND_IN}{kind}", frozenset()) for thing, kind in self._kinds.items()}

    def relations(self, answer: Iterable[Triple]) -> Iterator[Fact]:
        """The relations between things that follow from those told, and these themselves; some more than once."""
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
    """Each thing → the number of its kind, by the coarsest partition that looks ``depth`` relations far."""
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
    """Equal keys get one number, in the order of the things' names."""
    numbers: dict[object, int] = {}
    return {thing: numbers.setdefault(keys[thing], len(numbers)) for thing in sorted(keys)}
