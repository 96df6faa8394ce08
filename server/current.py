"""Which release is served: the one that ``current`` points to, as long as it is whole."""

from __future__ import annotations

import sys
import threading
from pathlib import Path

from kg.errors import ReleaseError
from kg.release import Release, open_release


class Current:
    """Follows the release at a path; a damaged new one is refused and the old one stays.

    Raises :class:`kg.errors.ReleaseError` at the start where there is none.
    """

    def __init__(self, path: Path) -> None:
        self._path = path
        self._manifest = (path if (path / "manifest.json").is_file() else path / "current") / "manifest.json"
        self._lock = threading.Lock()
        self._seen = self._look()
        self._release = open_release(path, whole=True)

    @property
    def release(self) -> Release:
        """The release to serve now; costs one system call unless it has changed."""
        if self._look() not in (self._seen, None):
            with self._lock:
                self._follow()
        return self._release

    def _follow(self) -> None:
        """Open what is there now; what was seen is noted last, so that nobody takes the old one for it meanwhile."""
        seen = self._look()
        while seen not in (self._seen, None):
            try:
                self._release = open_release(self._path, whole=True)
            except ReleaseError as error:
                if seen == self._look():
                    print(f"keeping release {self._release.id}: {error}", file=sys.stderr, flush=True)  # noqa: T201
            self._seen, seen = seen, self._look()

    def _look(self) -> tuple[int, int, int] | None:
        """What tells one manifest from another, also where a removed file's number is used again."""
        try:
            facts = self._manifest.stat()
        except OSError:
            return None
        return facts.st_dev, facts.st_ino, facts.st_mtime_ns
