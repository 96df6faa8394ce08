"""A least-recently-used cache for one version of the dataset, bounded in bytes."""

from __future__ import annotations

import threading
from collections import OrderedDict
from collections.abc import Hashable
from typing import Generic, TypeVar

Value = TypeVar("Value")

_OVERHEAD = 1024  # estimated bytes of an entry beyond its own size


class LRUCache(Generic[Value]):
    """Mapping of keys to values of one version; putting a value of another version empties it. Thread-safe.

    >>> cache = LRUCache[str](5000)
    >>> cache.put("1", "a", "A", 3000), cache.put("1", "b", "B", 3000)
    (None, None)
    >>> cache.get("1", "a"), cache.get("1", "b"), cache.get("2", "b")
    (None, 'B', None)
    """

    def __init__(self, room: int) -> None:
        self._room = room
        self._free = room
        self._values: OrderedDict[Hashable, tuple[Value, int]] = OrderedDict()
        self._version: str | None = None
        self._lock = threading.Lock()
        self.hits = self.misses = 0
        """Numbers of the values that were found, and of those that were not."""

    @property
    def size(self) -> int:
        """Size of the values in bytes."""
        return self._room - self._free

    def get(self, version: str, key: Hashable) -> Value | None:
        """Return the value of a key, or ``None`` if there is none of that version."""
        with self._lock:
            if version != self._version or key not in self._values:
                self.misses += 1
                return None
            self.hits += 1
            self._values.move_to_end(key)
            return self._values[key][0]

    def put(self, version: str, key: Hashable, value: Value, size: int) -> None:
        """Store a value of ``size`` bytes, and evict the least recently used ones beyond the cache's size."""
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
