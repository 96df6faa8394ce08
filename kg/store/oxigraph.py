"""Read-only access to an Oxigraph store, in the calling process and without limits.

A running query cannot be interrupted; a caller that needs a timeout runs it in a process of its own and kills that.
"""

from __future__ import annotations

import os
import re
import shutil
import tempfile
from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path
from typing import IO, Any, BinaryIO, cast

import pyoxigraph as ox

from kg.errors import QueryError, QuerySyntaxError, ReleaseError, in_words
from kg.query import DEFAULT_GRAPH, Form, Format, Query
from kg.query.text import check_read_only, is_undeclared, undeclared_prefixes
from kg.release import Release
from kg.release.nquads import side_by_side
from kg.vocab import BASE, DESCRIPTION_GRAPH, ROOT
from kg.writers import write_answer

_SMALL = 1 << 16
"""Number of characters of a small description."""
_ENGINE_ERRORS = (OSError, RuntimeError, ValueError)
"""Exceptions by which the engine reports a failed evaluation."""


@dataclass(frozen=True, slots=True)
class Counts:
    """Counts of a filled store."""

    graphs: int
    """Named graphs."""
    quads: int
    """Statements in named graphs."""
    triples: int
    """Distinct statements: the size of the default graph."""


@dataclass(frozen=True, slots=True)
class Lines:
    """Statements of a store, as lines of N-Quads."""

    quads: set[bytes]
    """Those of named graphs."""
    triples: set[bytes]
    """Those of the default graph."""


