"""Validate graphs against the SHACL shapes in ``ontology/shapes`` with pySHACL.

Each file has the shapes of one topic. Each shape has a name that begins with the file's, a severity, and a message that
tells authors what to do. The shapes of pages need only the page's own graph, so that pages can be validated in batches
and in several processes.
"""

from __future__ import annotations

from collections.abc import Collection, Generator, Iterable, Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from itertools import chain
from typing import Any, Self

from rdflib import RDF, SH, Graph, Literal, URIRef
from rdflib.term import Node

from kg.errors import OntologyError
from kg.findings import Finding, Place, Severity
from kg.page_to_rdf.statements import QuickGraph
from kg.resources import shipped
from kg.vocab import DCT, RDM, SHAPES

_SEVERITIES: Mapping[Node | None, Severity] = {
    SH.Violation: Severity.ERROR,
    SH.Warning: Severity.WARNING,
    SH.Info: Severity.NOTE,
}
RULE = "shape/"
"""Beginning of the names of the rules of findings, before the name of the shape."""
_FILES = ("#md", "#file")
"""Fragments that are appended to the IRI of a page or a data graph to identify its source file."""


@dataclass(frozen=True, slots=True)
class Violation:
    """A violation of a shape."""

    shape: str
    """Name of the shape."""
    severity: Severity
    focus: str
    """IRI of the focus node."""
    path: str | None
    """IRI of the property; ``None`` if the focus node itself is invalid."""
    value: str | None
    """The invalid value; ``None`` if a value is missing."""
    message: str
    """Instruction for authors."""
    place: Place | None
    """Place in the site; ``None`` if it comes from no page or data file of the graph."""

    def finding(self, elsewhere: Place) -> Finding:
        """Return the violation as a finding; ``elsewhere`` is the place if the violation has none."""
        value = f" ({self.value})" if self.value else ""
        return Finding(self.severity, RULE + self.shape, self.message + value, self.place or elsewhere)


def validate(*graphs: Graph) -> list[Violation]:
    """Return the violations in the union of the graphs, sorted by place; empty if it conforms.

    Graphs of several pages give the same violations together as alone. Inferred statements must not be validated, since
    they are about resources that other graphs describe.

    Raises:
        OntologyError: when the shapes are invalid.
    """
    import pyshacl  # takes longer to import than the rest of a build after a change of words

    union = _ValidatedGraph(graphs)
    conforms, results, _ = pyshacl.validate(union, shacl_graph=_rules().graph)
    if conforms:
        return []
    if not isinstance(results, Graph):
        raise OntologyError(f"the rules in ontology/shapes cannot be applied: {results}")
    places = _Places(union)
    found = {_violation(results, result, places) for result in results.subjects(RDF.type, SH.ValidationResult)}
    return sorted(found, key=lambda v: (v.place or Place("", 0), v.shape, v.focus, v.value or ""))


def validate_each(unions: Sequence[Collection[Graph]]) -> list[list[Violation]]:
    """Return the violations in each of several unions of graphs, as :func:`validate` finds them in it alone.

    All are validated together first, which takes less time.
    """
    focuses = {violation.focus for violation in validate(*chain.from_iterable(unions))} if unions else ()
    terms = [URIRef(focus) for focus in focuses]
    return [
        validate(*graphs) if any(_has(graph, term) for graph in graphs for term in terms) else [] for graphs in unions
    ]


def _has(graph: Graph, term: Node) -> bool:
    return (term, None, None) in graph or (None, None, term) in graph


def shapes() -> dict[str, tuple[str, ...]]:
    """Return a mapping of file name to the names of its shapes.

    >>> shapes()["agent"][0]
    'agent-address'
    """
    return dict(_rules().names)


@dataclass(frozen=True, slots=True)
class Shape:
    """A shape in the words of its findings."""

    severity: Severity
    message: str
    """Instruction for authors."""

    def page(self, rule: str) -> str:
        """Return the documentation of the rule of its findings, Markdown."""
        where = "in what it says of a page, data file or site; `kg check` does not, since it makes no graph"
        return f"# {rule}\n\n{self.message}\n\n`kg build` reports this {self.severity} {where}.\n"


