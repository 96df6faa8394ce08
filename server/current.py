"""The release that is served: a reference that is replaced beside the requests, which only read it."""

from __future__ import annotations

import logging
import threading
from collections.abc import Callable
from pathlib import Path

from kg.errors import ReleaseError, ReleaseNotHeld
from kg.release import Release, open_release

_logger = logging.getLogger(__name__)


class Current:
    """The current release at a path.

    Raises:
        ReleaseError: when there is none at construction.
    """

    def __init__(self, path: Path) -> None:
        self._path = path
        self._manifest = (path if (path / "manifest.json").is_file() else path / "current") / "manifest.json"
        self._lock = threading.Lock()
        self._seen = self._look()
        self._said = ""
        self.release = open_release(path)
        """The release that is served."""

    def refresh(self, admit: Callable[[Release], None] = lambda release: None) -> None:
        """Serve a release that has become the current one, after ``admit`` has accepted it.

        ``admit`` raises :class:`ReleaseError` to refuse it: then the previous one stays. After
        :class:`ReleaseNotHeld` the next call tries the same release again.
        """
        with self._lock:
            seen = self._look()
            if seen in (self._seen, None):
                return
            try:
                release = open_release(self._path)
                admit(release)
                self.release = release
                self._say(logging.INFO, f"serving release {release.id} now")
            except ReleaseNotHeld as error:
                self._say(logging.WARNING, f"keeping release {self.release.id}: {error}")
                return
            except ReleaseError as error:
                self._say(logging.WARNING, f"keeping release {self.release.id}: {error}")
            self._seen = seen

    def _say(self, level: int, message: str) -> None:
        """Log a message, unless it is the one that was logged last."""
        if message != self._said:
            self._said = message
            _logger.log(level, message)

    def _look(self) -> tuple[int, int, int] | None:
        """Return the identity of the manifest file; the time distinguishes files that reuse an inode number."""
        try:
            facts = self._manifest.stat()
        except OSError:
            return None
        return facts.st_dev, facts.st_ino, facts.st_mtime_ns
