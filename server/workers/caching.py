"""A pool with a cache of small results, shared by HTTP requests that differ but send the same query."""

from __future__ import annotations

import contextlib
import threading
from collections.abc import Callable, Iterable, Mapping
from dataclasses import replace

from kg.errors import QueryError
from kg.query import JSON, Form, Format, Query
from kg.query.rows import Row, read_rows, with_prefixes
from kg.query.text import form_of
from server.http.lru import LRUCache
from server.workers import Pool, Reply, Workers

_WARMING_SECONDS = 10.0
_GRACE = 5.0
"""Seconds to wait for the warming thread when the pool stops."""
_LONGEST = 64 * 1024
"""Longest cacheable query, in characters: longer ones contain results of other endpoints and are rarely repeated."""

Question = tuple[Query, Mapping[Form, Format | None]]
Frequent = Callable[[Callable[[str], list[Row]]], Iterable[Question]]
"""Returns frequent questions; it may ask SELECT queries itself, which count as frequent."""

_ROWS = {Form.BINDINGS: JSON, Form.BOOLEAN: JSON, Form.GRAPH: None}


class CachingPool:
    """Implementation of :class:`server.workers.Pool` that caches small results of ``pool`` in ``room`` bytes.

    ``version`` returns the identifier of the current dataset; results of other versions are not used. Whenever a new
    release is served, the questions that ``frequent`` returns are evaluated in advance.
    """

    def __init__(self, pool: Pool, version: Callable[[], str], room: int, frequent: Frequent | None = None) -> None:
        self._pool = pool
        self.version = version
        """Returns the identifier of the current dataset."""
        self.replies: LRUCache[Reply] = LRUCache(room)
        """Query and format → reply."""
        self._frequent = frequent
        self._warm = ""
        self._warming: threading.Thread | None = None
        self._lock = threading.Lock()

    def answer(
        self,
        query: Query,
        formats: Mapping[Form, Format | None],
        deadline: float,
        disconnected: Callable[[], bool] | None = None,
        client: str = "",
    ) -> Reply:
        """Return the cached reply to a query, or evaluate it. See :meth:`server.workers.Pool.answer`."""
        version = self.version()
        cached = self.find(version, query, formats[form_of(query.text)])
        if cached is None:
            return self.store(version, query, self._pool.answer(query, formats, deadline, disconnected, client))
        return cached

    def find(self, version: str, query: Query, wanted: Format | None) -> Reply | None:
        """Return the cached reply to a query in a format over the version that is served, or ``None``."""
        self.warm(version)
        found = self.replies.get(version, (query, wanted))
        return found and replace(found, kept=True)

    def workers(self) -> Workers:
        """Return the numbers of workers. See :meth:`server.workers.Pool.workers`."""
        return self._pool.workers()

    def join(self) -> None:
        """Wait for the warming thread, which ends at once if the pool has been stopped."""
        if self._warming:
            self._warming.join(_GRACE)

    def warm(self, version: str) -> None:
        """Start a thread that evaluates the frequent questions, once per release."""
        release = version.partition("+")[0]  # a new revision of the overlay does not count as a new release
        if release == self._warm:
            return
        with self._lock:
            if release == self._warm:
                return
            self._warm = release
        self._warming = threading.Thread(target=self._evaluate_frequent, args=(version,), name="warming", daemon=True)
        self._warming.start()

    def _evaluate_frequent(self, version: str) -> None:
        if self._frequent is None:
            return
        with contextlib.suppress(QueryError, OSError):  # it stops, or no worker or file descriptor is free
            for query, formats in self._frequent(self._rows):
                if version != self.version():
                    return
                self.answer(query, formats, _WARMING_SECONDS).chunks.close()

    def _rows(self, query: str) -> list[Row]:
        chunks = self.answer(with_prefixes(query), _ROWS, _WARMING_SECONDS).chunks
        with contextlib.closing(chunks):
            return read_rows(b"".join(chunks))

    def store(self, version: str, query: Query, reply: Reply) -> Reply:
        """Cache a reply to a query if it is small and deterministic, and return it."""
        is_volatile = not reply.cacheable or reply.release != version
        if reply.length is None or is_volatile or len(query.text) > _LONGEST:
            return reply
        self.replies.put(version, (query, reply.format), reply, len(query.text) + reply.length)
        return reply
