"""Collect the statements of named graphs on disk, since a graph takes many times the memory of its serialization."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field
from itertools import chain
from pathlib import Path

from rdflib import Graph, URIRef

from kg.align.joins import ThingFact, thing_facts
from kg.build.sorted_runs import quads, write_run
from kg.build.validate import Violation, validate
from kg.infer import Fact, Ontology
from kg.vocab import BASE


@dataclass(slots=True)
class Collected:
    """Data collected from named graphs."""

    parts: list[Path] = field(default_factory=list)
    """Files of sorted N-Quads with the statements."""
    facts: set[Fact] = field(default_factory=set)
    """Input of the reasoner."""
    iris: set[str] = field(default_factory=set)
    """IRIs in the graphs outside of the namespace of rdm-kg."""
    things: set[ThingFact] = field(default_factory=set)
    """Statements about things that may be the same as things of other sites."""
    lines: list[str] = field(default_factory=list)
    """Lines of the release's ``lines.jsonl``."""
    violations: list[Violation] = field(default_factory=list)
    """Violations of the shapes in ``ontology/shapes``."""

    def add(self, other: Collected) -> None:
        """Add the data of other graphs."""
        self.parts += other.parts
        self.facts |= other.facts
        self.iris |= other.iris
        self.things |= other.things
        self.lines += other.lines
        self.violations += other.violations


def collect(graphs: Iterable[tuple[str, Graph]], ontology: Ontology, folder: Path) -> Collected:
    """Collect the data of graphs, pairs of name and graph, and write their statements to a new file in ``folder``.

    Graphs of different sites need separate calls, since the place of a violation is a path within its site.

    Raises:
        OntologyError: when a graph uses a term of the ontology's namespace that is not declared.
    """
    named, found, lines = dict(graphs), Collected(), set[str]()
    for name, graph in named.items():
        triples = list(graph)  # rdflib's iteration takes longer than what is done with the statements
        ontology.check(triples)
        found.facts |= ontology.facts(triples)
        iris = {str(term) for term in set(chain.from_iterable(triples)) if isinstance(term, URIRef)}
        found.iris.update(iri for iri in iris if not iri.startswith(BASE))
        found.things.update(thing_facts(name, graph))
        lines.update(quads(name, graph))
    found.parts.append(write_run(lines, folder))
    found.violations += validate(*named.values())
    return found


def named(graph: Graph) -> tuple[str, Graph]:
    """Return a pair of the IRI of a graph and the graph."""
    return str(graph.identifier), graph
