"""Work on many items in as many processes as there are cores."""

from __future__ import annotations

import multiprocessing
import os
import signal
from collections.abc import Callable, Iterable, Iterator, Sequence
from concurrent.futures import ProcessPoolExecutor
from concurrent.futures.process import BrokenProcessPool
from itertools import islice
from typing import Any, TypeVar

from kg.errors import KgError

T = TypeVar("T")
R = TypeVar("R")

BATCH = 64
"""Items that are done in one go."""
_work: Callable[[Any], Any]
"""What the processes of the running pool do: they inherit it, so that it need not be pickled."""


def on_all_cores(work: Callable[[Sequence[T]], R], items: Iterable[T], size: int = BATCH) -> Iterator[R]:
    """What ``work`` gives for batches of ``size`` items, in the items' order.

    The processes are forks: they see all that this one holds, and only results are sent back. Where there is one core
    or one batch, or where processes cannot be forked, everything is done in this process. What ``work`` raises is
    raised here; :class:`kg.errors.KgError` where a process is killed. One call at a time.

    >>> list(on_all_cores(sum, range(100), size=50))
    [1225, 3725]
    """
    global _work
    batches = list(_batches(items, size))
    processes = min(len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else 1, len(batches))
    if processes < 2:
        yield from map(work, batches)
        return
    _work = work
    forks = multiprocessing.get_context("fork")
    pool = ProcessPoolExecutor(processes, mp_context=forks, initializer=_leave_interrupts_to_the_parent)
    try:
        yield from pool.map(_do, batches)
    except BrokenProcessPool as error:
        raise KgError("a process of this program was killed; is there too little memory?") from error
    finally:
        pool.shutdown(cancel_futures=True)


def _do(batch: Sequence[Any]) -> Any:
    return _work(batch)


def _leave_interrupts_to_the_parent() -> None:
    signal.signal(signal.SIGINT, signal.SIG_IGN)


def _batches(items: Iterable[T], size: int) -> Iterator[Sequence[T]]:
    rest = iter(items)
    while batch := tuple(islice(rest, size)):
        yield batch
