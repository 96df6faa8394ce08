"""Batches of items are processed in bounded memory, and other work beside them."""

import contextlib
import gc
import os
import signal
import subprocess
import sys
import weakref
from collections.abc import Iterator

import pytest

from kg.errors import KgError
from kg.parallel import beside, collecting_after_batches, on_all_cores
from tests.conftest import ROOT


class Cycle:
    """An object that only the garbage collector frees."""

    def __init__(self) -> None:
        self.itself = self


def test_garbage_of_a_batch_is_collected_after_it_and_no_earlier() -> None:
    left: list[weakref.ref[Cycle]] = []
    alive: list[int] = []

    def work(batch: tuple[int, ...]) -> int:
        alive.append(sum(ref() is not None for ref in left))
        for _ in range(2000):  # many more than the collector's threshold
            left.append(weakref.ref(Cycle()))
        alive.append(sum(ref() is not None for ref in left))
        return len(batch)

    with collecting_after_batches():
        assert list(on_all_cores(work, range(3), size=8)) == [3]
        assert list(on_all_cores(work, range(2), size=8)) == [2]
        assert not gc.isenabled()
    assert gc.isenabled()
    assert alive == [0, 2000, 0, 2000]


def test_what_was_made_before_the_batches_is_not_looked_at() -> None:
    left = weakref.ref(Cycle())
    try:
        with collecting_after_batches():
            assert list(on_all_cores(len, range(3), size=8)) == [3]
            assert left() is not None
    finally:
        gc.unfreeze()


def test_what_is_left_of_a_build_is_not_looked_at_again() -> None:
    try:
        with collecting_after_batches():
            left = weakref.ref(Cycle())
        gc.collect()
        assert left() is not None
    finally:
        gc.unfreeze()
    gc.collect()
    assert left() is None


def test_an_iterator_is_advanced_beside_this_process() -> None:
    def letters() -> Iterator[tuple[str, int]]:
        yield "a", os.getpid()
        yield "b", os.getpid()

    with beside(letters()) as results:
        (a, process), (b, same) = results
    assert (a, b) == ("a", "b")
    assert process == same != os.getpid()
    with pytest.raises(ProcessLookupError):
        os.kill(process, 0)


def test_on_one_core_it_is_advanced_here(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(os, "sched_getaffinity", lambda _: {0}, raising=False)
    with beside(os.getpid() for _ in range(2)) as results:
        assert list(results) == [os.getpid()] * 2


def test_faults_beside_are_raised_here() -> None:
    def failing() -> Iterator[int]:
        yield 1
        raise KgError("in words")

    with beside(failing()) as results:
        assert next(results) == 1
        with pytest.raises(KgError, match="in words"):
            next(results)


def test_a_process_beside_that_was_killed_is_an_error() -> None:
    def killed() -> Iterator[int]:
        yield 1
        os.kill(os.getpid(), signal.SIGKILL)

    with beside(killed()) as results, pytest.raises(KgError, match="was killed"):
        list(results)


def test_a_process_beside_ends_with_its_context() -> None:
    def endless() -> Iterator[int]:
        while True:
            yield os.getpid()

    with beside(endless()) as results:
        process = next(results)
    with pytest.raises(ProcessLookupError):
        os.kill(process, 0)


ENDLESS = """import os, sys, time
from kg.parallel import beside, on_all_cores
def forever(*_):
    os.write(1, f"{os.getpid()}\\n".encode())  # at once: three processes write
    time.sleep(600)
def results():
    yield forever()
os.sched_getaffinity = lambda _: {0, 1}
with beside(results()) as results:
    list(on_all_cores(forever, range(2), size=1))
"""


def test_no_process_outlives_one_that_is_killed() -> None:
    with subprocess.Popen([sys.executable, "-c", ENDLESS], cwd=ROOT, stdout=subprocess.PIPE, text=True) as parent:
        assert parent.stdout is not None
        forks = [int(parent.stdout.readline()) for _ in range(3)]
        parent.kill()
        try:
            assert parent.communicate(timeout=60) == ("", None)  # whose end is that of all that have the file
        finally:
            for fork in forks:
                with contextlib.suppress(ProcessLookupError):
                    os.kill(fork, signal.SIGKILL)
    assert len({parent.pid, *forks}) == 4
