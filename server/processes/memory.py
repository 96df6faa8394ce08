"""The memory of this process, as Linux counts it; elsewhere it is not known, and 0."""

from __future__ import annotations

import ctypes
import resource
from pathlib import Path

_RESIDENT, _DATA = 1, 5


def resident() -> int:
    """Return the bytes that are in memory."""
    return _pages(_RESIDENT) * resource.getpagesize()


def data_segment() -> int:
    """Return the bytes that count for the limit of the data segment, among them reserved stacks."""
    return _pages(_DATA) * resource.getpagesize()


def trim() -> None:
    """Give free memory back to the system, which the C library keeps otherwise."""
    release = getattr(ctypes.CDLL(None), "malloc_trim", None)
    if release is not None:
        release(0)


def _pages(field: int) -> int:
    try:
        return int(Path("/proc/self/statm").read_text(encoding="ascii").split()[field])
    except OSError:
        return 0
