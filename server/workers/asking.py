"""The pool as a store, for one call of one client."""

from __future__ import annotations

import time
from collections.abc import Mapping
from dataclasses import dataclass
from typing import BinaryIO

from kg.errors import QueryError, QueryTimeout, QueryTooLarge
from kg.query import JSON, TURTLE, Form, Format, Query
from server.workers import BrokenAnswerError, Pool, Reply

LIMIT = 4 * 1024 * 1024
"""Largest answer to a query of the tools' own, in bytes."""
_FORMATS: Mapping[Form, Format | None] = {Form.BINDINGS: JSON, Form.BOOLEAN: JSON, Form.GRAPH: TURTLE}


class PoolStore:
    """Implementation of :class:`kg.query.Store` whose queries count as those of a client and share one deadline."""

    def __init__(self, pool: Pool, client: str, seconds: float) -> None:
        self._pool, self._client, self._seconds = pool, client, seconds
        self._end = time.monotonic() + seconds

    def ask(self, query: Query) -> PoolAnswer:
        """Start to evaluate a query; see :meth:`kg.query.Store.ask`.

        Raises:
            QueryTimeout: when the time of the call is used up.
            QueryError: when the query fails.
        """
        left = self._end - time.monotonic()
        if left <= 0:
            raise QueryTimeout(f"the call took longer than {self._seconds:g} s")
        return PoolAnswer(self._pool.answer(query, _FORMATS, max(0.1, round(left, 1)), None, self._client))


@dataclass(frozen=True, slots=True)
class PoolAnswer:
    """Implementation of :class:`kg.query.Answer`: SPARQL JSON, or Turtle of a graph."""

    _reply: Reply

    @property
    def form(self) -> Form:
        """Form of the answer."""
        return self._reply.form

    def write(self, out: BinaryIO, wanted: Format) -> None:
        """Write the whole answer, which is in the format ``wanted``.

        Raises:
            QueryTooLarge: when it is longer than :data:`LIMIT`.
            QueryError: when the evaluation fails after it was started.
        """
        body, whole = self.beginning(LIMIT)
        if not whole:
            raise QueryTooLarge("the answer is too large for this tool")
        out.write(body)

    def beginning(self, most: int) -> tuple[bytes, bool]:
        """Return the answer up to about ``most`` bytes, and whether it is whole; the query is ended.

        Raises:
            QueryError: when the evaluation fails after it was started.
        """
        body = bytearray()
        try:
            for chunk in self._reply.chunks:
                body += chunk
                if len(body) > most:
                    return bytes(body), False
        except BrokenAnswerError as error:
            raise QueryError(f"the evaluation of the query failed: {error}") from error
        finally:
            self._reply.chunks.close()
        return bytes(body), True
