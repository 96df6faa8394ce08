"""The overlay of a release: a folder with what was written, and stores of release and overlay for queries to open.

Layout of the folder::

    current -> snapshots/<n>          what is served
    snapshots/<n>/manifest.json       the release's, with ``<release>+<n>`` as its name
                  store/              release and overlay in one store, to be opened read-only
                  written/            the overlay alone
    work/                             copies of both that are being written

It looks like the output folder of a build, so :func:`kg.release.open_release` opens it. A change is done when
``current`` is renamed, and until then nothing has happened, however this process or the machine ends.
"""

from __future__ import annotations

import fcntl
import itertools
import json
import os
import shutil
import time
from collections.abc import Iterable
from pathlib import Path
from typing import IO, cast

import pyoxigraph as ox

from kg.errors import NotStored, ReleaseError
from kg.release import Release
from kg.store.overlay import change as changes
from kg.store.overlay import large
from kg.store.overlay.change import Scope
from kg.store.overlay.dataset import DEFAULT, Change, Dataset, Graph
from kg.store.overlay.document import RdfDocument
from kg.store.overlay.reading import quads

KEEP = 5.0
"""Seconds for which a snapshot is kept after it was superseded: a reader may just be opening it."""
_LOCK_SECONDS = 5.0
_LOOK = 0.05


