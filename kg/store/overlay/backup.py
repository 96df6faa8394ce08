"""Backups of an overlay: one file of N-Quads with its checksum, which any program that reads N-Quads can read.

The file has lines of these kinds, in this order::

    # kg overlay 1
    # graph <http://example.org/g>      for each named graph, since N-Quads has no empty ones
    <s> <p> <o> <g> .                   for each statement
    # sha256 <of all bytes before this line>

Nothing in it is compressed or names a file, so that a backup from a stranger writes nothing elsewhere, and no more than
it has itself.
"""

from __future__ import annotations

import contextlib
import hashlib
import json
import os
import shutil
import tempfile
from collections.abc import Iterator
from pathlib import Path
from typing import IO, cast

import pyoxigraph as ox

from kg.errors import BackupError, in_words
from kg.store.overlay.snapshots import delete_others, locked, new_snapshot, switch, sync

_FORMAT = b"# kg overlay 1\n"
_GRAPH = b"# graph "
_SUM = b"# sha256 "
_CHUNK = 1 << 20
_PARTS = {".current", ".lock", "current", "empty", "snapshots", "work"}
"""Names in the folder of an overlay; ``empty`` is the release of a server without one."""


def back_up(folder: Path, file: Path) -> int:
    """Write the statements of the current snapshot to ``file`` and return their number; a server may write meanwhile.

    ``file`` is replaced when all is on the disk.

    Raises:
        BackupError: when the folder has no written data, or they are damaged, or the file cannot be written.
    """
    store = _current(folder)
    try:
        with _replacing(file) as archive:
            archive.write(_FORMAT)
            archive.writelines(_GRAPH + str(graph).encode() + b"\n" for graph in store.named_graphs())
            store.dump(archive, ox.RdfFormat.N_QUADS)
            archive.write(_sum(archive, archive.tell()))
    except (OSError, RuntimeError) as error:  # a damaged store is a RuntimeError
        raise BackupError(f"{folder} cannot be written to {file}: {in_words(error)}") from error
    return len(store)


def restore(file: Path, folder: Path, *, replace: bool) -> int:
    """Make what is in a backup the written data in ``folder``; return the number of statements.

    Raises:
        BackupError: when the file is damaged or no backup, or ``folder`` has other data and ``replace`` is false.
        ReleaseError: when a server uses the folder.
    """
    try:
        with file.open("rb") as archive:
            _check(archive, file)
            _check_made_here(folder)
            with locked(folder):
                if os.path.lexists(folder / "current") and not replace:
                    raise BackupError(f"{folder} has written data already; --replace deletes them")
                snapshot, count = _loaded(archive, folder)
                switch(folder, snapshot)
                delete_others(folder)
    except OSError as error:
        raise BackupError(f"{file} cannot be restored to {folder}: {in_words(error)}") from error
    except (SyntaxError, ValueError) as error:
        raise BackupError(f"{file} is no backup of written data: {error}") from error
    return count


def _current(folder: Path) -> ox.Store:
    """Open the current snapshot; when it was superseded meanwhile, it may have been deleted, and the next one is."""
    link = folder / "current"
    if not link.is_symlink():
        raise BackupError(f"there are no written data in {folder}; kg serve --writable keeps them there")
    while True:
        snapshot = link.resolve()
        try:
            store = ox.Store.read_only(str(snapshot / "written"))
        except (OSError, RuntimeError) as error:
            if link.resolve() == snapshot:
                raise BackupError(f"no written data can be read in {folder}: {in_words(error)}") from error
            continue
        if link.resolve() == snapshot:
            return store


@contextlib.contextmanager
def _replacing(file: Path) -> Iterator[IO[bytes]]:
    """Open a new file that replaces ``file`` when the block has ended, and is deleted when it fails."""
    handle, fresh = tempfile.mkstemp(prefix=f".{file.name}-", dir=file.parent)
    with contextlib.ExitStack() as on_failure, os.fdopen(handle, "w+b") as archive:
        on_failure.callback(Path(fresh).unlink)
        yield archive
        archive.flush()
        os.fsync(archive.fileno())
        Path(fresh).replace(file)
        on_failure.pop_all()
    sync(file.parent)


def _sum(archive: IO[bytes], size: int) -> bytes:
    """Return the last line of a backup that begins with ``size`` bytes, and leave the position after these."""
    digest = hashlib.sha256()
    archive.seek(0)
    while size > 0:
        chunk = archive.read(min(size, _CHUNK))
        if not chunk:
            break
        digest.update(chunk)
        size -= len(chunk)
    return _SUM + digest.hexdigest().encode() + b"\n"


def _check(archive: IO[bytes], file: Path) -> None:
    if archive.readline(len(_FORMAT)) != _FORMAT:
        raise BackupError(f"{file} is no backup of written data, or one of another version")
    length = len(_sum(archive, 0))
    expected = _sum(archive, archive.seek(0, os.SEEK_END) - length)
    if archive.read() != expected:
        raise BackupError(f"{file} is damaged: its checksum is another one")


def _check_made_here(folder: Path) -> None:
    others = {entry.name for entry in folder.iterdir()} - _PARTS if folder.exists() else ()
    if others:
        raise BackupError(f"{folder} has other files, such as {min(others)}; name another folder")


def _loaded(archive: IO[bytes], folder: Path) -> tuple[Path, int]:
    """Return a new, synced snapshot of the statements in a backup, and their number.

    It names no release, so that a server puts the statements on top of its own.
    """
    snapshot = new_snapshot(folder)
    with contextlib.ExitStack() as on_failure:
        on_failure.callback(shutil.rmtree, snapshot, ignore_errors=True)
        count = _fill(snapshot / "written", archive)
        (snapshot / "manifest.json").write_text(json.dumps({"base": ""}), encoding="utf-8")
        sync(*snapshot.rglob("*"), snapshot, snapshot.parent)
        on_failure.pop_all()
    return snapshot, count


def _fill(written: Path, archive: IO[bytes]) -> int:
    store = ox.Store(str(written))
    archive.seek(len(_FORMAT))
    while (line := archive.readline()).startswith(_GRAPH):
        store.add_graph(_graph(line.removeprefix(_GRAPH)))
    archive.seek(0)
    store.bulk_extend(ox.parse(archive, ox.RdfFormat.N_QUADS))
    store.flush()
    return len(store)


def _graph(name: bytes) -> ox.NamedNode:
    (quad,) = ox.parse(b"<urn:s> <urn:p> <urn:o> " + name.rstrip() + b" .", ox.RdfFormat.N_QUADS)
    return cast("ox.NamedNode", quad.graph_name)
