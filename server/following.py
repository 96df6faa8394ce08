"""The change to another release, in a thread beside the requests."""

from __future__ import annotations

import logging
import os
import signal
import threading
import time

from kg.errors import ReleaseError
from kg.release import Release
from server.current import Current
from server.verification import Verification, verify_beside
from server.workers.caching import CachingPool
from server.workers.pool import ProcessPool
from server.writing.writer_process import WriterProcess

_logger = logging.getLogger(__name__)
_INTERVAL = 0.05
"""Seconds between two looks for another release."""
_PAUSE = 5.0
"""Seconds until another try, when the system has no process or descriptor left."""
_SECONDS = 30.0
"""Seconds until a worker must have opened the store of another release."""


class Follower(threading.Thread):
    """Keeps ``current`` the current release at its path, and notices when an engine holds another one.

    Another release is verified, opened by a worker and put below the written data before any request is served from it.
    The first release is served before its ``verification`` ends; if it is damaged, the server is ended.
    """

    def __init__(
        self,
        current: Current,
        verification: Verification,
        pool: ProcessPool,
        caching: CachingPool,
        writing: WriterProcess | None,
    ) -> None:
        super().__init__(name="releases", daemon=True)
        self._current = current
        self._verification = verification
        self._pool = pool
        self._caching = caching
        self._writing = writing

    def run(self) -> None:
        """Follow until the server ends."""
        try:
            self._verification.check()
        except ReleaseError:
            os.kill(os.getpid(), signal.SIGTERM)
            return
        while True:
            try:
                self._current.refresh(self._admit)
                if self._pool.holding:
                    self._pool.holding.look()
                served = self._current
                if self._writing:
                    served = self._writing.current
                    served.refresh()
                self._caching.warm(served.release.id)
                time.sleep(_INTERVAL)
            except OSError as error:  # of the system, and not of the release
                _logger.warning("no other release is opened now: %s", error)
                time.sleep(_PAUSE)

    def _admit(self, release: Release) -> None:
        verify_beside(release)
        self._pool.check(release, _SECONDS)
        if self._writing:
            self._writing.follow(release)
