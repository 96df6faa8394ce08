"""The client of the writing process, in the front process."""

from __future__ import annotations

import contextlib
import socket
import threading
import time
from collections.abc import Callable, Iterable, Iterator
from pathlib import Path

from kg.errors import Busy, QueryError, QueryTimeout, QueryTooLarge, ReleaseError, in_words
from kg.store.overlay.document import RdfDocument
from server.settings import Settings
from server.writing.messages import DELETE, FOLLOW, PING, POST, PUT, UPDATE, Order, read_result, write_order
from server.writing.requests import Update

WRITES = 9
"""Largest number of pending writes, one of which is carried out; each blocks a thread."""

_GRACE = 5.0


class Writer:
    """Sends write operations to the writing process, one at a time, and calls ``published`` after each.

    When a method returns, the change is on disk and visible to every later query. When it raises, nothing was changed,
    except that a write whose process was lost may have been carried out.

    Each order has its own connection, whose descriptor is sent through ``listener``; it stays queued there while the
    process restarts.

    In all methods, ``expected`` is the precondition that the graph must exist (true) or must not (false), and a
    failure of any kind is a :class:`kg.errors.QueryError`.
    """

    def __init__(self, listener: socket.socket, settings: Settings, published: Callable[[], None]) -> None:
        self._listener = listener
        self._published = published
        self._deadline = settings.query_timeout
        self._timeout = settings.queue_seconds
        self._places = threading.BoundedSemaphore(WRITES)
        self._turn = threading.Lock()

    def update(self, update: Update, graph: str = "", expected: bool | None = None) -> None:
        """Carry out an update; ``graph``, if given, is its default graph and the only graph that it may change."""
        self._order(
            Order(
                verb=UPDATE,
                deadline=self._deadline,
                text=update.text,
                graph=graph,
                expected=expected,
                using=update.using,
                using_named=update.using_named,
            )
        )

    def put(self, graph: str, documents: Iterable[RdfDocument], expected: bool | None = None) -> bool:
        """Replace a graph, or the default graph if ``graph`` is empty; return whether the graph is new."""
        return self._order(Order(PUT, self._deadline, graph=graph, expected=expected, documents=tuple(documents)))

    def post(self, graph: str, documents: Iterable[RdfDocument], expected: bool | None = None) -> bool:
        """Add to a graph, or to the default graph if ``graph`` is empty; return whether the graph is new."""
        return self._order(Order(POST, self._deadline, graph=graph, expected=expected, documents=tuple(documents)))

    def delete(self, graph: str, expected: bool | None = None) -> bool:
        """Remove a graph, or clear the default graph; return whether there was one."""
        return self._order(Order(DELETE, self._deadline, graph=graph, expected=expected))

    def follow(self, release: Path) -> None:
        """Put the written data on top of the release in this folder, which may take any time.

        Raises:
            ReleaseError: when that fails; the written data stay on top of the former release.
        """
        try:
            with self._turn:
                self._ask(Order(FOLLOW, release=str(release)), None)
                self._published()
        except (QueryError, EOFError, OSError) as error:
            raise ReleaseError(f"nothing can be written on top of {release}: {in_words(error)}") from error

    def ready(self, seconds: float) -> bool:
        """Wait at most ``seconds`` for the process to publish a snapshot; return whether it has."""
        until = time.monotonic() + seconds
        while (left := until - time.monotonic()) > 0:
            with contextlib.suppress(OSError, EOFError):
                return self._ask(Order(PING), left)
        return False

    def _order(self, order: Order) -> bool:
        begun = time.monotonic()
        try:
            with self._exclusive():
                begun = time.monotonic()
                changed = self._ask(order, order.deadline + _GRACE)
                self._published()
                return changed
        except TimeoutError:
            raise Busy("the process that writes does not answer; try again later") from None
        except (EOFError, OSError):
            if time.monotonic() - begun >= order.deadline:
                raise QueryTimeout(f"the write ran longer than {order.deadline:g} s and was ended") from None
            message = "the write exceeded the limit of memory, or its process was lost; it was not acknowledged"
            raise QueryTooLarge(message) from None

    @contextlib.contextmanager
    def _exclusive(self) -> Iterator[None]:
        if not self._places.acquire(blocking=False):
            raise Busy(f"{WRITES} writes are under way; try again later")
        try:
            if not self._turn.acquire(timeout=self._timeout):
                raise Busy("other writes are being done; try again later")
            try:
                yield
            finally:
                self._turn.release()
        finally:
            self._places.release()

    def _ask(self, order: Order, seconds: float | None) -> bool:
        connection, theirs = socket.socketpair()
        with connection:
            with theirs:
                socket.send_fds(self._listener, [b"."], [theirs.fileno()])
            connection.settimeout(seconds)
            connection.sendall(write_order(order))
            with connection.makefile("rb") as source:
                return read_result(source)
