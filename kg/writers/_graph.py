"""Sort the statements of a release for serialization; functions that the serializers share."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator
from itertools import chain, groupby
from pathlib import Path

import pyoxigraph as ox

from kg.vocab import PREFIXES, RDF, XSD

_TYPE = ox.NamedNode(RDF.type)
_PLAIN = {XSD.string, RDF.langString}


class Union:
    """Distinct statements of a sorted N-Quads file, grouped by subject, types first.

    Each iteration reads the file again and holds the statements of one subject in memory.
    """

    def __init__(self, graph: Path) -> None:
        self._graph = graph

    def __iter__(self) -> Iterator[ox.Triple]:
        return union(_parsed(self._graph))


def union(sorted_quads: Iterable[ox.Quad]) -> Iterator[ox.Triple]:
    """Yield the distinct statements of sorted quads in their order, but the types of each subject first."""
    for _, quads_of_subject in groupby(sorted_quads, key=lambda quad: quad.subject):
        triples = dict.fromkeys(quad.triple for quad in quads_of_subject)
        yield from sorted(triples, key=lambda triple: triple.predicate != _TYPE)


def quads(graph: Path) -> list[ox.Quad]:
    """Return all statements of an N-Quads file, sorted by graph, and within a graph in the order of :class:`Union`."""
    return sorted(_parsed(graph), key=lambda quad: (str(quad.graph_name), str(quad.subject), *_order(quad)))


def used_prefixes(statements: Iterable[ox.Triple | ox.Quad]) -> dict[str, str]:
    """Return the items of :data:`kg.vocab.PREFIXES` whose namespace occurs in an IRI of the statements."""
    return prefixes_of(iris(statements))


def prefixes_of(found: Collection[str]) -> dict[str, str]:
    """Return the items of :data:`kg.vocab.PREFIXES` whose namespace occurs in an IRI."""
    return {
        prefix: namespace for prefix, namespace in PREFIXES.items() if any(iri.startswith(namespace) for iri in found)
    }


def iris(statements: Iterable[ox.Triple | ox.Quad]) -> set[str]:
    """Return all IRIs of the statements, including the graphs and the datatypes that are written out."""
    terms = set[object](chain.from_iterable(statements))
    return {iri for term in terms if (iri := _iri(term))}


def pretty(
    parts: Iterable[Iterable[ox.Triple] | Iterable[ox.Quad]], prefixes: dict[str, str], syntax: ox.RdfFormat
) -> Iterator[bytes]:
    """Yield Turtle or TriG part by part: the sorted prefixes, then each subject followed by an empty line."""
    yield header(prefixes)
    for part in parts:
        yield body(part, prefixes, syntax)


def header(prefixes: dict[str, str]) -> bytes:
    """Return the beginning of Turtle or TriG."""
    return b"".join(f"@prefix {prefix}: <{prefixes[prefix]}> .\n".encode() for prefix in sorted(prefixes)) + b"\n"


def body(part: Iterable[ox.Triple] | Iterable[ox.Quad], prefixes: dict[str, str], syntax: ox.RdfFormat) -> bytes:
    """Return statements without the prefixes, each subject followed by an empty line."""
    lines = (ox.serialize(part, format=syntax, prefixes=prefixes) or b"").splitlines(keepends=True)
    # Line breaks in literals are written as escapes, so a line that ends in a full stop ends a subject.
    return b"".join(line + b"\n" if line.endswith(b" .\n") else line for line in lines[len(prefixes) :])


def _parsed(graph: Path) -> Iterable[ox.Quad]:
    return ox.parse(path=graph, format=ox.RdfFormat.N_QUADS)


def _order(statement: ox.Triple | ox.Quad) -> tuple[str, str]:
    """Return the key of a statement among those of its subject."""
    is_type = statement.predicate == _TYPE
    return "" if is_type else str(statement.predicate), str(statement.object)


def _iri(term: object) -> str | None:
    """Return the IRI that is written for a term: its own, or that of its datatype."""
    if isinstance(term, ox.NamedNode):
        return term.value
    if isinstance(term, ox.Literal) and term.datatype.value not in _PLAIN:
        return term.datatype.value
    return None
