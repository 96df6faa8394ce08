"""Limits of a process that works for the server, set by itself and kept by the kernel."""

from __future__ import annotations

import os
import resource
import select
import signal
import sys
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import NoReturn

from server.processes.sandbox import deny_network

_STACK = 128 * 1024 * 1024
"""Bytes, for deeply nested queries."""


def run_confined(serve: Callable[[], None], control: int, task: str) -> NoReturn:
    """Run ``serve`` in a thread with a large stack and no network, and exit when the far end of ``control`` is closed.

    ``control`` is the descriptor of a socket; ``task`` names what is done, for the message where the kernel does not
    close the network.
    """
    try:
        deny_network()
    except OSError as error:
        print(f"{task} is not kept from the network: {error}", file=sys.stderr, flush=True)  # noqa: T201
    threading.stack_size(_STACK)
    threading.Thread(target=serve, daemon=True).start()
    watch = select.poll()
    watch.register(control, 0)  # a hang-up is reported unasked
    watch.poll()
    os._exit(0)


def limit_memory(data: int) -> None:
    """Limit the data of this process to ``data`` bytes, and leave no core file when that ends it."""
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
    resource.setrlimit(resource.RLIMIT_DATA, (data, data))


@contextmanager
def deadline(seconds: float) -> Iterator[None]:
    """End this process where the block takes longer: the signal of the timer is left at its default."""
    signal.setitimer(signal.ITIMER_REAL, seconds)
    try:
        yield
    finally:
        signal.setitimer(signal.ITIMER_REAL, 0)
