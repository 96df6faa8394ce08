"""Build again whenever files of the sites change."""

from __future__ import annotations

import os
import time
from collections.abc import Callable, Sequence
from pathlib import Path

from kg.site.sources import sources

_INTERVAL = 0.1
"""Seconds between two looks at the files, at least."""
_REST = 10
"""Length of a pause in times of the look before it, at least."""

State = dict[str, tuple[int, int]]
"""File → its time of modification in nanoseconds, and its size."""


def whenever_changed(folders: Sequence[Path], build: Callable[[], int], has_ended: Callable[[], bool]) -> None:
    """Call ``build`` now, and again whenever source files of the sites are other ones, until ``has_ended``.

    Each call is made in a forked process: what one build keeps in memory does not grow, and is not met by the next one,
    and the modules are imported once. Files that change during a build lead to another one.
    """
    import kg.build.compile  # noqa: F401 - the forks begin with it

    seen: State | None = None
    while not has_ended():
        began = time.monotonic()
        now = _state(folders)
        took = time.monotonic() - began
        if now != seen:
            seen = now
            _in_fork(build)
        time.sleep(_pause(took))


def _pause(took: float) -> float:
    """Return the seconds to wait after a look; after a long one longer, so that a large site keeps no processor busy.

    >>> _pause(0.001), _pause(0.05)
    (0.1, 0.5)
    """
    return max(_INTERVAL, _REST * took)


def _in_fork(build: Callable[[], int]) -> None:
    pid = os.fork()
    if pid == 0:
        code = 1
        try:
            code = build()
        finally:
            os._exit(code)
    os.waitpid(pid, 0)


def _state(folders: Sequence[Path]) -> State:
    found: State = {}
    for folder in folders:
        for file in sources(folder):
            try:
                facts = file.stat()
            except OSError:  # just removed, or a link to nothing
                continue
            found[str(file)] = (facts.st_mtime_ns, facts.st_size)
    return found
