"""A read-only store over Oxigraph, in this process and without limits.

A running query cannot be interrupted: a deadline needs a process that can be ended.
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
from kg.vocab import BASE
from kg.writers import write_answer


@dataclass(frozen=True, slots=True)
class Counts:
    """Counts of a filled store."""

    graphs: int
    """Named graphs."""
    quads: int
    """Statements in named graphs."""
    triples: int
    """Different statements: the size of the default graph."""


def create(folder: Path, graph: Path) -> Counts:
    """Fill a new store in ``folder`` from the sorted N-Quads file ``graph``, which has named graphs only.

    The default graph of the store is the union of the named graphs, each statement once. The store is closed on return,
    so the folder can be opened, copied and moved.
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
    """Write the statements of a sorted N-Quads file without their graphs, each once, and return the counts."""
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
    """Open a store of :func:`create` read-only; it stays readable if its folder is removed.

    Raises:
        ReleaseError: when the folder has no store, or a damaged one.
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
        """Begin to evaluate a query; see :meth:`kg.query.Store.ask`.

        Raises:
            QuerySyntaxError: when the query is not SPARQL.
            QueryRefused: when the query asks for what the store does not do.
            QueryError: when a graph's name is no IRI, or the engine lacks a function.
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
        """The form of the answer."""
        if isinstance(self._results, ox.QuerySolutions):
            return Form.BINDINGS
        return Form.BOOLEAN if isinstance(self._results, ox.QueryBoolean) else Form.GRAPH

    def write(self, out: BinaryIO, wanted: Format) -> None:
        """Write the whole answer in calls of at most a few KiB; errors of ``out`` pass through unchanged.

        Raises:
            QueryError: when evaluation fails on the way.
        """
        guarded = _Output(out)
        with _engine_errors(guarded):
            write_answer(self._results, cast(BinaryIO, guarded), wanted)


class _Output:
    """Records that the output failed, so that a broken pipe is not reported as a failed query."""

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
    """Raise the engine's errors as :class:`QueryError`: it reports failed evaluation by three types."""
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
    """Return the engine's message on a query or update as an error with line and column.

    The first ``skip`` characters of the text were added by us; the user's text begins after them, at ``start``.
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
    """Return the reason if it is known: most of what the parser says it expects are names of its rules."""
    missing = undeclared_prefixes(text)
    if missing:
        return f"prefix {missing[0]}: is not declared"
    items = re.sub(r"\[[^\]]*\]|\"[^\"]*\"", "", expected.removeprefix("expected ").removeprefix("one of ")).split(", ")
    return "; ".join(" ".join(item.split()) for item in items if re.search(r"\w \w+ \w", item))


def _near(text: str, line: int, column: int) -> str:
    """Return the text around the parser's position, which is a little after the mistake."""
    where = text.split("\n")[line - 1]
    rest = where[column - 1 :].strip()
    return (
        f"cannot be read near {where[max(0, column - 15) : column + 15].strip()!r}" if rest else "something is missing"
    )
