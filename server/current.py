"""The release that is served: the target of ``current``, provided that it is complete."""

from __future__ import annotations

import sys
import threading
from pathlib import Path

from kg.errors import ReleaseError
from kg.release import Release, open_release


class Current:
    """The current release at a path. A damaged new release is rejected, and the previous one stays current.

    Raises:
        ReleaseError: when there is no complete release at construction.
    """

    def __init__(self, path: Path) -> None:
        self._path = path
        self._manifest = (path if (path / "manifest.json").is_file() else path / "current") / "manifest.json"
        self._lock = threading.Lock()
        self._seen = self._look()
        self._release = open_release(path, whole=True)

    @property
    def release(self) -> Release:
        """Current release. Costs one system call unless the release has changed."""
        if self._look() not in (self._seen, None):
            with self._lock:
                self._follow()
        return self._release

    def _follow(self) -> None:
        """Open the new release; ``_seen`` is set last, so that no other thread takes the old release for the new."""
        seen = self._look()
        while seen not in (self._seen, None):
            try:
                self._release = open_release(self._path, whole=True)
            except ReleaseError as error:
                if seen == self._look():
                    print(f"keeping release {self._release.id}: {error}", file=sys.stderr, flush=True)  # noqa: T201
            self._seen, seen = seen, self._look()

    def _look(self) -> tuple[int, int, int] | None:
        """Return the identity of the manifest file; the time distinguishes files that reuse an inode number."""
        try:
            facts = self._manifest.stat()
        except OSError:
            return None
        return facts.st_dev, facts.st_ino, facts.st_mtime_ns
