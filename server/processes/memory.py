"""The memory of processes, as Linux counts it; elsewhere it is not known, and 0."""

from __future__ import annotations

import ctypes
import resource
from pathlib import Path

_RESIDENT, _DATA = 1, 5
_GROWTH = 4 * 1024 * 1024
"""Least growth in bytes after which memory is trimmed."""
_ARENA_MAX = -8
"""M_ARENA_MAX of glibc's malloc.h."""


def resident(process: int | str = "self") -> int:
    """Return the bytes of a process that are in memory; by default of this one."""
    return _pages(_RESIDENT, process) * resource.getpagesize()


def data_segment() -> int:
    """Return the bytes of this process that count for the limit of the data segment, among them reserved stacks."""
    return _pages(_DATA, "self") * resource.getpagesize()


def trim() -> None:
    """Give free memory back to the system, which the C library keeps otherwise."""
    release = getattr(ctypes.CDLL(None), "malloc_trim", None)
    if release is not None:
        release(0)


def trim_if_grown(before: int) -> int:
    """Trim if the bytes in memory have grown since they were ``before``; return those to compare with the next time.

    Freed memory lies between what is still in use, so that a process which runs for long takes more and more.
    """
    if resident() <= before + _GROWTH:
        return before
    trim()
    return resident()


def use_one_arena() -> None:
    """Have all later threads of this process take memory from one arena, if the C library has several.

    What is free in the arena of one thread is of no use to the others, so that a process with many threads takes more
    than it needs.
    """
    limit = getattr(ctypes.CDLL(None), "mallopt", None)
    if limit is not None:
        limit(_ARENA_MAX, 1)


def _pages(field: int, process: int | str) -> int:
    try:
        return int(Path(f"/proc/{process}/statm").read_text(encoding="ascii").split()[field])
    except OSError:
        return 0
