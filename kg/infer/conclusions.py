"""From a graph to what follows from it: what is reasoned about, by whom, and which of it is news."""

from __future__ import annotations

import shutil
from collections.abc import Iterable, Iterator
from dataclasses import dataclass

import owlready2
from rdflib import RDF, Graph, URIRef

from kg.errors import UnknownName
from kg.infer.ontology import Ontology, Triple, iri_triples
from kg.infer.reasoners import REASONERS, ContradictionError, JavaError, Reasoner
from kg.vocab import RDM


@dataclass(frozen=True, slots=True, order=True)
class Culprit:
    """A thing that a graph takes for two things at once that exclude each other.

    >>> print(Culprit("https://example.org/pride", ("https://example.org/#Repository", "https://example.org/#Standard")))
    https://example.org/pride is taken for a Repository and for a Standard, which exclude each other
    """

    thing: str
    classes: tuple[str, str]
    """The two classes that the ontology declares disjoint, sorted."""
    said: tuple[Triple, ...] = ()
    """The statements of the graph that make it one or the other, sorted."""

    def __str__(self) -> str:
        one, other = (iri.rpartition("#")[2].rpartition("/")[2] for iri in self.classes)
        return f"{self.thing} is taken for a {one} and for a {other}, which exclude each other"


@dataclass(frozen=True, slots=True)
class Inference:
    """What a reasoner made of a graph."""

    added: Graph
    """What follows and was not said: types by our classes and those above them, relations by our properties."""
    consistent: bool
    """False where the graph contradicts the ontology; ``added`` is then what follows when disjointness is ignored."""
    culprits: tuple[Culprit, ...]
    """The things that are taken for two at once, sorted; empty where the graph is consistent."""
    reasoner: str
    """Who answered: ``hermit`` or ``owlrl``."""
    warnings: tuple[str, ...] = ()
    """Why another reasoner answered than the one chosen, if so."""


def infer(triples: Graph, ontology: Ontology, reasoner: str = "auto") -> Inference:
    """What follows from a graph, the same from both reasoners; a contradiction is an answer, never an exception.

    ``reasoner`` is ``hermit``, ``owlrl``, or ``auto``: HermiT where Java is found. Where Java fails, the rules of
    OWL 2 RL answer and ``warnings`` says why. Mentions are not reasoned about. Not for two threads at once:
    owlready2's settings are global.
    """
    name = _choose(reasoner)
    told = ontology.project(triples)
    warnings: tuple[str, ...] = ()
    try:
        found, consistent = _reason(REASONERS[name], ontology, told)
    except JavaError as failure:
        name, warnings = "owlrl", (f"HermiT failed, so the OWL 2 RL rules were used: {failure}",)
        found, consistent = _reason(REASONERS[name], ontology, told)
    culprits = () if consistent else tuple(sorted(_culprits(found, ontology, told)))
    return Inference(_news(found, ontology, triples), consistent, culprits, name, warnings)


def _choose(reasoner: str) -> str:
    if reasoner == "auto":
        return "hermit" if shutil.which(owlready2.JAVA_EXE) else "owlrl"
    if reasoner not in REASONERS:
        raise UnknownName(f"no reasoner {reasoner!r}; there are auto, {', '.join(sorted(REASONERS))}")
    return reasoner


def _reason(run: Reasoner, ontology: Ontology, told: Graph) -> tuple[set[Triple], bool]:
    """What follows, and whether it is free of contradiction."""
    try:
        return run(ontology.axioms, told), True
    except ContradictionError:
        pass
    try:
        return run(ontology.axioms_without_disjointness(), told), False
    except ContradictionError:
        return set(), False  # everything follows from what is contradictory in itself, so nothing is worth telling


def _news(found: Iterable[Triple], ontology: Ontology, triples: Graph) -> Graph:
    """Of what was found, the part in our terms that the graph does not say itself."""
    classes = {
        above for name in ontology.superclasses if name.startswith(RDM.base) for above in ontology.superclasses[name]
    }
    added = Graph()
    for s, p, o in found:
        ours = o in classes if p == RDF.type else p in ontology.relations
        if ours and (s, p, o) not in triples:
            added.add((s, p, o))
    return added


def _culprits(found: Iterable[Triple], ontology: Ontology, told: Graph) -> Iterator[Culprit]:
    types: dict[URIRef, set[URIRef]] = {}
    for s, p, o in found:
        if p == RDF.type:
            types.setdefault(s, set()).add(o)
    for thing, classes in types.items():
        for pair in ontology.disjoint:
            if classes.issuperset(pair):
                said = {t for cls in pair for t in _saying(thing, cls, ontology, told)}
                yield Culprit(str(thing), (str(pair[0]), str(pair[1])), tuple(sorted(said)))


def _saying(thing: URIRef, cls: URIRef, ontology: Ontology, told: Graph) -> Iterator[Triple]:
    """The statements that make a thing a member of a class."""
    for s, p, o in iri_triples(told):
        if s == thing and cls in (ontology.superclasses[o] if p == RDF.type else ontology.subject_types[p]):
            yield s, p, o
        if o == thing and cls in ontology.object_types[p]:
            yield s, p, o
