"""What a build keeps of named graphs: a graph takes many times the memory of its text, so none stays in memory."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field
from pathlib import Path

from rdflib import Graph, URIRef

from kg.align.joins import ThingFact, thing_facts
from kg.build.sorted_runs import quads, write_run
from kg.build.validate import Violation, validate
from kg.infer import Fact, Ontology
from kg.vocab import BASE


@dataclass(slots=True)
class Collected:
    """What some named graphs gave."""

    parts: list[Path] = field(default_factory=list)
    """The statements, as files of sorted N-Quads."""
    facts: set[Fact] = field(default_factory=set)
    """What is reasoned about."""
    iris: set[str] = field(default_factory=set)
    """The IRIs of others that are used."""
    things: set[ThingFact] = field(default_factory=set)
    """What may tell that things of different sites are the same."""
    lines: list[str] = field(default_factory=list)
    """Where statements stand that no mention tells the line of, as lines of a release's ``lines.jsonl``."""
    violations: list[Violation] = field(default_factory=list)
    """What breaks the rules of ``ontology/shapes``."""

    def add(self, other: Collected) -> None:
        """Take what other graphs gave."""
        self.parts += other.parts
        self.facts |= other.facts
        self.iris |= other.iris
        self.things |= other.things
        self.lines += other.lines
        self.violations += other.violations


def collect(graphs: Iterable[tuple[str, Graph]], ontology: Ontology, folder: Path) -> Collected:
    """What graphs give, each handed over with its name; their statements go into one new file of ``folder``.

    Graphs of two sites do not go together: the place of a violation is a path within the site. Raises
    :class:`kg.errors.OntologyError` for a term of ours that is not declared.
    """
    named, found, lines = dict(graphs), Collected(), set[str]()
    for name, graph in named.items():
        ontology.check(graph)
        found.facts |= ontology.facts(graph)
        iris = {str(term) for triple in graph for term in triple if isinstance(term, URIRef)}
        found.iris.update(iri for iri in iris if not iri.startswith(BASE))
        found.things.update(thing_facts(name, graph))
        lines.update(quads(name, graph))
    found.parts.append(write_run(lines, folder))
    found.violations += validate(*named.values())
    return found


def named(graph: Graph) -> tuple[str, Graph]:
    """A graph with the name that it has itself."""
    return str(graph.identifier), graph
