"""Collect the statements of named graphs on disk, since a graph takes many times the memory of its serialization."""

from __future__ import annotations

import hashlib
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import asdict, dataclass, field
from itertools import chain
from pathlib import Path
from typing import Any

from rdflib import Graph, URIRef

from kg.align.joins import ThingFact, thing_facts
from kg.build.sorted_runs import quads, write_run
from kg.build.validate import Violation, validate_each
from kg.build_cache import BuildCache
from kg.findings import Place, Severity
from kg.infer import Fact, Ontology
from kg.vocab import BASE

Description = dict[str, Any]
"""Data of named graphs as a JSON value, by the fields of :class:`Collected`; the quads are lines of N-Quads."""


@dataclass(slots=True)
class Collected:
    """Data collected from named graphs."""

    parts: list[Path] = field(default_factory=list)
    """Files of sorted N-Quads with the statements."""
    digests: set[str] = field(default_factory=set)
    """Those of the statements of each description."""
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
    sections: dict[str, list[list[str]]] = field(default_factory=dict)
    """Mapping of a page's IRI to the anchor, heading and text of each of its sections."""

    def add(self, other: Collected) -> None:
        """Add the data of other graphs."""
        self.parts += other.parts
        self.digests |= other.digests
        self.facts |= other.facts
        self.iris |= other.iris
        self.things |= other.things
        self.lines += other.lines
        self.violations += other.violations
        self.sections |= other.sections


def described(graphs: Mapping[str, Graph], ontology: Ontology, lines: Iterable[str] = ()) -> Description:
    """Return the data of graphs by name, with the given lines of ``lines.jsonl``, and without violations.

    Raises:
        OntologyError: when a graph uses a term of the ontology's namespace that is not declared.
    """
    facts, iris, things, written = set[Fact](), set[str](), set[ThingFact](), set[str]()
    for name, graph in graphs.items():
        triples = list(graph)  # rdflib's iteration takes longer than what is done with the statements
        ontology.check(triples)
        facts |= ontology.facts(triples)
        found = {str(term) for term in set(chain.from_iterable(triples)) if isinstance(term, URIRef)}
        iris.update(iri for iri in found if not iri.startswith(BASE))
        things.update(thing_facts(name, graph))
        written.update(quads(name, triples))
    text = "".join(sorted(written))
    return {
        "quads": text,
        "digest": hashlib.sha256(text.encode()).hexdigest(),
        "facts": sorted(map(list, facts)),
        "iris": sorted(iris),
        "things": sorted(map(list, things)),
        "lines": list(lines),
        "violations": [],
        "sections": {},
    }


def add_violations(descriptions: Sequence[Description], graphs: Sequence[Collection[Graph]], cache: BuildCache) -> None:
    """Add the violations in the graphs of each description; the ``cache`` has those of graphs that were validated."""
    keys = [cache.key("violations", each["digest"]) for each in descriptions]
    found = [cache.get(key) for key in keys]
    unknown = [n for n, violations in enumerate(found) if violations is None]
    for n, violations in zip(unknown, validate_each([graphs[n] for n in unknown]), strict=True):
        found[n] = [asdict(violation) for violation in violations]
        cache.put(keys[n], found[n])
    for each, plain in zip(descriptions, found, strict=True):
        each["violations"] = plain


def collect(descriptions: Sequence[Description], folder: Path) -> Collected:
    """Collect the data of descriptions, and write their statements to a new file in ``folder``."""
    found = Collected([write_run((each["quads"] for each in descriptions), folder)])
    for each in descriptions:
        found.digests.add(each["digest"])
        found.facts.update(map(tuple, each["facts"]))
        found.iris.update(each["iris"])
        found.things.update(map(tuple, each["things"]))
        found.lines += each["lines"]
        found.violations += map(_violation, each["violations"])
        found.sections |= each["sections"]
    return found


def _violation(plain: dict[str, Any]) -> Violation:
    place = Place(**plain["place"]) if plain["place"] else None
    return Violation(**{**plain, "severity": Severity(plain["severity"]), "place": place})
