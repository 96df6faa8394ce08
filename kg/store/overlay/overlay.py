"""The overlay of a release on disk: a folder with the written statements and with stores for queries.

Layout of the folder::

    current -> snapshots/<n>          the snapshot that is served
    snapshots/<n>/manifest.json       the release's manifest, with ``<release>+<n>`` as id
                  store/              release and overlay in one store, opened read-only
                  written/            the overlay alone
    work/                             writable copies of both stores

The layout is that of a build's output folder, so :func:`kg.release.open_release` opens it. Replacing the link
``current`` commits a change: after a crash, of this process or of the machine, it leads to the old or the new snapshot.
"""

from __future__ import annotations

import itertools
import json
import shutil
import time
from collections.abc import Iterable
from pathlib import Path
from typing import cast

import pyoxigraph as ox

from kg.errors import NotStored, ReleaseError, in_words
from kg.release import Release
from kg.store.overlay import change as changes
from kg.store.overlay import large
from kg.store.overlay.change import Scope
from kg.store.overlay.dataset import DEFAULT, Change, Dataset, Graph
from kg.store.overlay.document import RdfDocument
from kg.store.overlay.reading import quads
from kg.store.overlay.snapshots import delete_others, locked, new_snapshot, switch, sync

KEEP = 5.0
"""Seconds until a superseded snapshot is deleted, since a reader may be opening it."""


class Overlay:
    """The statements written on top of a release; one process at a time can open an overlay.

    :meth:`seal` and :meth:`publish` commit the changes atomically; :meth:`roll_back` discards them.

    Raises:
        ReleaseError: when the folder cannot be used, or another process has locked it.
    """

    def __init__(self, folder: Path, release: Release) -> None:
        self._folder = folder
        self._work = folder / "work"
        self._current = folder / "current"
        self._numbers = itertools.count()
        self._used: dict[str, Path] = {}
        self._superseded: list[tuple[float, Path]] = []
        self._changed = False
        try:
            self._lock = locked(folder)
            self._delete_leftovers()
            self._open(release)
        except (OSError, RuntimeError, ValueError, KeyError) as error:  # a damaged store is a RuntimeError
            raise ReleaseError(f"the overlay in {folder} cannot be opened: {in_words(error)}") from error

    @property
    def release(self) -> Release:
        """The release that the overlay extends."""
        return self._release

    def follow(self, release: Release) -> None:
        """Put the overlay on top of another release and publish the result.

        Statements written into a graph that belongs to the new release are stored, but hidden as long as it does.

        Raises:
            ReleaseError: when the store of the release cannot be opened; the overlay is unchanged.
            NotStored: when the snapshot cannot be written.
        """
        try:
            base = ox.Store.read_only(str(release.store))
            store = self._copy_of("store", release.store)
        except (OSError, RuntimeError) as error:
            raise ReleaseError(f"the store in {release.store} cannot be opened: {in_words(error)}") from error
        self._base, self._compiled, self._release, self._store = base, _names(base), release, store
        shown: list[Graph] = [name for name in self._written.named_graphs() if not self._is_compiled(name)]
        for name in shown:
            store.add_graph(cast("ox.NamedNode", name))
        for graph in (*shown, DEFAULT):
            store.bulk_extend(self._written.quads_for_pattern(None, None, None, graph))
        self._changed = True
        self.publish(self.seal())

    def update(self, text: str, scope: Scope) -> None:
        """Apply every operation of an update.

        Raises:
            QueryError: when an operation fails; the caller must roll back.
        """
        for operation in changes.read(text):
            self._apply(changes.change_of(operation, scope, self._dataset()))

    def has(self, graph: Graph) -> bool:
        """Return whether the graph exists in the release or the overlay; it may be empty."""
        return self._dataset().exists(graph)

    def put(self, graph: Graph, documents: Iterable[RdfDocument]) -> bool:
        """Replace the overlay statements of ``graph``; return whether the graph is new."""
        return self._insert(graph, documents, cleared=[graph])

    def post(self, graph: Graph, documents: Iterable[RdfDocument]) -> bool:
        """Add overlay statements to ``graph``; return whether the graph is new."""
        return self._insert(graph, documents, cleared=[])

    def delete(self, graph: Graph) -> bool:
        """Remove the overlay statements of ``graph``; return whether the graph existed."""
        dataset = self._dataset()
        dataset.check([graph])
        there = dataset.exists(graph)
        if there:
            self._apply(Change(cleared=[graph]) if graph == DEFAULT else Change(dropped=[graph]))
        return there

    def seal(self) -> Path | None:
        """Write a complete, synced snapshot and return its folder; ``None`` if nothing has changed.

        Raises:
            NotStored: when the snapshot cannot be written.
        """
        if not self._changed:
            return None
        try:
            folder = new_snapshot(self._folder)
        except OSError as error:
            raise NotStored(f"the update cannot be stored: {in_words(error)}") from error
        try:
            self._store.backup(str(folder / "store"))
            self._written.backup(str(folder / "written"))
            facts = {"release": f"{self._release.id}+{folder.name}", "base": self._release.id, "files": {}}
            manifest = json.dumps({**self._release.manifest, **facts}, indent=1, sort_keys=True)
            (folder / "manifest.json").write_text(manifest + "\n", encoding="utf-8")
            sync(folder / "manifest.json", folder, folder.parent)  # the engine syncs its backups itself
        except OSError as error:
            shutil.rmtree(folder, ignore_errors=True)
            raise NotStored(f"the update cannot be stored: {in_words(error)}") from error
        return folder

    def publish(self, sealed: Path | None) -> None:
        """Make a sealed snapshot the current one; with ``None``, change nothing."""
        self._changed = False
        if sealed is None:
            return
        before = self._current.resolve() if self._current.is_symlink() else None
        switch(self._folder, sealed)
        if before is not None:
            self._superseded.append((time.monotonic(), before))

    def roll_back(self) -> None:
        """Discard the changes since the last :meth:`publish`."""
        if self._changed:
            self.reopen()
            self._changed = False

    def reopen(self) -> None:
        """Open new working copies of the published snapshot: the engine frees its caches only with the old ones.

        Its records begin anew, see :meth:`history`.
        """
        self._store = self._copy_of("store", self._current / "store")
        self._written = self._copy_of("written", self._current / "written")

    def history(self) -> int:
        """Return the bytes of the engine's records of its files, which begin when the working copies are opened.

        They grow with each change, and each snapshot has a copy of them.
        """
        return sum(file.stat().st_size for folder in self._used.values() for file in folder.glob("MANIFEST-*"))

    def tidy(self) -> None:
        """Delete snapshots that were superseded more than :data:`KEEP` seconds ago, and unused working copies."""
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

    def _delete_leftovers(self) -> None:
        """Delete the working copies of a process that was killed, and all snapshots but the current one."""
        shutil.rmtree(self._work, ignore_errors=True)
        self._work.mkdir()
        delete_others(self._folder)

    def _copy_of(self, name: str, source: Path | None) -> ox.Store:
        """Return a writable copy of the store in ``source``, made with hard links; an empty store for ``None``."""
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
        """Apply a change to both working copies; the release's statements stay in the copy that has them."""
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
