"""Measurement of how the time of a piece of work grows with the size of its input."""

from __future__ import annotations

import time
from collections.abc import Callable


def seconds(work: Callable[[int], object], size: int) -> float:
    """Return the least CPU time of three runs of ``work`` for a size, at least a millisecond."""
    times = []
    for _ in range(3):
        start = time.process_time()
        work(size)
        times.append(time.process_time() - start)
    return max(min(times), 0.001)
