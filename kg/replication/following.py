"""Work that is repeated beside a server."""

from __future__ import annotations

import os
import signal
import time
from collections.abc import Callable

from kg.errors import KgError, in_words
from kg.terminal import report

_REMINDER_SECONDS = 3600.0
"""Seconds after which an error that stays is reported again."""
_PARENT_SECONDS = 1.0
"""Seconds between two looks whether the process that started this one is still there."""


def repeat(work: Callable[[], object], seconds: float) -> None:
    """Do some work every so many seconds, until SIGTERM, Ctrl-C or the end of the process that started this one.

    After an error the work is tried again. One that is the same as before is reported once an hour.
    """
    signal.signal(signal.SIGTERM, signal.default_int_handler)  # which a container otherwise ignores
    parent, said, say_again = os.getppid(), "", 0.0
    while os.getppid() == parent:
        try:
            work()
            said = ""
        except (KgError, OSError) as error:
            if in_words(error) != said or time.monotonic() > say_again:
                report(error)
                said, say_again = in_words(error), time.monotonic() + _REMINDER_SECONDS
        end = time.monotonic() + seconds
        while os.getppid() == parent and (left := end - time.monotonic()) > 0:
            time.sleep(min(left, _PARENT_SECONDS))
