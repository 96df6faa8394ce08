"""Inference over a graph: selection of the reasoner, the inferred statements, and the contradictions."""

from __future__ import annotations

import shutil
from collections.abc import Collection, Iterable, Iterator, Mapping
from dataclasses import astuple, dataclass
from typing import Any

from kg.build_cache import BuildCache
from kg.infer.kinds import Kinds
from kg.infer.ontology import Fact, Ontology
from kg.vocab import RDF

_TYPE = RDF.type
_JAVA = "java"
"""Program that runs HermiT."""


@dataclass(frozen=True, slots=True, order=True)
class Contradiction:
    """A thing that a graph puts into two disjoint classes.

    >>> print(Contradiction("https://example.org/pride", ("https://example.org/#Law", "https://example.org/#Tool")))
    https://example.org/pride is taken for a Law and for a Tool, which exclude each other
    """

    thing: str
    classes: tuple[str, str]
    """The two classes that the ontology declares disjoint, sorted."""
    statements: tuple[Fact, ...] = ()
    """Statements of the graph from which the thing's membership in the classes follows, sorted."""

    def __str__(self) -> str:
        one, other = (iri.rpartition("#")[2].rpartition("/")[2] for iri in self.classes)
        return f"{self.thing} is taken for a {one} and for a {other}, which exclude each other"


@dataclass(frozen=True, slots=True)
class Inference:
    """The result of a reasoner for a graph."""

    added: tuple[Fact, ...]
    """Inferred statements that the graph lacks, sorted: types by our classes and their superclasses, our relations."""
    consistent: bool
    """False if the graph contradicts the ontology; ``added`` is then inferred without the disjointness axioms."""
    contradictions: tuple[Contradiction, ...]
    """Things in two disjoint classes, sorted; empty if the graph is consistent."""
    reasoner: str
    """Reasoner that was used: ``hermit`` or ``owlrl``."""
    warnings: tuple[str, ...] = ()
    """Reason that another reasoner was used than the chosen one, if any."""


def infer(
    facts: Collection[Fact], ontology: Ontology, reasoner: str = "auto", cache: BuildCache | None = None
) -> Inference:
    """Infer statements from :meth:`Ontology.facts` of graphs; a contradiction is part of the result, not an error.

    ``reasoner`` is ``hermit``, ``owlrl``, or ``auto``: HermiT if Java is installed. If Java fails, the rules of OWL 2
    RL are used and ``warnings`` has the reason. Not thread-safe, since owlready2's settings are global. What follows
    from the same facts, and answers about the same kinds of things, are taken from the ``cache``, which is of this
    program and its ontology.

    Raises:
        UnknownName: when there is no such reasoner.
    """
    name, known = _choose(reasoner), cache or BuildCache()
    key = known.key("inference", name, sorted(facts))
    if found := known.get(key):
        return _inference(*found)
    inference = _infer(facts, ontology, name, known)
    if not inference.warnings:
        known.put(key, astuple(inference))
    return inference


def _inference(
    added: Iterable[Iterable[str]], consistent: bool, contradictions: Iterable[Any], reasoner: str, warnings: Any
) -> Inference:
    """Return an inference of its JSON value."""
    known = [Contradiction(thing, tuple(classes), _facts(facts)) for thing, classes, facts in contradictions]
    return Inference(_facts(added), consistent, tuple(known), reasoner, tuple(warnings))


def _facts(plain: Iterable[Iterable[str]]) -> tuple[Fact, ...]:
    return tuple((s, p, o) for s, p, o in plain)


def _infer(facts: Collection[Fact], ontology: Ontology, name: str, cache: BuildCache) -> Inference:
    from kg.infer.reasoners import JavaError, answer_of  # whose libraries take longer to import than a cache to be read

    warnings, kinds = tuple[str, ...](), Kinds(facts, ontology)
    try:
        answer, consistent = answer_of(name, ontology, kinds.graph, cache)
    except JavaError as failure:
        name, warnings = "owlrl", (f"HermiT failed, so the OWL 2 RL rules were used: {failure}",)
        answer, consistent = answer_of(name, ontology, kinds.graph, cache)
    classes = kinds.classes(answer)
    contradictions = () if consistent else tuple(sorted(_contradictions(classes, ontology, facts)))
    ours = (fact for fact in kinds.relations(answer) if fact[1] in ontology.relations)
    news = set(_types(classes, ontology)).union(ours).difference(facts)
    return Inference(tuple(sorted(news)), consistent, contradictions, name, warnings)


def _choose(reasoner: str) -> str:
    return reasoner if reasoner != "auto" else "hermit" if shutil.which(_JAVA) else "owlrl"


def _types(classes: Mapping[str, frozenset[str]], ontology: Ontology) -> Iterator[Fact]:
    """Yield the types of things: our classes and their superclasses."""
    ours = {above for name, all_above in ontology.superclasses.items() if name in ontology.terms for above in all_above}
    for thing, found in classes.items():
        yield from ((thing, _TYPE, cls) for cls in found if cls in ours)


def _contradictions(
    classes: Mapping[str, frozenset[str]], ontology: Ontology, facts: Iterable[Fact]
) -> Iterator[Contradiction]:
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
            statements = {fact for cls in pair for fact in about[thing] if _makes_member(fact, thing, cls, ontology)}
            yield Contradiction(thing, pair, tuple(sorted(statements)))


def _makes_member(fact: Fact, thing: str, cls: str, ontology: Ontology) -> bool:
    """Return whether a statement makes a thing a member of a class."""
    s, p, o = fact
    if p == _TYPE:
        return s == thing and cls in ontology.superclasses[o]
    return (s == thing and cls in ontology.subject_types[p]) or (o == thing and cls in ontology.object_types[p])
