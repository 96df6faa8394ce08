"""Build again whenever files of the sites change."""

from __future__ import annotations

import gc
import os
import sys
import time
import traceback
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path

from kg.liquid import forget_sites
from kg.release import current_id, release_ids, remove_release
from kg.site import git
from kg.site.sources import names, sources

_INTERVAL = 0.05
"""Seconds between two looks at the files, at least."""
_REST = 10
"""Length of a pause in times of the look before it, at least."""
_KEPT = 3
"""Number of releases of one watch that stay: a server may still read the one before, and people compare them."""

State = dict[str, tuple[int, int]]
"""File → its time of modification in nanoseconds, and its size."""


def changes(folders: Sequence[Path], has_ended: Callable[[], bool]) -> Iterator[None]:
    """Yield now, and again whenever files of the sites are other ones, or the commit is, until ``has_ended``.

    Files that change while the caller works lead to another time.
    """
    seen: State | None = None
    while not has_ended():
        began = time.monotonic()
        now = _state(folders)
        took = time.monotonic() - began
        if now != seen:
            seen = now
            yield
        time.sleep(_pause(took))


def _pause(took: float) -> float:
    """Return the seconds to wait after a look; after a long one longer, so that a large site keeps no processor busy.

    >>> _pause(0.001), _pause(0.05)
    (0.05, 0.5)
    """
    return max(_INTERVAL, _REST * took)


def once(build: Callable[[], object]) -> None:
    """Call ``build``; write what it raises, and collect the garbage that it left, to be ready for the next one."""
    try:
        build()
    except Exception:
        traceback.print_exc()
    sys.stdout.flush()
    forget_sites()
    gc.unfreeze()
    gc.collect()
    gc.freeze()


class MadeReleases:
    """The releases in an output folder that come while it is watched; only the last few of them are kept."""

    def __init__(self, out: Path) -> None:
        self._out = out
        self._others = release_ids(out)
        self._made: list[str] = []

    def tidy(self) -> None:
        """Note the current release, and remove the oldest of those that were noted; releases made before stay."""
        current = current_id(self._out)
        if not current or current in self._others:
            return
        self._made = [*(each for each in self._made if each != current), current]
        for old in self._made[:-_KEPT]:
            remove_release(self._out, old)
        self._made = self._made[-_KEPT:]


def _state(folders: Sequence[Path]) -> State:
    found: State = {}
    for folder in folders:
        named = (os.path.join(folder, name) for name in names(folder))  # noqa: PTH118 - much faster
        for file in {*map(str, sources(folder)), *named, *git.files_of_head(folder)}:
            try:
                facts = os.stat(file)  # noqa: PTH116
            except OSError:  # just removed, or a link to nothing
                continue
            found[file] = (facts.st_mtime_ns, facts.st_size)
    return found
