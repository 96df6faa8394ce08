"""A pool that remembers small answers: whoever asks the same in other words of HTTP gets them without an evaluation."""

from __future__ import annotations

import dataclasses
import threading
from collections.abc import Callable, Mapping, Sequence

from kg.errors import QueryError
from kg.query import Form, Format, Query
from server.http.lru import LRUCache
from server.workers import Pool, Reply, Workers
from server.workers.replies import Whole

_WARMING_SECONDS = 10.0
_GRACE = 5.0
"""Seconds that a query of ours has to end when the pool stops."""
_LONGEST = 64 * 1024
"""Characters of a query that is worth remembering: what other endpoints said stands in some, and seldom comes again."""

Question = tuple[Query, Mapping[Form, Format | None]]


class CachingPool:
    """``pool`` with the small answers of the version that is served now; implements :class:`server.workers.Pool`.

    The answers to ``often`` are there before anybody asks, whenever a new release is served.
    """

    def __init__(self, pool: Pool, version: Callable[[], str], room: int, often: Sequence[Question] = ()) -> None:
        self._pool = pool
        self._version = version
        self._forms: LRUCache[Form] = LRUCache(room // 4)
        """Which form of answer a query has: no other one's format matters to it."""
        self._kept: LRUCache[tuple[Reply, bytes]] = LRUCache(room - room // 4)
        self._often = often
        self._warm = ""
        self._warming: threading.Thread | None = None
        self._lock = threading.Lock()

    def answer(
        self,
        query: Query,
        formats: Mapping[Form, Format | None],
        deadline: float,
        gone: Callable[[], bool] | None = None,
        client: str = "",
    ) -> Reply:
        """See :meth:`server.workers.Pool.answer`."""
        version = self._version()
        self.warm(version)
        form = self._forms.find(version, query)
        kept = self._kept.find(version, (query, formats[form])) if form else None
        if kept is None:
            return self._keep(version, query, self._pool.answer(query, formats, deadline, gone, client))
        reply, body = kept
        return dataclasses.replace(reply, chunks=Whole(body))

    def workers(self) -> Workers:
        """See :meth:`server.workers.Pool.workers`."""
        return self._pool.workers()

    def rest(self) -> None:
        """Wait until nothing is asked any more; quick where the pool has been stopped."""
        if self._warming:
            self._warming.join(_GRACE)

    def warm(self, version: str) -> None:
        """Begin to ask what is asked often, once for each release; does not wait for it."""
        release = version.partition("+")[0]  # not again for whatever is written over it
        with self._lock:
            if release == self._warm:
                return
            self._warm = release
        self._warming = threading.Thread(target=self._ask_often, args=(version,), name="warming", daemon=True)
        self._warming.start()

    def _ask_often(self, version: str) -> None:
        for query, formats in self._often:
            if version != self._version():
                return
            try:
                self.answer(query, formats, _WARMING_SECONDS).chunks.close()
            except QueryError:
                continue

    def _keep(self, version: str, query: Query, reply: Reply) -> Reply:
        is_volatile = not reply.cacheable or reply.release != version
        if reply.length is None or is_volatile or len(query.text) > _LONGEST:
            return reply
        body = b"".join(reply.chunks)
        self._forms.keep(version, query, reply.form, len(query.text))
        self._kept.keep(version, (query, reply.format), (reply, body), len(query.text) + len(body))
        return dataclasses.replace(reply, chunks=Whole(body))