class Overlay:
    """What was written on top of a release, by this process and by nobody else.

    Changes become durable and visible, all or nothing, with :meth:`seal` and :meth:`publish`; :meth:`roll_back` forgets
    them. Raises :class:`kg.errors.ReleaseError` where the folder cannot be used.
    """

    def __init__(self, folder: Path, release: Release) -> None:
        self._folder = folder
        self._snapshots = folder / "snapshots"
        self._work = folder / "work"
        self._current = folder / "current"
        self._numbers = itertools.count()
        self._used: dict[str, Path] = {}
        self._superseded: list[tuple[float, Path]] = []
        self._changed = False
        try:
            self._snapshots.mkdir(parents=True, exist_ok=True)
            self._lock = _locked(folder / ".lock")
            self._forget_leftovers()
            self._open(release)
        except (OSError, ValueError, KeyError) as error:
            raise ReleaseError(f"the overlay in {folder} cannot be opened: {error}") from error

    @property
    def release(self) -> Release:
        """The release below."""
        return self._release

    def follow(self, release: Release) -> None:
        """Put the overlay on top of another release and publish that.

        What was written into a graph that is compiled now is kept, but not shown as long as that is so. Raises
        :class:`kg.errors.ReleaseError` where the release's store does not open; then nothing has changed.
        """
        try:
            base = ox.Store.read_only(str(release.store))
            store = self._copy_of("store", release.store)
        except OSError as error:
            raise ReleaseError(f"the store in {release.store} cannot be opened: {error}") from error
        self._base, self._compiled, self._release, self._store = base, _names(base), release, store
        shown: list[Graph] = [name for name in self._written.named_graphs() if not self._is_compiled(name)]
        for name in shown:
            store.add_graph(cast("ox.NamedNode", name))
        for graph in (*shown, DEFAULT):
            store.bulk_extend(self._written.quads_for_pattern(None, None, None, graph))
        self._changed = True
        self.publish(self.seal())

    def update(self, text: str, scope: Scope) -> None:
        """Carry out every operation of an update, or raise what is wrong with the first that cannot be.

        Raises a :class:`kg.errors.QueryError`; the caller rolls back then.
        """
        for operation in changes.read(text):
            self._apply(changes.change_of(operation, scope, self._dataset()))

    def has(self, graph: Graph) -> bool:
        """Whether there is this graph, compiled or written, be it empty."""
        return self._dataset().exists(graph)

    def put(self, graph: Graph, documents: Iterable[RdfDocument]) -> bool:
        """Replace what was written into ``graph``; tells whether the graph is new."""
        return self._insert(graph, documents, cleared=[graph])

    def post(self, graph: Graph, documents: Iterable[RdfDocument]) -> bool:
        """Add to what was written into ``graph``; tells whether the graph is new."""
        return self._insert(graph, documents, cleared=[])

    def delete(self, graph: Graph) -> bool:
        """Remove what was written into ``graph``; tells whether there was such a graph."""
        dataset = self._dataset()
        dataset.check([graph])
        there = dataset.exists(graph)
        if there:
            self._apply(Change(cleared=[graph]) if graph == DEFAULT else Change(dropped=[graph]))
        return there

    def seal(self) -> Path | None:
        """Write a snapshot that is whole on the disk, ready to be published; ``None`` where nothing has changed."""
        if not self._changed:
            return None
        number = 1 + max((int(folder.name) for folder in self._snapshots.glob("[0-9]*")), default=0)
        folder = self._snapshots / str(number)
        try:
            folder.mkdir()
            self._store.backup(str(folder / "store"))
            self._written.backup(str(folder / "written"))
            facts = {"release": f"{self._release.id}+{number}", "base": self._release.id, "files": {}}
            manifest = json.dumps({**self._release.manifest, **facts}, indent=1, sort_keys=True)
            (folder / "manifest.json").write_text(manifest + "\n", encoding="utf-8")
            _sync(folder / "manifest.json", folder, self._snapshots)  # the engine has done so with its backups
        except OSError as error:
            shutil.rmtree(folder, ignore_errors=True)
            raise NotStored(f"what was written cannot be kept: {error.strerror or error}") from error
        return folder

    def publish(self, sealed: Path | None) -> None:
        """Make a sealed snapshot the one that is served; from now on it survives."""
        self._changed = False
        if sealed is None:
            return
        before = self._current.resolve() if self._current.is_symlink() else None
        fresh = self._folder / ".current"
        fresh.unlink(missing_ok=True)
        fresh.symlink_to(Path("snapshots") / sealed.name)
        fresh.replace(self._current)
        _sync(self._folder)
        if before is not None:
            self._superseded.append((time.monotonic(), before))

    def roll_back(self) -> None:
        """Forget what was not published."""
        if self._changed:
            self._store = self._copy_of("store", self._current / "store")
            self._written = self._copy_of("written", self._current / "written")
            self._changed = False

    def tidy(self) -> None:
        """Remove the snapshots that nobody can be opening any more, and working copies that are used no more."""
        while self._superseded and self._superseded[0][0] < time.monotonic() - KEEP:
            shutil.rmtree(self._superseded.pop(0)[1], ignore_errors=True)
        for folder in set(self._work.iterdir()) - set(self._used.values()):
            shutil.rmtree(folder, ignore_errors=True)

    def _open(self, release: Release) -> None:
        if not self._current.is_symlink():
            self._written = self._copy_of("written", None)
            self.follow(release)
            return
        self._written = self._copy_of("written", self._current / "written")
        manifest = json.loads((self._current / "manifest.json").read_text(encoding="utf-8"))
        if manifest["base"] != release.id:
            self.follow(release)
            return
        self._store = self._copy_of("store", self._current / "store")
        self._base, self._release = ox.Store.read_only(str(release.store)), release
        self._compiled = _names(self._base)

    def _forget_leftovers(self) -> None:
        """Remove what was being written when somebody was killed, and the snapshots that are served no more."""
        shutil.rmtree(self._work, ignore_errors=True)
        self._work.mkdir()
        served = self._current.resolve()
        for folder in self._snapshots.iterdir():
            if folder != served:
                shutil.rmtree(folder)

    def _copy_of(self, name: str, source: Path | None) -> ox.Store:
        """A store to write in that begins as the one in ``source``, which costs no more than a few links."""
        folder = self._work / f"{name}-{next(self._numbers)}"
        if source is not None:
            ox.Store.read_only(str(source)).backup(str(folder))
        store = ox.Store(str(folder))
        self._used[name] = folder
        return store

    def _dataset(self) -> Dataset:
        return Dataset(self._store, self._written, self._compiled)

    def _insert(self, graph: Graph, documents: Iterable[RdfDocument], cleared: list[Graph]) -> bool:
        dataset = self._dataset()
        dataset.check([graph])
        added = [quad for document in documents for quad in quads(document, graph)]
        new = not dataset.exists(graph)
        self._apply(Change(cleared=cleared, added=added, created=[graph]))
        return new

    def _apply(self, change: Change) -> None:
        """Carry out a change in both working copies. What was compiled stays in the one that shows everything."""
        self._changed |= change != Change()
        for graph in change.cleared:
            self._clear(graph)
        for quad in change.removed:
            self._written.remove(quad)
            if not self._is_compiled(quad.graph_name) and quad not in self._base:
                self._store.remove(quad)
        for store in (self._written, self._store):
            large.add(store, change.added)
            for graph in change.created:
                if graph != DEFAULT:
                    store.add_graph(graph)
        for graph in change.dropped:
            self._clear(graph)
            self._written.remove_graph(graph)
            if not self._is_compiled(graph):
                self._store.remove_graph(graph)

    def _clear(self, graph: Graph) -> None:
        if graph == DEFAULT:
            for quad in self._written.quads_for_pattern(None, None, None, DEFAULT):
                if quad not in self._base:
                    self._store.remove(quad)
        elif not self._is_compiled(graph):
            large.clear(self._store, graph)
        large.clear(self._written, graph)

    def _is_compiled(self, graph: Graph) -> bool:
        return isinstance(graph, ox.NamedNode) and graph.value in self._compiled


def _names(store: ox.Store) -> frozenset[str]:
    return frozenset(name.value for name in store.named_graphs())


def _locked(file: Path) -> IO[str]:
    """Hold the lock; another server's writer may take a moment to end."""
    lock = file.open("w")
    until = time.monotonic() + _LOCK_SECONDS
    while True:
        try:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            if time.monotonic() > until:
                lock.close()
                raise ReleaseError(f"another server writes to {file.parent}") from None
            time.sleep(_LOOK)
        else:
            return lock


def _sync(*paths: Path) -> None:
    """See files and folders to the disk."""
    for path in paths:
        handle = os.open(path, os.O_RDONLY)
        try:
            os.fsync(handle)
        finally:
            os.close(handle)
