"""Measurement of how the time of a piece of work grows with the size of its input."""

from __future__ import annotations

import gc
import math
import time
from collections.abc import Callable

TIMES = 8
LINEAR = 24
"""Greatest growth that counts as linear: for input eight times as large 8 is linear and 64 quadratic."""


def growth(work: Callable[[int], object], size: int, most: float = LINEAR) -> float:
    """Return how many times as long ``work`` takes for :data:`TIMES` times the size: the least of up to three ratios.

    Another is measured only if it is not below ``most``, for others may use the machine during one of the two runs. So
    is the larger run, up to three times.
    """
    least = math.inf
    for _ in range(3):
        small = seconds(work, size)
        least = min(least, seconds(work, TIMES * size, small * most) / small)
        if least < most:
            break
    return least


def seconds(work: Callable[[int], object], size: int, enough: float = 0) -> float:
    """Return the least CPU time of up to three runs, at least a millisecond; less than ``enough`` needs no other run.

    Objects of other tests are frozen, which a full garbage collection, more often in the larger run, would walk.
    """
    least = math.inf
    gc.freeze()
    try:
        for _ in range(3):
            start = time.process_time()
            work(size)
            least = min(least, time.process_time() - start)
            if least < enough:
                break
    finally:
        gc.unfreeze()
    return max(least, 0.001)


def share(work: Callable[[int], object], other: Callable[[int], object], most: float) -> float:
    """Return how many times as long as ``other`` some work takes: the least of up to five ratios.

    Another ratio is measured only if it is not below ``most``: caches and clocks of machines do not suit both alike.
    """
    least = math.inf
    for _ in range(5):
        least = min(least, seconds(work, 0) / seconds(other, 0))
        if least < most:
            break
    return least
