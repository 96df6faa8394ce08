"""Two reasoners with the same signature: from axioms and statements to all inferred statements."""

from __future__ import annotations

import os
import subprocess
import tempfile
from collections.abc import Callable, Iterable, Iterator
from contextlib import closing, contextmanager
from typing import Any

import owlready2
import owlready2.reasoning
from owlrl import OWLRL_Semantics
from rdflib import OWL, RDF, Graph, URIRef

from kg.build_cache import BuildCache
from kg.errors import UnknownName, in_words
from kg.infer.declarations import load_into
from kg.infer.ontology import Ontology, Triple, iri_triples

Reasoner = Callable[[Graph, Graph], set[Triple]]
"""Axioms and statements → asserted and inferred types and relations of the things in the statements."""

JAVA_SECONDS = 300
"""Timeout of HermiT in seconds."""
_JAVA_OPTIONS = "-XX:+UseSerialGC -XX:TieredStopAtLevel=1"
"""Options for a program that runs for a second: one thread collects garbage, and code is compiled once."""


class ContradictionError(Exception):
    """The statements contradict the axioms."""


class JavaError(Exception):
    """HermiT failed or timed out."""


def owlrl(axioms: Graph, statements: Graph) -> set[Triple]:
    """Apply the rules of OWL 2 RL until no new statement is inferred.

    Raises:
        ContradictionError: when the statements contradict the axioms.
    """
    graph = Graph("SimpleMemory", bind_namespaces="none")  # twice as fast as rdflib's default store
    graph += axioms
    graph += statements
    closure = _Owl2Rl(graph, axioms=False, daxioms=False)
    closure.closure()
    if closure.error_messages:
        raise ContradictionError
    things = _things(statements)
    return {triple for triple in iri_triples(graph) if triple[0] in things}


def hermit(axioms: Graph, statements: Graph) -> set[Triple]:
    """Run HermiT through owlready2; IRIs of things must not contain brackets, which owlready2 would misread.

    Raises:
        ContradictionError: when the statements contradict the axioms.
        JavaError: when HermiT fails or times out.
    """
    with closing(owlready2.World()) as world:
        named = Graph("SimpleMemory", bind_namespaces="none")
        for thing in _things(statements):
            named.add((thing, RDF.type, OWL.NamedIndividual))
        load_into(world, axioms + statements + named)
        _sync(world)
        return set(_types(world, _things(statements))) | set(_relations(world))


_REASONERS: dict[str, Reasoner] = {"hermit": hermit, "owlrl": owlrl}


def answer_of(name: str, ontology: Ontology, statements: Graph, cache: BuildCache) -> tuple[set[Triple], bool]:
    """Return what a reasoner infers, from the cache if it is there, and whether the statements are consistent.

    Raises:
        UnknownName: when there is no such reasoner.
        JavaError: when HermiT fails or times out.
    """
    if name not in _REASONERS:
        raise UnknownName(f"no reasoner {name!r}; there are auto, {', '.join(sorted(_REASONERS))}")

    def reason() -> list[Any]:
        answer, consistent = _reason(_REASONERS[name], ontology, statements)
        return [sorted(map(list, answer)), consistent]

    answer, consistent = cache.result(cache.key("answer", name, sorted(map(list, statements))), reason)
    return {(URIRef(s), URIRef(p), URIRef(o)) for s, p, o in answer}, consistent


def _reason(run: Reasoner, ontology: Ontology, statements: Graph) -> tuple[set[Triple], bool]:
    """Return the inferred statements, and whether the graph is consistent."""
    try:
        return run(ontology.axioms, statements), True
    except ContradictionError:
        pass
    try:
        return run(ontology.axioms_without_disjointness(), statements), False
    except ContradictionError:
        return set(), False  # from a contradiction everything follows, so no inference is useful


class _Owl2Rl(OWLRL_Semantics):  # type: ignore[misc]  # owlrl is not typed
    """The rules of OWL 2 RL without those of equality: our axioms imply none, and they take two thirds of the time."""

    def _equality(self, triple: object, cycle_num: int) -> None:
        """Infer nothing."""


def _things(statements: Graph) -> set[URIRef]:
    return {end for s, p, o in iri_triples(statements) for end in ((s,) if p == RDF.type else (s, o))}


def _sync(world: Any) -> None:
    try:
        with _bounded_java():
            owlready2.sync_reasoner_hermit(world, infer_property_values=True, debug=0)
    except owlready2.OwlReadyInconsistentOntologyError as error:
        raise ContradictionError from error
    except (owlready2.OwlReadyJavaError, OSError, subprocess.TimeoutExpired) as error:
        raise JavaError(" ".join(in_words(error).split())) from error


@contextmanager
def _bounded_java() -> Iterator[None]:
    """Set options and a timeout for Java, and a temporary folder, since owlready2 leaves its file when Java fails."""
    before = tempfile.tempdir
    options = owlready2.reasoning._subprocess_kargs
    with tempfile.TemporaryDirectory(prefix="kg-") as folder:
        try:
            tempfile.tempdir = folder
            options["timeout"] = JAVA_SECONDS
            options["env"] = {"JDK_JAVA_OPTIONS": _JAVA_OPTIONS, **os.environ}
            yield
        finally:
            tempfile.tempdir = before
            del options["timeout"], options["env"]


def _types(world: Any, things: Iterable[URIRef]) -> Iterator[Triple]:
    for thing in things:
        for found in world[str(thing)].INDIRECT_is_a:
            if isinstance(found, owlready2.EntityClass):
                yield thing, RDF.type, URIRef(found.iri)


def _relations(world: Any) -> Iterator[Triple]:
    """Yield the relations found by HermiT with their superproperties; HermiT returns only the most specific ones."""
    properties = set(world.object_properties())
    for prop in properties:
        above = [URIRef(p.iri) for p in prop.ancestors() & properties]
        for s, o in prop.get_relations():
            yield from ((URIRef(s.iri), name, URIRef(o.iri)) for name in above)
