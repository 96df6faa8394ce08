"""The seam behind which queries run: :class:`Pool` is what a view sees, processes are what is behind it.

``pool`` is the front's side and starts ``master`` (``python -m server.workers``), a lean process that forks one
``worker`` per query that may run at a time. They speak in ``frames``; ``current`` tells which release is served.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from typing import Protocol

from kg.query import Form, Format, Query


class BrokenAnswerError(Exception):
    """An answer ended in its middle, after bytes were handed on: the connection must be broken off, not closed well."""


class Chunks(Iterator[bytes], Protocol):
    """An answer's bytes; whoever holds them closes them, read to the end or not."""

    def close(self) -> None:
        """End the query if it still runs."""


@dataclass(frozen=True, slots=True)
class Reply:
    """An answer that has begun well."""

    form: Form
    format: Format | None
    """``None`` where the caller takes no format of this form; there are no chunks then."""
    release: str
    """Id of the release that answered."""
    chunks: Chunks
    """Raises :class:`BrokenAnswerError` where the answer cannot be finished."""
    length: int | None
    """Bytes of the whole answer, where it is small enough to be known."""


@dataclass(frozen=True, slots=True)
class Workers:
    """The workers that live."""

    idle: int
    busy: int


class Pool(Protocol):
    """Something that answers queries, each on its own, in bounded time."""

    def answer(
        self,
        query: Query,
        formats: Mapping[Form, Format | None],
        deadline: float,
        gone: Callable[[], bool] | None = None,
    ) -> Reply:
        """Answer ``query`` within ``deadline`` seconds, in the format of the form that it turns out to have.

        ``gone`` tells whether the caller has lost interest. Raises what :class:`kg.errors.QueryError` has below it, as
        long as nothing was handed on.
        """

    def workers(self) -> Workers:
        """What the workers do at this moment; waits for none of them."""