def create(folder: Path, graph: Path) -> Counts:
    """Fill a new store in ``folder`` from the sorted N-Quads file ``graph``, whose statements are all in named graphs.

    The default graph of the store is the union of the named graphs, without duplicates. The store is closed on return,
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
    _remove_logs(folder)
    return counts


def update(folder: Path, graph: Path, before: Release, kept: Path | None = None) -> Counts:
    """Fill a new store as :func:`create` does, from that of a release ``before`` that differs in few statements.

    ``kept`` is what :func:`keep` kept of the store of that release.
    """
    copy(kept or before.store, folder)
    store, counted = ox.Store(folder), Counter(before.manifest["counts"])
    if not kept:
        store.remove_graph(ox.NamedNode(DESCRIPTION_GRAPH))
    for old, new in side_by_side(before.graph, graph):
        if old != new:
            removed, added = difference(old, new), difference(new, old)
            for quad in _parsed(removed.quads | removed.triples):
                store.remove(quad)
            store.extend(_parsed(added.quads | added.triples))
            counted["quads"] += len(added.quads) - len(removed.quads)
            counted["triples"] += len(added.triples) - len(removed.triples)
    for graph_name in list(store.named_graphs()):
        if next(store.quads_for_pattern(None, None, None, graph_name), None) is None:
            store.remove_graph(graph_name)
    graphs = sum(1 for _ in store.named_graphs())
    store.flush()
    del store
    _remove_logs(folder)
    return Counts(graphs=graphs, quads=counted["quads"], triples=counted["triples"])


def copy(store: Path, folder: Path) -> None:
    """Copy a closed store; data files, which never change, become links where the file system has such."""
    shutil.copytree(store, folder, copy_function=_link_or_copy)


def keep(folder: Path, kept: Path) -> None:
    """Keep a closed store as it is before its description, which takes longer to remove than all else of an update.

    Raises:
        OSError: when it cannot be kept, such as in a file system without links.
    """
    with tempfile.TemporaryDirectory(prefix=".new-", dir=kept.parent) as fresh:
        whole = Path(fresh) / "store"
        shutil.copytree(folder, whole, copy_function=_link_data)
        whole.replace(kept)


def _link_or_copy(source: str, target: str) -> None:
    try:
        _link_data(source, target)
    except OSError:
        shutil.copyfile(source, target)


def _link_data(source: str, target: str) -> None:
    make = os.link if source.endswith(".sst") else shutil.copyfile
    make(source, target)


def difference(lines: Iterable[bytes], others: Iterable[bytes]) -> Lines:
    """Return what a store has of lines of ``graph.nq`` and has not of ``others``, which are about the same subjects."""
    quads, other_quads = set(lines), set(others)
    return Lines(quads - other_quads, _triples(quads) - _triples(other_quads))


def describe(folder: Path, description: str) -> None:
    """Add a Turtle document to a store as the graph :data:`kg.vocab.DESCRIPTION_GRAPH`, and not to the default graph.

    Relative IRIs are resolved against :data:`kg.vocab.ROOT`. A small document stays in the store's log, which whoever
    opens the store reads: to write data files for it takes longer than all else.
    """
    store = ox.Store(folder)
    if len(description) < _SMALL:
        store.extend(_described(description))
    else:
        store.bulk_load(  # takes half the time of an extension of the store
            input=description,
            format=ox.RdfFormat.TURTLE,
            base_iri=ROOT,
            to_graph=ox.NamedNode(DESCRIPTION_GRAPH),
        )
        store.flush()
    del store
    _remove_logs(folder)


def withdraw(folder: Path, description: str) -> None:
    """Remove the statements of a document that :func:`describe` added."""
    store = ox.Store(folder)
    for quad in _described(description):
        store.remove(quad)
    store.flush()
    del store
    _remove_logs(folder)


def description_quads(release: Release) -> set[bytes]:
    """Return the lines of the description of a release in N-Quads."""
    files = (file for file in (release.description, release.partitions) if file.is_file())
    quads = _described("\n".join(file.read_text(encoding="utf-8") for file in files))
    return {f"{quad} .\n".encode() for quad in quads}


def _described(description: str) -> Iterable[ox.Quad]:
    graph = ox.NamedNode(DESCRIPTION_GRAPH)
    for quad in ox.parse(description, format=ox.RdfFormat.TURTLE, base_iri=ROOT):
        yield ox.Quad(quad.subject, quad.predicate, quad.object, graph)


def _triples(quads: Iterable[bytes]) -> set[bytes]:
    return {quad.rpartition(b" <")[0] + b" .\n" for quad in quads}


def _parsed(lines: Iterable[bytes]) -> Iterable[ox.Quad]:
    return ox.parse(b"".join(lines), format=ox.RdfFormat.N_QUADS)


def _remove_logs(folder: Path) -> None:
    """Remove the files that have the name of the host and the path of the draft, and no data."""
    for log in folder.glob("LOG*"):
        log.unlink()


def _write_union(graph: Path, union: IO[bytes]) -> Counts:
    """Write the distinct statements of a sorted N-Quads file as N-Triples and return the counts."""
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
    """Open a store that :func:`create` filled, read-only; it stays readable after its folder is removed.

    Raises:
        ReleaseError: when there is no store in the folder, or the store is damaged.
    """
    if not folder.is_dir():
        raise ReleaseError(f"no store in {folder}; build the release again")
    try:
        return OxigraphStore(ox.Store.read_only(str(folder)))
    except OSError as error:
        raise ReleaseError(f"the store in {folder} cannot be opened: {in_words(error)}") from error


class OxigraphStore:
    """Implementation of :class:`kg.query.Store` with an open Oxigraph store."""

    def __init__(self, store: ox.Store) -> None:
        self._store = store

    def ask(self, query: Query) -> OxigraphAnswer:
        """Start to evaluate a query; see :meth:`kg.query.Store.ask`.

        Raises:
            QuerySyntaxError: when the text is not a SPARQL query.
            QueryRefused: when the query is an update or contains a SERVICE clause.
            QueryError: when the name of a graph is not an absolute IRI, or the engine does not implement a function.
        """
        check_read_only(query.text)
        is_of_store = not query.default_graphs or DEFAULT_GRAPH in query.default_graphs
        every = is_of_store and not query.named_graphs
        default = _nodes(query.default_graphs) if query.default_graphs or not every else None
        named = None if every else _nodes(query.named_graphs)
        try:
            return OxigraphAnswer(
                self._store.query(query.text, base_iri=BASE, default_graph=default, named_graphs=named)
            )
        except SyntaxError as error:
            raise syntax_error(query.text, str(error)) from None
        except _ENGINE_ERRORS as error:
            raise _failed(error) from error

    def dump(self, out: BinaryIO) -> None:
        """Write all statements as N-Quads, those of the default graph without the name of a graph."""
        self._store.dump(out, ox.RdfFormat.N_QUADS)


class OxigraphAnswer:
    """Implementation of :class:`kg.query.Answer`; ``write`` must be called in the thread that called ``ask``."""

    def __init__(self, results: ox.QuerySolutions | ox.QueryBoolean | ox.QueryTriples) -> None:
        self._results = results

    @property
    def form(self) -> Form:
        """Form of the answer."""
        if isinstance(self._results, ox.QuerySolutions):
            return Form.BINDINGS
        return Form.BOOLEAN if isinstance(self._results, ox.QueryBoolean) else Form.GRAPH

    @property
    def variables(self) -> frozenset[str]:
        """Names of the variables of a SELECT."""
        found = self._results.variables if isinstance(self._results, ox.QuerySolutions) else []
        return frozenset(variable.value for variable in found)

    def write(self, out: BinaryIO, wanted: Format) -> None:
        """Write the whole answer in chunks of a few KiB; exceptions of ``out`` are propagated unchanged.

        Raises:
            QueryError: when the evaluation fails after the answer was started.
        """
        guarded = _Output(out)
        try:
            write_answer(self._results, cast(BinaryIO, guarded), wanted)
        except _ENGINE_ERRORS as error:
            if guarded.failed:
                raise
            raise _failed(error) from error


class _Output:
    """Output that records its own failures, so that a broken pipe is not reported as a failed query."""

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


def _failed(error: Exception) -> QueryError:
    return QueryError(f"the query cannot be evaluated: {in_words(error)}")


def _nodes(iris: tuple[str, ...]) -> list[Any]:
    try:
        return [ox.DefaultGraph() if iri == DEFAULT_GRAPH else ox.NamedNode(iri) for iri in iris]
    except ValueError as error:
        raise QueryError(f"the name of a graph must be an absolute IRI: {error}") from None


def syntax_error(text: str, message: str, skip: int = 0, start: tuple[int, int] = (1, 1)) -> QuerySyntaxError:
    """Return the engine's message about a query or update as an error with 1-based line and column.

    The first ``skip`` characters of the text were added by the caller of the engine; the user's text begins after them,
    at the line and column ``start``.
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
    """Return the expectations of the parser in words, empty if there are none: most are names of grammar rules."""
    missing = undeclared_prefixes(text)
    if missing:
        return is_undeclared(missing[0])
    items = re.sub(r"\[[^\]]*\]|\"[^\"]*\"", "", expected.removeprefix("expected ").removeprefix("one of ")).split(", ")
    return "; ".join(" ".join(item.split()) for item in items if re.search(r"\w \w+ \w", item))


def _near(text: str, line: int, column: int) -> str:
    """Return a message with the text around the parser's position, which is slightly after the mistake."""
    where = text.split("\n")[line - 1]
    rest = where[column - 1 :].strip()
    return (
        f"cannot be read near {where[max(0, column - 15) : column + 15].strip()!r}" if rest else "something is missing"
    )
