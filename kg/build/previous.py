"""The last release of an output folder, from which the next one is made as far as both are the same."""

from __future__ import annotations

from collections.abc import Mapping
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from kg.build_cache import BuildCache
from kg.errors import ReleaseError
from kg.release import Release, open_release, sha256, verify
from kg.release.nquads import side_by_side
from kg.release.partitions import partitioned
from kg.release.statistics import Statistics, of_plain, plain
from kg.store import oxigraph

_ALIKE = 4
"""A graph is like the last one if no more than one of so many parts of it has changed."""
_UPDATES = 20
"""Number of updates of a store before a new one is filled, since they leave removed statements on disk."""

States = Mapping[str, list[Any]]
"""File of a store → what changes if the file does."""


@dataclass(frozen=True, slots=True)
class Previous:
    """A whole release that this program made."""

    release: Release
    key: str
    """Key of its graph: one with the same key is the same."""
    updates: int
    """Number of updates of its store since that was filled."""
    states: States
    """States of the files of its store as the cache has it, without a description; empty if it has none."""
    counted: Mapping[str, Any]
    """Its statistics as a JSON value."""

    @property
    def statistics(self) -> Statistics:
        """Counts of its graph."""
        return of_plain(self.counted)

    @property
    def own_description(self) -> str:
        """Turtle of its description without the partitions, which another release of the same graph has as well."""
        text = self.release.description.read_text(encoding="utf-8")
        return text + partitioned(self.statistics, self.release.id, self.release.checksum_of_graph)

    def is_like(self, graph: Path) -> bool:
        """Return whether a graph differs from that of this release in few statements."""
        pairs = side_by_side(self.release.graph, graph)
        changed = sum(len({*old} ^ {*new}) for old, new in pairs if old != new)
        return bool(changed <= self.release.manifest["counts"]["quads"] / _ALIKE)


@dataclass(frozen=True, slots=True)
class FilledStore:
    """A store that has been filled, and is to be described."""

    counts: oxigraph.Counts
    updates: int
    """Number of its updates since it was filled."""
    states: States
    """Those of the files that the cache keeps of it."""
    has_partitions: bool = False
    """True if the partitions of its graph are in its description already."""


def previous(releases: Path, cache: BuildCache) -> Previous | None:
    """Return the last release in a folder of releases, unless the ``cache`` has none or it is damaged or gone."""
    facts = cache.get(cache.key("release"))
    if not facts:
        return None
    name, *others = facts
    try:
        release = open_release(releases / name)
        verify(release)
    except ReleaseError:
        return None
    return Previous(release, *others)


def remember(release: Release, key: str, store: FilledStore, found: Statistics, cache: BuildCache) -> None:
    """Keep in the ``cache`` what :func:`previous` says of a release."""
    cache.put(cache.key("release"), [release.id, key, store.updates, store.states, plain(found)])


def fill(folder: Path, graph: Path, last: Previous | None, cache: BuildCache, *, is_same: bool) -> FilledStore:
    """Fill a store with a graph, and keep it without its description for the next build.

    It is made from that of the ``last`` release if there is one; ``is_same`` if that has the same graph.
    """
    if last and last.updates < _UPDATES:
        if is_same:
            oxigraph.copy(last.release.store, folder)
            oxigraph.withdraw(folder, last.own_description)
            counts = oxigraph.Counts(**last.release.manifest["counts"])
            return FilledStore(counts, last.updates + 1, last.states, has_partitions=True)
        kept = cache.store if cache.store and last.states and last.states == _states(cache.store) else None
        counts, updates = oxigraph.update(folder, graph, last.release, kept), last.updates + 1
    else:
        counts, updates = oxigraph.create(folder, graph), 0
    cache.forget_store()
    if cache.store:
        with suppress(OSError):  # costs the next build time
            oxigraph.keep(folder, cache.store)
            return FilledStore(counts, updates, _states(cache.store))
    return FilledStore(counts, updates, {})


def _states(folder: Path) -> States:
    """Return the states of a store's files: size and time of its data files, the checksums of all others."""
    return {
        file.name: [seen.st_size, seen.st_mtime_ns] if file.suffix == ".sst" else [sha256(file)]
        for file in sorted(folder.glob("*"))
        for seen in [file.stat()]
    }
