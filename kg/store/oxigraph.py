"""Oxigraph in this process, through pyoxigraph: fast, read-only, without limits of its own.

A running query cannot be interrupted; whoever needs a deadline runs the store in a process that it can end.
"""

from __future__ import annotations

import re
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import IO, Any, BinaryIO, cast

import pyoxigraph as ox

from kg.errors import QueryError, QuerySyntaxError, ReleaseError
from kg.query import Form, Format, Query
from kg.query.text import check_read_only, undeclared_prefixes
from kg.vocab import BASE, PREFIXES

_RESULTS = {
    "json": ox.QueryResultsFormat.JSON,
    "xml": ox.QueryResultsFormat.XML,
    "csv": ox.QueryResultsFormat.CSV,
    "tsv": ox.QueryResultsFormat.TSV,
}
_RDF = {
    "turtle": ox.RdfFormat.TURTLE,
    "ntriples": ox.RdfFormat.N_TRIPLES,
    "jsonld": ox.RdfFormat.JSON_LD,
    "rdfxml": ox.RdfFormat.RDF_XML,
    "nquads": ox.RdfFormat.N_QUADS,
    "trig": ox.RdfFormat.TRIG,
}


@dataclass(frozen=True, slots=True)
class Counts:
    """What a store holds after it was filled."""

    graphs: int
    """Named graphs."""
    quads: int
    """Statements in named graphs."""
    triples: int
    """Different statements: the size of the default graph."""


def create(folder: Path, graph: Path) -> Counts:
    """Fill a new store in ``folder`` from the sorted N-Quads file ``graph``, which has named graphs only.

    It holds the file's named graphs and, as default graph, their union, every statement once. It is closed on return:
    the folder can be opened, copied and moved.
    """
    store = ox.Store(folder)
    store.bulk_load(path=graph, format=ox.RdfFormat.N_QUADS)
    with tempfile.NamedTemporaryFile(dir=folder.parent, suffix=".nt") as union:
        counts = _write_union(graph, union)
        store.bulk_load(path=union.name, format=ox.RdfFormat.N_TRIPLES)
    store.optimize()
    store.flush()
    del store
    for log in folder.glob("LOG*"):  # names the machine and the draft's folder, and says nothing of the data
        log.unlink()
    return counts


def _write_union(graph: Path, union: IO[bytes]) -> Counts:
    """Write the statements of a sorted N-Quads file without their graphs, each once, and count both."""
    graphs, quads, triples, last = set[bytes](), 0, 0, b""
    with graph.open("rb") as lines:
        for line in lines:
            triple, _, name = line.rpartition(b" <")  # no IRI has a space in it
            graphs.add(name)
            quads += 1
            if triple != last:
                union.write(triple + b" .\n")
                triples += 1
            last = triple
    union.flush()
    return Counts(graphs=len(graphs), quads=quads, triples=triples)


def open_store(folder: Path) -> OxigraphStore:
    """Open a store that :func:`create` made, read-only; it stays readable if the folder is removed meanwhile.

    Raises :class:`ReleaseError` where there is none.
    """
    if not folder.is_dir():
        raise ReleaseError(f"no store in {folder}; build the release again")
    try:
        return OxigraphStore(ox.Store.read_only(str(folder)))
    except OSError as error:
        raise ReleaseError(f"the store in {folder} cannot be opened: {error}") from error


class OxigraphStore:
    """A :class:`kg.query.Store` over an open Oxigraph store."""

    def __init__(self, store: ox.Store) -> None:
        self._store = store

    def ask(self, query: Query) -> OxigraphAnswer:
        """Begin to answer; see :meth:`kg.query.Store.ask`.

        Raises also :class:`QueryError` for a graph name that is no IRI and for a function that the engine lacks.
        """
        check_read_only(query.text)
        own = not query.default_graphs and not query.named_graphs
        default = None if own else _nodes(query.default_graphs)
        named = None if own else _nodes(query.named_graphs)
        try:
            with _engine_errors():
                results = self._store.query(query.text, base_iri=BASE, default_graph=default, named_graphs=named)
                return OxigraphAnswer(results)
        except SyntaxError as error:
            raise syntax_error(query.text, str(error)) from None


