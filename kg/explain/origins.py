"""Trace a statement of the graph back to the files and lines that it comes from."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path

from kg.findings import Place, printable
from kg.release.nquads import split, value
from kg.roles import roles_by_term
from kg.vocab import DCT, PROV, RDM, prefixed_name

Statement = tuple[str, str, str]
"""Subject, predicate and object, all IRIs."""


@dataclass(frozen=True, slots=True, order=True)
class StatementOrigin:
    """A statement with its origin.

    >>> statement = ("https://example.org/sheet", RDM.recommendsFormat, "https://doi.org/10.25504/FAIRsharing.e1byny")
    >>> print(StatementOrigin(statement, "https://example.org/sheet#graph", (Place("pages/sheet.md", 24),)))
    pages/sheet.md:24 states: <https://example.org/sheet> rdm:recommendsFormat fairsharing:e1byny
    """

    statement: Statement
    graph: str
    """IRI of the named graph with the statement."""
    places: tuple[Place, ...]
    """Sorted lines of the page; line 1 if no single line makes the statement; empty for a crosswalk."""

    def __str__(self) -> str:
        source = ", ".join(map(str, self.places)) or f"<{self.graph}>"
        return printable(f"{source} states: {' '.join(map(_term, self.statement))}")


def origins(statements: Iterable[Statement], graph: Path) -> tuple[StatementOrigin, ...]:
    """Return the origins of statements, sorted; ``graph`` is the ``graph.nq`` of a release.

    The lines are those of the mentions whose role produces the statement, or of all mentions of the thing on the page
    if none has such a role.
    """
    wanted = {" ".join(f"<{iri}>" for iri in statement): statement for statement in statements}
    found = {(wanted[triple], name) for triple, name in map(_cut, _lines(graph)) if triple in wanted}
    graphs = _read({name for _, name in found}, graph)
    return tuple(sorted(StatementOrigin(triple, name, graphs[name].places(triple)) for triple, name in found))


def _lines(graph: Path) -> Iterator[str]:
    with graph.open(encoding="utf-8", newline="\n") as lines:
        yield from lines


class _Graph:
    """Statements of a page's graph about its file and its mentions."""

    def __init__(self) -> None:
        self.of: defaultdict[str, dict[str, str]] = defaultdict(dict)
        """Mapping of predicate to subject to object; these predicates have one object for each subject."""

    def places(self, statement: Statement) -> tuple[Place, ...]:
        path = next((self.of[DCT.identifier].get(file) for file in self.of[PROV.wasDerivedFrom].values()), None)
        if path is None:
            return ()
        return tuple(Place(path, line) for line in sorted(self._lines(statement))) or (Place(path, 1),)

    def _lines(self, statement: Statement) -> set[int]:
        subject, predicate, value = statement
        by_term = roles_by_term()
        roles = by_term.get(predicate) or by_term.get(value, frozenset())
        mentions = self._mentions(value) or self._mentions(subject)
        meant = [mention for mention in mentions if self.of[RDM.role].get(mention) in roles] or mentions
        return {int(self.of[RDM.sourceLine][mention]) for mention in meant}

    def _mentions(self, thing: str) -> list[str]:
        return [mention for mention, target in self.of[RDM.target].items() if target == thing]


_READ = {f"<{iri}>" for iri in (RDM.target, RDM.role, RDM.sourceLine, DCT.identifier, PROV.wasDerivedFrom)}


def _read(names: Iterable[str], graph: Path) -> Mapping[str, _Graph]:
    graphs = {name: _Graph() for name in names}
    for line in _lines(graph):
        if _cut(line)[1] in graphs:
            quad = split(line)
            if quad.predicate in _READ:
                one = graphs[value(quad.graph)].of[value(quad.predicate)]
                one[value(quad.subject)] = value(quad.object)
    return graphs


def _cut(line: str) -> tuple[str, str]:
    """Split a line into its statement, as written, and the IRI of its graph."""
    triple, _, graph = line.rstrip(" .\n").rpartition(" ")
    return triple, graph[1:-1]


def _term(iri: str) -> str:
    name = prefixed_name(iri)
    return f"<{iri}>" if name == iri else name
