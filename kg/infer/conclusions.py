"""From a graph to what follows from it: what is reasoned about, by whom, and which of it is news."""

from __future__ import annotations

import shutil
from collections.abc import Collection, Iterable, Iterator, Mapping
from dataclasses import dataclass

import owlready2
from rdflib import Graph

from kg.errors import UnknownName
from kg.infer.kinds import Kinds
from kg.infer.ontology import Fact, Ontology, Triple
from kg.infer.reasoners import REASONERS, ContradictionError, JavaError, Reasoner
from kg.vocab import RDF

_TYPE = RDF.type


@dataclass(frozen=True, slots=True, order=True)
class Culprit:
    """A thing that a graph takes for two things at once that exclude each other.

    >>> print(Culprit("https://example.org/pride", ("https://example.org/#Repository", "https://example.org/#Standard")))
    https://example.org/pride is taken for a Repository and for a Standard, which exclude each other
    """

    thing: str
    classes: tuple[str, str]
    """The two classes that the ontology declares disjoint, sorted."""
    said: tuple[Fact, ...] = ()
    """The statements of the graph that make it one or the other, sorted."""

    def __str__(self) -> str:
        one, other = (iri.rpartition("#")[2].rpartition("/")[2] for iri in self.classes)
        return f"{self.thing} is taken for a {one} and for a {other}, which exclude each other"


@dataclass(frozen=True, slots=True)
class Inference:
    """What a reasoner made of a graph."""

    added: tuple[Fact, ...]
    """What follows and was not said, sorted: types by our classes and those above them, relations by our properties."""
    consistent: bool
    """False where the graph contradicts the ontology; ``added`` is then what follows when disjointness is ignored."""
    culprits: tuple[Culprit, ...]
    """The things that are taken for two at once, sorted; empty where the graph is consistent."""
    reasoner: str
    """Who answered: ``hermit`` or ``owlrl``."""
    warnings: tuple[str, ...] = ()
    """Why another reasoner answered than the one chosen, if so."""


def infer(facts: Collection[Fact], ontology: Ontology, reasoner: str = "auto") -> Inference:
    """What follows from :meth:`Ontology.facts` of graphs; a contradiction is an answer, never an exception.

    ``reasoner`` is ``hermit``, ``owlrl``, or ``auto``: HermiT where Java is found; the answer is the same from both.
    Where Java fails, the rules of OWL 2 RL answer and ``warnings`` says why. Not for two threads at once: owlready2's
    settings are global.
    """
    name, warnings = _choose(reasoner), tuple[str, ...]()
    kinds = Kinds(facts, ontology.reach)
    try:
        answer, consistent = _reason(REASONERS[name], ontology, kinds.graph)
    except JavaError as failure:
        name, warnings = "owlrl", (f"HermiT failed, so the OWL 2 RL rules were used: {failure}",)
        answer, consistent = _reason(REASONERS[name], ontology, kinds.graph)
    classes = kinds.classes(answer)
    culprits = () if consistent else tuple(sorted(_culprits(classes, ontology, facts)))
    ours = (fact for fact in kinds.relations(answer) if fact[1] in ontology.relations)
    news = set(_types(classes, ontology)).union(ours).difference(facts)
    return Inference(tuple(sorted(news)), consistent, culprits, name, warnings)


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


def _types(classes: Mapping[str, frozenset[str]], ontology: Ontology) -> Iterator[Fact]:
    """What things are, in our terms: our classes and those above them."""
    ours = {above for name, all_above in ontology.superclasses.items() if name in ontology.terms for above in all_above}
    for thing, found in classes.items():
        yield from ((thing, _TYPE, cls) for cls in found if cls in ours)


def _culprits(classes: Mapping[str, frozenset[str]], ontology: Ontology, facts: Iterable[Fact]) -> Iterator[Culprit]:
    both = {
        thing: pairs
        for thing, found in classes.items()
        if (pairs := [pair for pair in ontology.disjoint if found.issuperset(pair)])
    }
    about: dict[str, list[Fact]] = {thing: [] for thing in both}
    for fact in facts:
        for thing in {fact[0], fact[2]} & both.keys():
            about[thing].append(fact)
    for thing, pairs in both.items():
        for pair in pairs:
            said = {fact for cls in pair for fact in about[thing] if _says(fact, thing, cls, ontology)}
            yield Culprit(thing, pair, tuple(sorted(said)))


def _says(fact: Fact, thing: str, cls: str, ontology: Ontology) -> bool:
    """Whether a statement makes a thing a member of a class."""
    s, p, o = fact
    if p == _TYPE:
        return s == thing and cls in ontology.superclasses[o]
    return (s == thing and cls in ontology.subject_types[p]) or (o == thing and cls in ontology.object_types[p])
