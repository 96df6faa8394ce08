"""Work that is repeated beside a server."""

from __future__ import annotations

import os
import signal
import time
from collections.abc import Callable

from kg.errors import KgError
from kg.terminal import report

_PARENT_SECONDS = 1.0
"""Seconds between two looks whether the process that started this one is still there."""


def repeat(work: Callable[[], object], seconds: float) -> None:
    """Do some work every so many seconds, until SIGTERM, Ctrl-C or the end of the process that started this one.

    An error is reported, and the work is tried again.
    """
    signal.signal(signal.SIGTERM, signal.default_int_handler)  # which a container otherwise ignores
    parent = os.getppid()
    while os.getppid() == parent:
        try:
            work()
        except (KgError, OSError) as error:
            report(error)
        end = time.monotonic() + seconds
        while os.getppid() == parent and (left := end - time.monotonic()) > 0:
            time.sleep(min(left, _PARENT_SECONDS))
