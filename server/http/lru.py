"""What is kept in memory for one release: bounded in bytes, what was wanted longest ago goes first."""

from __future__ import annotations

import threading
from collections import OrderedDict
from collections.abc import Hashable
from typing import Generic, TypeVar

Value = TypeVar("Value")

_OVERHEAD = 1024  # bytes of an entry beside what it says it has


class LRUCache(Generic[Value]):
    """Values by key, all of one version: the first word of another one empties it. Safe in threads.

    >>> kept = LRUCache[str](5000)
    >>> kept.keep("1", "a", "A", 3000), kept.keep("1", "b", "B", 3000)
    (None, None)
    >>> kept.find("1", "a"), kept.find("1", "b"), kept.find("2", "b")
    (None, 'B', None)
    """

    def __init__(self, room: int) -> None:
        self._room = room
        self._free = room
        self._values: OrderedDict[Hashable, tuple[Value, int]] = OrderedDict()
        self._version: str | None = None
        self._lock = threading.Lock()

    def find(self, version: str, key: Hashable) -> Value | None:
        """What is kept under that key, if it is of that version."""
        with self._lock:
            if version != self._version or key not in self._values:
                return None
            self._values.move_to_end(key)
            return self._values[key][0]

    def keep(self, version: str, key: Hashable, value: Value, size: int) -> None:
        """Keep ``value``, which has ``size`` bytes."""
        with self._lock:
            if version != self._version:
                self._values.clear()
                self._free, self._version = self._room, version
            if key in self._values:
                return
            self._values[key] = value, size + _OVERHEAD
            self._free -= size + _OVERHEAD
            while self._free < 0:
                _, (_, old) = self._values.popitem(last=False)
                self._free += old
