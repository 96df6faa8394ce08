"""The seam behind which queries run: :class:`Pool` is what a view sees, processes are what is behind it.

``pool`` is the front's side: ``admission`` decides whose query gets a worker, ``replies`` reads its answer. It starts
``master`` (``python -m server.workers``), a lean process that forks one ``worker`` per query that may run at a time.
They speak in ``server.processes.framing``; ``caching`` keeps small answers.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any, Protocol

from kg.query import Form, Format, Query

VERSIONS = "kg.versions"
"""Where a request's WSGI environment lists the releases that had a part in its answer."""


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
    """Id of the release that answered, with the revision of what was written over it."""
    cacheable: bool
    """Whether the same release gives the same answer again; a query for the time or a random number has others."""
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
        client: str = "",
    ) -> Reply:
        """Answer ``query`` within ``deadline`` seconds, in the format of the form that it turns out to have.

        ``gone`` tells whether the caller has lost interest; ``client`` is the address of whoever asks, empty for
        ourselves. Raises what :class:`kg.errors.QueryError` has below it, as
        long as nothing was handed on.
        """

    def workers(self) -> Workers:
        """What the workers do at this moment; waits for none of them."""


def record(environ: dict[str, Any], reply: Reply) -> None:
    """Note in a request's environment which release answered, so that no cache takes the answer for another's."""
    environ.setdefault(VERSIONS, set()).add(reply.release if reply.cacheable else "")
