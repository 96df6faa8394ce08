"""Whether graphs keep the rules of ``ontology/shapes``: SHACL, with pySHACL as its engine.

A file there holds the shapes of one subject. Each shape has a name that begins with the file's, a severity, and a
message that says what to do. What a page's shapes ask for stands in the page's own graph, so that a build can check
pages a few at a time, in whatever process describes them.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from functools import cache

import pyshacl
from rdflib import RDF, SH, Graph, Literal, URIRef
from rdflib.term import Node

from kg.errors import OntologyError
from kg.findings import Finding, Place, Severity
from kg.resources import shipped
from kg.vocab import DCT, RDM, SHAPES

_SEVERITIES: Mapping[Node | None, Severity] = {
    SH.Violation: Severity.ERROR,
    SH.Warning: Severity.WARNING,
    SH.Info: Severity.NOTE,
}
_FILES = ("#md", "#file")
"""How the IRI of the source file of a page or of data ends, after that of the page or the data."""


@dataclass(frozen=True, slots=True)
class Violation:
    """Something in a graph that breaks a rule."""

    shape: str
    """Name of the rule."""
    severity: Severity
    focus: str
    """IRI of what the rule is about."""
    path: str | None
    """IRI of the property that is wrong; ``None`` where the thing itself is."""
    value: str | None
    """What is wrong there; ``None`` where something is missing."""
    message: str
    """What to do."""
    place: Place | None
    """Where the site says it; ``None`` where no page or data file of the graph does."""

    def finding(self, elsewhere: Place) -> Finding:
        """As a finding; ``elsewhere`` is its place where the violation has none."""
        value = f" ({self.value})" if self.value else ""
        return Finding(self.severity, f"shape/{self.shape}", self.message + value, self.place or elsewhere)


def validate(*graphs: Graph) -> list[Violation]:
    """What breaks the rules in the union of the graphs, by place; nothing where it conforms.

    Several pages' graphs together give what each would give alone. What a reasoner adds is not for these rules: it
    speaks of things that other graphs describe.
    """
    union = Graph()  # also because pySHACL takes no graph of rdflib's simple store
    for graph in graphs:
        union += graph
    conforms, results, _ = pyshacl.validate(union, shacl_graph=_rules().graph)
    if conforms:
        return []
    if not isinstance(results, Graph):
        raise OntologyError(f"the rules in ontology/shapes cannot be applied: {results}")
    places = _Places(union)
    found = {_violation(results, result, places) for result in results.subjects(RDF.type, SH.ValidationResult)}
    return sorted(found, key=lambda v: (v.place or Place("", 0), v.shape, v.focus, v.value or ""))


def shapes() -> dict[str, tuple[str, ...]]:
    """Names of all rules, under the name of their file.

    >>> shapes()["agent"][0]
    'agent-address'
    """
    return dict(_rules().names)


def report(violations: Iterable[Violation]) -> dict[str, dict[str, int | bool]]:
    """For each file of rules: how many there are, how many findings they gave, and whether the graph conforms.

    Only errors count against conformance.

    >>> report([])["dcat-ap"]["conforms"]
    True
    """
    counts = {file: dict.fromkeys(Severity, 0) for file in _rules().names}
    for violation in violations:
        counts[_rules().files[violation.shape]][violation.severity] += 1
    return {
        file: {
            "shapes": len(_rules().names[file]),
            "conforms": not found[Severity.ERROR],
            **{f"{severity}s": found[severity] for severity in Severity},
        }
        for file, found in counts.items()
    }


@dataclass(frozen=True, slots=True)
class _Shapes:
    graph: Graph
    names: Mapping[str, tuple[str, ...]]
    """File → names of its shapes."""
    files: Mapping[str, str]
    """Name of a shape → file."""


@cache
def _rules() -> _Shapes:
    """Read once in a process; raises :class:`kg.errors.OntologyError` for a shape that cannot speak to an author."""
    everything, names = Graph(), dict[str, tuple[str, ...]]()
    for file in sorted((shipped("ontology") / "shapes").glob("*.ttl")):
        graph = Graph().parse(file)
        names[file.stem] = tuple(sorted(str(shape).removeprefix(SHAPES) for shape in graph.subjects(SH.message)))
        for name in names[file.stem]:
            if not name.startswith(f"{file.stem}-") or (URIRef(SHAPES + name), SH.severity, None) not in graph:
                raise OntologyError(f"{file}: shape {name} needs a severity, and a name that begins with {file.stem}-")
        everything += graph
    return _Shapes(everything, names, {name: file for file, found in names.items() for name in found})


def _violation(results: Graph, result: Node, places: _Places) -> Violation:
    focus, path, value = (results.value(result, term) for term in (SH.focusNode, SH.resultPath, SH.value))
    return Violation(
        str(results.value(result, SH.sourceShape)).removeprefix(SHAPES),
        _SEVERITIES[results.value(result, SH.resultSeverity)],
        str(focus),
        str(path) if isinstance(path, URIRef) else None,
        None if value is None or value == focus else str(value),
        str(results.value(result, SH.resultMessage)),
        places.of(focus) if focus else None,
    )


class _Places:
    """Where the site says what a graph says."""

    def __init__(self, graph: Graph) -> None:
        self._graph = graph
        self._paths = {
            str(file)[: -len(end)]: str(path)
            for file, path in graph.subject_objects(URIRef(DCT.identifier))
            for end in _FILES
            if str(file).endswith(end)
        }

    def of(self, thing: Node) -> Place | None:
        """The line of a mention, else that of the first mention that means the thing, else a file that names it."""
        meant = sorted(filter(None, map(self._own, self._graph.subjects(URIRef(RDM.target), thing))))
        named = sorted(filter(None, map(self._own, self._graph.subjects(None, thing))))
        return self._own(thing) or next(iter([*meant, *named]), None) or self._only_file()

    def _own(self, node: Node) -> Place | None:
        path = self._paths.get(str(node).partition("#")[0])
        line = self._graph.value(node, URIRef(RDM.sourceLine), any=True)
        number = line.value if isinstance(line, Literal) and isinstance(line.value, int) else 1
        return Place(path, number) if path else None

    def _only_file(self) -> Place | None:
        paths = set(self._paths.values())
        return Place(min(paths), 1) if len(paths) == 1 else None
