"""Measurement of how the time of a piece of work grows with the size of its input."""

from __future__ import annotations

import gc
import time
from collections.abc import Callable

TIMES = 8
LINEAR = 24
"""Greatest growth that counts as linear: for input eight times as large 8 is linear and 64 quadratic."""


def growth(work: Callable[[int], object], size: int) -> float:
    """Return how many times as long ``work`` takes for :data:`TIMES` times the size."""
    return seconds(work, TIMES * size) / seconds(work, size)


def seconds(work: Callable[[int], object], size: int) -> float:
    """Return the least CPU time of three runs, at least a millisecond.

    Objects of other tests are frozen, which a full garbage collection, more often in the larger run, would walk.
    """
    times = []
    gc.collect()
    gc.freeze()
    try:
        for _ in range(3):
            start = time.process_time()
            work(size)
            times.append(time.process_time() - start)
    finally:
        gc.unfreeze()
    return max(min(times), 0.001)
