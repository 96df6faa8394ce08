"""Evaluation of queries in worker processes, behind the interface :class:`Pool`.

In the front process, ``pool`` starts the master, ``admission`` assigns workers to queries, ``replies`` reads their
results and ``caching`` caches small ones. ``master`` (``python -m server.workers``) is a small process that forks the
workers; each ``worker`` evaluates one query at a time. The processes exchange the frames of
``server.processes.framing``.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Protocol

from kg.query import Form, Format, Query


class BrokenAnswerError(Exception):
    """A result ended prematurely, after bytes of it were sent: the response must be aborted, not ended normally."""


class Chunks(Iterable[bytes], Protocol):
    """The bytes of a result. The consumer must call :meth:`close`, whether or not it read them to the end."""

    def close(self) -> None:
        """End the query if it still runs."""


@dataclass(slots=True)  # not frozen: there is one for each request
class Reply:
    """The result of a query whose evaluation has begun successfully."""

    form: Form
    format: Format | None
    """``None`` if the caller accepts no format of this form; then there are no chunks."""
    release: str
    """Id of the release that was queried, with the revision of its overlay."""
    cacheable: bool
    """True if the query is deterministic: it calls no function such as NOW or RAND."""
    chunks: Chunks
    """The bytes; their iterator raises :class:`BrokenAnswerError` if the result ends prematurely."""
    length: int | None
    """Length of the result in bytes, if it is known before the result is sent."""
    kept: bool = False
    """True if it comes from a cache."""


@dataclass(frozen=True, slots=True)
class Workers:
    """Numbers of living worker processes, and of the queries that wait for one."""

    idle: int
    busy: int
    waiting: int = 0
    processes: tuple[int, ...] = ()
    """Ids of the processes on this machine."""
    holds: Sequence[str] | None = None
    """Ids of the releases that the engine holds which they ask; ``None`` if they ask none."""


class Pool(Protocol):
    """An evaluator of queries with a time limit for each."""

    def answer(
        self,
        query: Query,
        formats: Mapping[Form, Format | None],
        deadline: float,
        disconnected: Callable[[], bool] | None = None,
        client: str = "",
    ) -> Reply:
        """Evaluate ``query`` within ``deadline`` seconds; ``formats`` maps each form of result to its format.

        ``disconnected`` returns whether the client has closed its connection. ``client`` is the client's address, empty
        for queries of the server itself.

        Raises:
            QueryError: when the query fails before the first bytes of its result are returned.
        """

    def version(self) -> str:
        """Return the identifier of the dataset that is asked now, which is another one after each change of it."""

    def workers(self) -> Workers:
        """Return the numbers of workers and of waiting queries without blocking."""
