"""Resource limits of a child process, set by the process itself and enforced by the kernel."""

from __future__ import annotations

import logging
import os
import resource
import select
import signal
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import NoReturn

from kg.errors import in_words
from server.processes.sandbox import deny_network

_logger = logging.getLogger(__name__)
_STACK = 128 * 1024 * 1024
"""Stack size in bytes, for deeply nested queries."""


def run_confined(serve: Callable[[], None], control: int, task: str, *, network: bool = False) -> NoReturn:
    """Run ``serve`` in a thread with a large stack; exit when the peer closes ``control``.

    ``control`` is the file descriptor of a socket. Without ``network``, the process has no access to it; ``task`` names
    the activity in the warning that is logged if the kernel cannot deny that.
    """
    try:
        if not network:
            deny_network()
    except OSError as error:
        _logger.warning("%s is not isolated from the network: %s", task, in_words(error))
    threading.stack_size(_STACK)
    threading.Thread(target=serve, daemon=True).start()
    watch = select.poll()
    watch.register(control, 0)  # POLLHUP is always reported
    watch.poll()
    os._exit(0)


def limit_memory(data: int) -> None:
    """Limit the data segment of this process to ``data`` bytes, and disable core files."""
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
    resource.setrlimit(resource.RLIMIT_DATA, (data, data))


@contextmanager
def deadline(seconds: float) -> Iterator[None]:
    """End this process if the block takes longer than ``seconds``: SIGALRM has its default action."""
    signal.setitimer(signal.ITIMER_REAL, seconds)
    try:
        yield
    finally:
        signal.setitimer(signal.ITIMER_REAL, 0)