class OxigraphAnswer:
    """A :class:`kg.query.Answer`; must be written in the thread that asked."""

    def __init__(self, results: ox.QuerySolutions | ox.QueryBoolean | ox.QueryTriples) -> None:
        self._results = results

    @property
    def form(self) -> Form:
        """What there is to write."""
        if isinstance(self._results, ox.QuerySolutions):
            return Form.BINDINGS
        return Form.BOOLEAN if isinstance(self._results, ox.QueryBoolean) else Form.GRAPH

    def write(self, out: BinaryIO, wanted: Format) -> None:
        """Write everything in calls of at most a few KiB; errors that ``out`` raises pass through unchanged."""
        guarded = _Output(out)
        with _engine_errors(guarded):
            if isinstance(self._results, ox.QueryTriples):
                ox.serialize(self._results, cast(IO[bytes], guarded), _RDF[wanted.name], prefixes=PREFIXES)
            else:
                self._results.serialize(cast(IO[bytes], guarded), _RESULTS[wanted.name])


class _Output:
    """Remembers that it was the output which failed, so that a broken pipe is not taken for a broken query."""

    def __init__(self, out: BinaryIO) -> None:
        self._out = out
        self.failed = False

    def write(self, data: bytes) -> int:
        try:
            return self._out.write(data)
        except BaseException:
            self.failed = True
            raise

    def flush(self) -> None:
        self._out.flush()


@contextmanager
def _engine_errors(out: _Output | None = None) -> Iterator[None]:
    """The engine reports failed evaluation as OSError, RuntimeError or ValueError."""
    try:
        yield
    except (OSError, RuntimeError, ValueError) as error:
        if out is not None and out.failed:
            raise
        raise QueryError(f"the query cannot be evaluated: {error}") from error


def _nodes(iris: tuple[str, ...]) -> list[Any]:
    try:
        return [ox.NamedNode(iri) for iri in iris]
    except ValueError as error:
        raise QueryError(f"a graph's name must be an absolute IRI: {error}") from None


def syntax_error(text: str, message: str, skip: int = 0, start: tuple[int, int] = (1, 1)) -> QuerySyntaxError:
    """What the engine says against a query or update, in our words.

    The first ``skip`` characters of the text that it read are not its writer's; what follows them is at ``start``.
    """
    found = re.match(r"error at (\d+):(\d+): (.*)", message, re.DOTALL)
    if not found:
        return QuerySyntaxError(f"the query is not SPARQL: {message}")
    line, column = int(found[1]), int(found[2])
    reason = _reason(text, found[3]) or _near(text, line, column)
    if line == 1:
        column = max(1, column - skip) + start[1] - 1
    line += start[0] - 1
    return QuerySyntaxError(f"syntax error at {line}:{column}: {reason}", line, column)


def _reason(text: str, expected: str) -> str:
    """What is wrong, where that is known: most of what the parser expects are names of its rules."""
    missing = undeclared_prefixes(text)
    if missing:
        return f"prefix {missing[0]}: is not declared"
    items = re.sub(r"\[[^\]]*\]|\"[^\"]*\"", "", expected.removeprefix("expected ").removeprefix("one of ")).split(", ")
    return "; ".join(" ".join(item.split()) for item in items if re.search(r"\w \w+ \w", item))


def _near(text: str, line: int, column: int) -> str:
    """The parser's position is a little after the mistake."""
    where = text.split("\n")[line - 1]
    rest = where[column - 1 :].strip()
    return (
        f"cannot be read near {where[max(0, column - 15) : column + 15].strip()!r}" if rest else "something is missing"
    )