def shapes_by_rule() -> dict[str, Shape]:
    """Return the shapes by the names of the rules of their findings, sorted.

    >>> shapes_by_rule()["shape/page-title"].severity
    <Severity.ERROR: 3>
    """
    rules = _rules()
    return {RULE + name: _shape(rules, name) for name in sorted(rules.files)}


def _shape(rules: _Shapes, name: str) -> Shape:
    severity, message = (rules.graph.value(URIRef(SHAPES + name), term) for term in (SH.severity, SH.message))
    return Shape(_SEVERITIES[severity], str(message))


def report(violations: Iterable[Violation]) -> dict[str, dict[str, int | bool]]:
    """Return for each file the number of shapes, the number of violations by severity, and whether the graph conforms.

    Only errors affect conformance.

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
    """Mapping of file to the names of its shapes."""
    files: Mapping[str, str]
    """Mapping of the name of a shape to its file."""


@cache
def _rules() -> _Shapes:
    """Parse the shapes; raise :class:`kg.errors.OntologyError` for one without severity or with an invalid name."""
    everything, names = Graph("SimpleMemory"), dict[str, tuple[str, ...]]()
    for file in sorted((shipped("ontology") / "shapes").glob("*.ttl")):
        graph = Graph().parse(file)
        names[file.stem] = tuple(sorted(str(shape).removeprefix(SHAPES) for shape in graph.subjects(SH.message)))
        for name in names[file.stem]:
            if not name.startswith(f"{file.stem}-") or (URIRef(SHAPES + name), SH.severity, None) not in graph:
                raise OntologyError(f"{file}: shape {name} needs a severity, and a name that begins with {file.stem}-")
        everything += graph
    return _Shapes(
        _ValidatedGraph([everything]), names, {name: file for file, found in names.items() for name in found}
    )


def _violation(results: Graph, result: Node, places: _Places) -> Violation:
    focus, path, value = (results.value(result, term) for term in (SH.focusNode, SH.resultPath, SH.value))
    return Violation(
        shape=str(results.value(result, SH.sourceShape)).removeprefix(SHAPES),
        severity=_SEVERITIES[results.value(result, SH.resultSeverity)],
        focus=str(focus),
        path=str(path) if isinstance(path, URIRef) else None,
        value=None if value is None or value == focus else str(value),
        message=str(results.value(result, SH.resultMessage)),
        place=places.of(focus) if focus else None,
    )


class _ValidatedGraph(QuickGraph):
    """The statements of graphs, which are also found by their objects; none can be added."""

    def __init__(self, graphs: Iterable[Graph]) -> None:
        super().__init__()
        self._with_object: dict[Node, dict[Node, list[Node]]] = {}
        for s, p, o in chain.from_iterable(graphs):
            values = self._of_subject.setdefault(s, {}).setdefault(p, {})
            before = len(values)
            values[o] = None
            if len(values) > before:  # to look a literal up takes long
                self._with_object.setdefault(o, {}).setdefault(p, []).append(s)
        self._size = super().__len__()

    def add(self, triple: Any) -> Self:
        """Ignore a statement: pySHACL adds axioms of classes to shapes, which ours do not need."""
        return self

    def triples(self, triple: Any) -> Generator[Any, None, None]:
        """Yield the statements that match a pattern."""
        s, p, o = triple
        if s is not None or o is None:
            yield from super().triples(triple)
            return
        found = self._with_object.get(o, {})
        yield from ((subject, q, o) for q in (found if p is None else (p,)) for subject in found.get(q, ()))

    def __len__(self) -> int:
        """Return the number of statements, for which pySHACL asks often."""
        return self._size


class _Places:
    """Finds the source lines of nodes in a graph."""

    def __init__(self, graph: Graph) -> None:
        self._graph = graph
        self._paths = {
            str(file)[: -len(end)]: str(path)
            for file, path in graph.subject_objects(URIRef(DCT.identifier))
            for end in _FILES
            if str(file).endswith(end)
        }

    def of(self, thing: Node) -> Place | None:
        """Return the place of a mention, or of the first mention of a thing, or of a file with statements about it."""
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
