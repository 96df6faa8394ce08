"""Process items in parallel, in one process for each core."""

from __future__ import annotations

import gc
import multiprocessing
import os
import signal
import threading
import time
from collections.abc import Callable, Iterable, Iterator, Sequence
from concurrent.futures import ProcessPoolExecutor
from concurrent.futures.process import BrokenProcessPool
from contextlib import contextmanager
from itertools import islice
from math import ceil
from multiprocessing.connection import Connection
from typing import Any, TypeVar

from kg.errors import KgError

T = TypeVar("T")
R = TypeVar("R")

BATCH = 64
"""Number of items in a batch."""
_PARENT_SECONDS = 0.5
"""Seconds between two looks whether the parent of a process is there."""
_work: Callable[[Any], Any]
"""Function of the running pool; the forked processes inherit it, so that it need not be pickled."""


def on_all_cores(
    work: Callable[[Sequence[T]], R],
    items: Iterable[T],
    size: int = BATCH,
    is_quick: Callable[[T], bool] = lambda _: False,
) -> Iterator[R]:
    """Yield the results of ``work`` for batches of ``size`` items, in the order of the items.

    The processes are forks: they inherit the memory of this process, and only results are pickled. If there is only one
    core, or no more than one batch besides items that ``is_quick``, the work is done in this process. Exceptions of
    ``work`` are raised here. Calls must not overlap.

    >>> list(on_all_cores(sum, range(100), size=50))
    [1225, 3725]

    Raises:
        KgError: when a process was killed.
    """
    global _work
    _work, batches = work, list(_batches(items, size))
    slow = [sum(not is_quick(item) for item in batch) for batch in batches]
    processes = min(_cores(), ceil(sum(slow) / size))
    if processes < 2:
        gc.freeze()  # to look for garbage among all that was made before would take longer than most batches
        for batch, number in zip(batches, slow, strict=True):
            yield _do(batch) if number else work(batch)
        return
    forks = multiprocessing.get_context("fork")
    pool = ProcessPoolExecutor(processes, mp_context=forks, initializer=_begin, initargs=(os.getpid(),))
    try:
        yield from pool.map(_do, batches)
    except BrokenProcessPool as error:
        raise _killed() from error
    finally:
        pool.shutdown(cancel_futures=True)


@contextmanager
def beside(results: Iterator[R]) -> Iterator[Iterator[R]]:
    """Advance an iterator in another process, a fork, and yield an iterator of its results; on one core, in this one.

    Whoever needs all that the other process does takes the results to their end. It is ended with the context.
    Exceptions of the iterator are raised where its next result is taken.

    >>> with beside(iter("ab")) as letters:
    ...     next(letters)
    'a'

    Raises:
        KgError: when the process was killed.
    """
    if _cores() < 2:
        yield results
        return
    forks = multiprocessing.get_context("fork")
    receiver, sender = forks.Pipe(duplex=False)
    process = forks.Process(target=_send_all, args=(results, sender, os.getpid()))
    process.start()
    sender.close()
    try:
        yield _received(receiver)
    finally:
        receiver.close()
        process.terminate()
        process.join()


def _send_all(results: Iterator[Any], sender: Connection, parent: int) -> None:
    """Send each result, and at the end nothing or the exception, as pairs."""
    _begin(parent)
    try:
        for result in results:
            sender.send((result, None))
        sender.send((None, StopIteration()))
    except Exception as error:
        sender.send((None, error))


def _received(receiver: Connection) -> Iterator[Any]:
    while True:
        try:
            result, error = receiver.recv()
        except EOFError:
            raise _killed() from None
        if isinstance(error, StopIteration):
            return
        if error:
            raise error
        yield result


def _killed() -> KgError:
    return KgError("a worker process was killed, perhaps for lack of memory")


def _cores() -> int:
    return len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else 1


@contextmanager
def collecting_after_batches() -> Iterator[None]:
    """Collect cyclic garbage only after each batch of :func:`on_all_cores`, and afterwards none that there is by then.

    The collector would otherwise look again and again at objects that stay, which takes a sixth of the time of a build,
    and at the end, twice, at all that is left of it.
    """
    gc.disable()
    try:
        yield
    finally:
        gc.freeze()
        gc.enable()


def _do(batch: Sequence[Any]) -> Any:
    try:
        return _work(batch)
    finally:
        gc.collect(1)  # not the objects that earlier batches left


def _begin(parent: int) -> None:
    """Prepare a forked process of the process ``parent``, with which it ends even if that is killed."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # the parent handles interrupts
    gc.freeze()  # to collect what is inherited would copy all of it
    threading.Thread(target=_end_with, args=(parent,), daemon=True).start()


def _end_with(parent: int) -> None:
    """End this process, which has the parent's files and locks, soon after the end of the parent."""
    while os.getppid() == parent:
        time.sleep(_PARENT_SECONDS)
    os._exit(1)


def _batches(items: Iterable[T], size: int) -> Iterator[Sequence[T]]:
    rest = iter(items)
    while batch := tuple(islice(rest, size)):
        yield batch
