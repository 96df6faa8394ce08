"""Results of earlier builds, each in a file that is named by the digest of all that decides the result.

Beside them is the store of the last graph, from which that of the next one is made. An entry begins with the checksum
of the rest; one that is damaged or missing is computed again.
"""

from __future__ import annotations

import contextlib
import hashlib
import json
import os
import shutil
import tempfile
import threading
from collections import OrderedDict
from collections.abc import Callable
from pathlib import Path
from typing import Any

FOLDER = ".cache"
"""Name of the cache in the output folder, beside ``releases``."""
_STORE = "store"
LARGEST = 1 << 29
"""Size in bytes above which the entries that were unused for the longest time are removed."""


class BuildCache:
    """Results in a folder: JSON values, which nobody may change; ``None`` is no result. Thread-safe."""

    def __init__(self, folder: Path | None = None, program: str = "", memory: int = 0) -> None:
        """Take the folder and the digest of the program; without a folder, nothing is kept.

        Results that were read last are also held in memory, as many as have ``memory`` bytes on disk.
        """
        self._folder, self._program, self._memory = folder, program, memory
        self._held = OrderedDict[str, tuple[Any, int]]()
        """Key → result and bytes; the one that was used last is last."""
        self._lock = threading.Lock()
        if folder:
            folder.mkdir(parents=True, exist_ok=True, mode=0o700)

    @property
    def is_kept(self) -> bool:
        """True if there is a folder."""
        return self._folder is not None

    def key(self, *parts: object) -> str:
        """Return the name of the entry for a result that the program and these JSON values decide.

        >>> BuildCache().key("a", 1) == BuildCache().key("a", 1), BuildCache().key("a", 1) == BuildCache().key("a", "1")
        (True, False)
        """
        return hashlib.sha256(json.dumps([self._program, *parts]).encode()).hexdigest()

    def has(self, key: str) -> bool:
        """Return whether there is an entry with this key, perhaps a damaged one."""
        return self._folder is not None and (self._folder / key).exists()

    def get(self, key: str) -> Any:
        """Return the result with this key, or ``None`` where there is none, or it is damaged."""
        with self._lock:
            if key in self._held:
                self._held.move_to_end(key)
                return self._held[key][0]
        if self._folder is None:
            return None
        try:
            checksum, _, content = (self._folder / key).read_bytes().partition(b"\n")
            os.utime(self._folder / key)
        except OSError:
            return None
        result = json.loads(content) if checksum == _checksum(content) else None
        self._hold(key, result, len(content))
        return result

    def _hold(self, key: str, result: object, size: int) -> None:
        with self._lock:
            self._release(key)  # another thread may have read it too
            self._held[key] = result, size
            self._memory -= size
            while self._memory < 0:
                self._release(next(iter(self._held)))

    def _release(self, key: str) -> None:
        _, size = self._held.pop(key, (None, 0))
        self._memory += size

    def put(self, key: str, result: object) -> None:
        """Keep a result; a reader sees the whole entry or none."""
        if self._folder is None:
            return
        with self._lock:
            self._release(key)
        content = json.dumps(result).encode()
        with contextlib.suppress(OSError):  # a full disk costs time, and no result
            handle, fresh = tempfile.mkstemp(prefix=".new-", dir=self._folder)
            with os.fdopen(handle, "wb") as file:
                file.write(_checksum(content) + b"\n" + content)
            Path(fresh).replace(self._folder / key)

    def result(self, key: str, compute: Callable[[], Any]) -> Any:
        """Return the result with this key, and compute and keep it where there is none."""
        found = self.get(key)
        if found is None:
            found = compute()
            self.put(key, found)
        return found

    @property
    def store(self) -> Path | None:
        """The folder for the store of the last graph; ``None`` if nothing is kept."""
        return self._folder / _STORE if self._folder else None

    def forget_store(self) -> None:
        """Remove the store of the last graph."""
        if self.store:
            shutil.rmtree(self.store, ignore_errors=True)

    def trim(self, largest: int = LARGEST) -> None:
        """Remove the entries that were unused for the longest time, so that the rest has at most this many bytes."""
        entries = []
        for entry in os.scandir(self._folder) if self._folder else ():
            with contextlib.suppress(OSError):  # another build may have removed it
                if entry.is_file():
                    entries.append((entry.stat().st_mtime_ns, entry.stat().st_size, entry.path))
        size = 0
        for _, length, path in sorted(entries, reverse=True):
            size += length
            if size > largest:
                Path(path).unlink(missing_ok=True)


def _checksum(content: bytes) -> bytes:
    return hashlib.sha256(content).hexdigest().encode()
