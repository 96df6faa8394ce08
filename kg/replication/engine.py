"""Bring an engine from the release that it holds to another one, by SPARQL Update.

An update is one operation with all that changed. It is done only if the engine holds the release that the changes
start from, so that it may be sent again. An engine without a release is filled in parts, and the description, by which
readers know a release, comes last. Publishers from one folder wait for each other; of two from elsewhere, whose
releases an engine may mix, the later one notices, when it compares.
"""

from __future__ import annotations

import fcntl
import hashlib
import os
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from itertools import groupby
from pathlib import Path
from typing import BinaryIO, cast

from kg.errors import ReleaseError
from kg.findings import printable
from kg.query import FORMATS_BY_NAME, Query, Store
from kg.query.rows import with_prefixes
from kg.release import Release, open_release, verify
from kg.release.nquads import side_by_side
from kg.store.engine.address import Engine
from kg.store.engine.connection import EngineConnection
from kg.store.engine.probe import VERSION, held, require
from kg.store.engine.quirks import quirks_of
from kg.store.engine.store import EngineStore
from kg.store.oxigraph import Lines, description_quads, difference, open_store
from kg.vocab import DESCRIPTION_GRAPH, ROOT

_PART = 512 * 1024
"""Bytes of an update that fills an engine without a release, about."""
_LARGEST = 100 * 1024 * 1024
"""Bytes of the update from one release to another, at most; the server of Oxigraph takes a body of 128 MB."""
_OF_STATEMENT = 8
"""Bytes of an answer with all statements, for each byte of them in N-Quads, at most."""
_TSV = FORMATS_BY_NAME["tsv"]
_CONTENT = (
    "SELECT ?s ?p ?o { ?s ?p ?o }",
    f"SELECT ?g ?s ?p ?o {{ GRAPH ?g {{ ?s ?p ?o }} FILTER(STRSTARTS(STR(?g), '{ROOT}')) }}",
)
"""Queries for all statements of a release: those of the default graph, and those of the named graphs."""


def update_address(url: str) -> str:
    """Return the address for updates that belongs to one for queries, by the names that most engines use.

    >>> update_address("http://127.0.0.1:7878/query"), update_address("http://127.0.0.1:8890/sparql")
    ('http://127.0.0.1:7878/update', 'http://127.0.0.1:8890/sparql')
    """
    return f"{url.removesuffix('/query')}/update" if url.endswith("/query") else url


def publish_to_engine(release: Release, engine: Engine, updates: Engine) -> None:
    """Make an engine hold a release, and compare all that it holds with the release.

    Raises:
        ReleaseError: when the engine holds another release that is not beside this one, or other statements; or when
            the changes are too many for one update.
        QueryError: when the engine fails, or refuses the update.
    """
    store = EngineStore(engine, largest=_OF_STATEMENT * release.graph.stat().st_size + _LARGEST)
    with _alone(release.folder.parent):
        before = _held(store, release)
        if before is None or before.id != release.id:
            if not quirks_of(store.server).is_update_atomic:
                raise ReleaseError("this engine would show half of an update; fill it with its own loader: kg export")
            connection = EngineConnection(updates)
            for update in _changing(before, release) if before else _filling(release):
                connection.change(update)
        require(store, release)
        if _checksums(store) != _checksums(open_store(release.store)):
            raise ReleaseError(f"the engine holds other statements than release {release.id}; empty it, publish again")


@contextmanager
def _alone(folder: Path) -> Iterator[None]:
    """Wait until no other process publishes from a folder, which is locked meanwhile and not written to."""
    handle = os.open(folder, os.O_RDONLY)
    try:
        fcntl.flock(handle, fcntl.LOCK_EX)
        yield
    finally:
        os.close(handle)


def _held(store: Store, release: Release) -> Release | None:
    """Return the release that an engine holds; ``None`` if it holds none."""
    ids = held(store)
    if len(ids) > 1:
        raise ReleaseError(f"the engine holds the releases {printable(', '.join(ids))}; empty it and publish again")
    if not ids or ids == [release.id]:
        return release if ids else None
    folder = next((each for each in release.folder.parent.glob("[!.]*") if each.name == ids[0]), None)
    if folder is None:
        raise ReleaseError(
            f"the engine holds {printable(ids[0])}, which is not in {release.folder.parent}; empty it first"
        )
    before = open_release(folder)
    verify(before)
    return before


def _changing(before: Release, release: Release) -> list[bytes]:
    """Return the one update from a release to another."""
    old, new = description_quads(before), description_quads(release)
    removed, added = [Lines(old - new, set())], [Lines(new - old, set())]
    for one, other in side_by_side(before.graph, release.graph):
        if one != other:
            removed.append(difference(one, other))
            added.append(difference(other, one))
    where = f"GRAPH <{DESCRIPTION_GRAPH}> {{ {VERSION} }} FILTER(?id = '{before.id}')"
    update = _operation(where, added, removed)
    if len(update) > _LARGEST:
        raise ReleaseError(f"from {before.id} to {release.id} too much changes for one update; empty the engine first")
    return [update]


def _filling(release: Release) -> Iterator[bytes]:
    """Yield the updates that fill an engine without a release."""
    where = f"FILTER NOT EXISTS {{ GRAPH <{DESCRIPTION_GRAPH}> {{ {VERSION} }} }}"
    part, size = list[Lines](), 0
    for lines, _ in side_by_side(release.graph, release.graph):  # which keeps the lines of a subject together
        part.append(difference(lines, ()))
        size += sum(map(len, lines))
        if size > _PART:
            yield _operation(where, part)
            part, size = [], 0
    yield _operation(where, part)
    yield _operation(where, [Lines(description_quads(release), set())])


def _operation(where: str, added: Sequence[Lines], removed: Sequence[Lines] = ()) -> bytes:
    """Return an update that changes statements if a pattern is found."""
    text = with_prefixes("").text.encode()
    for word, every in ((b"DELETE", removed), (b"INSERT", added)):
        text += word + b" {\n" + b"".join(_template(every)) + b"}\n"
    return text + f"WHERE {{ {where} }}".encode()


def _template(every: Sequence[Lines]) -> Iterator[bytes]:
    """Yield statements as SPARQL has them, by graphs."""
    yield from (line for lines in every for line in lines.triples)
    quads = (line.removesuffix(b" .\n").rpartition(b" <") for lines in every for line in lines.quads)
    for graph, group in groupby(sorted(quads, key=lambda parts: parts[2]), key=lambda parts: parts[2]):
        yield b"GRAPH <" + graph + b" {\n" + b"".join(triple + b" .\n" for triple, _, _ in group) + b"}\n"


def _checksums(store: Store) -> list[tuple[int, int]]:
    """Return number and checksum of the statements of the default graph, and of the named graphs."""
    found = []
    for text in _CONTENT:
        rows = _RowSum()
        store.ask(Query(text)).write(cast("BinaryIO", rows), _TSV)
        found.append((rows.number, rows.checksum))
    return found


class _RowSum:
    """Output that counts lines, and adds up their hashes, so that their order is none of the result."""

    def __init__(self) -> None:
        self.number = self.checksum = 0
        self._rest = b""

    def write(self, data: bytes) -> int:
        *lines, self._rest = (self._rest + data).split(b"\n")
        for line in lines:
            self.number += 1
            self.checksum += int.from_bytes(hashlib.sha256(line).digest())
        return len(data)

    def flush(self) -> None:
        """Do nothing: what is left is the beginning of a line."""
