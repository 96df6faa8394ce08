"""Batches of items are processed in bounded memory."""

import gc
import weakref

from kg.parallel import collecting_after_batches, on_all_cores


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
