"""The front's side of the writing process."""

from __future__ import annotations

import contextlib
import socket
import threading
import time
from collections.abc import Iterable, Iterator

from kg.errors import Busy, QueryTimeout, QueryTooLarge
from kg.store.overlay.document import RdfDocument
from server.settings import Settings
from server.writing.messages import DELETE, PING, POST, PUT, UPDATE, Order, read_outcome, write_order
from server.writing.requests import Update

WRITES = 9
"""Writes that may be under way, of which one is being done and the others wait; each takes a thread of the caller's."""

_GRACE = 5.0


class Writer:
    """Has writes done, in turn. What returns is on the disk, and every later query sees it; what raises did nothing.

    Each order has a connection of its own, sent through ``listener``; there it waits for a process that begins again.

    ``expected`` tells whether the graph must be there or must not be; otherwise nothing is done.

    Raises what :class:`kg.errors.QueryError` has below it.
    """

    def __init__(self, listener: socket.socket, settings: Settings) -> None:
        self._listener = listener
        self._deadline = settings.query_timeout
        self._timeout = settings.queue_seconds
        self._places = threading.BoundedSemaphore(WRITES)
        self._turn = threading.Lock()

    def update(self, update: Update, graph: str = "", expected: bool | None = None) -> None:
        """Carry out an update; ``graph`` stands for the default graph where it is given, and is the only one then."""
        self._order(Order(UPDATE, self._deadline, update.text, graph, expected, update.using, update.using_named))

    def put(self, graph: str, documents: Iterable[RdfDocument], expected: bool | None = None) -> bool:
        """Replace a graph, the default graph where it is empty; tells whether it is new."""
        return self._order(Order(PUT, self._deadline, graph=graph, expected=expected, documents=tuple(documents)))

    def post(self, graph: str, documents: Iterable[RdfDocument], expected: bool | None = None) -> bool:
        """Add to a graph, the default graph where it is empty; tells whether it is new."""
        return self._order(Order(POST, self._deadline, graph=graph, expected=expected, documents=tuple(documents)))

    def delete(self, graph: str, expected: bool | None = None) -> bool:
        """Remove a graph, or empty the default graph; tells whether there was one."""
        return self._order(Order(DELETE, self._deadline, graph=graph, expected=expected))

    def ready(self, seconds: float) -> bool:
        """Wait at most so long until the process has published what is to be served."""
        until = time.monotonic() + seconds
        while time.monotonic() < until:
            with contextlib.suppress(OSError, EOFError):
                return self._ask(Order(PING), until - time.monotonic())
        return False

    def _order(self, order: Order) -> bool:
        begun = time.monotonic()
        try:
            with self._my_turn():
                begun = time.monotonic()
                return self._ask(order, order.deadline + _GRACE)
        except TimeoutError:
            raise Busy("the process that writes does not answer; try again later") from None
        except (EOFError, OSError):
            if time.monotonic() - begun >= order.deadline:
                raise QueryTimeout(f"the write ran longer than {order.deadline:g} s and was ended") from None
            message = "the write needed more memory than it may have, or its process was lost; it was not acknowledged"
            raise QueryTooLarge(message) from None

    @contextlib.contextmanager
    def _my_turn(self) -> Iterator[None]:
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

    def _ask(self, order: Order, seconds: float) -> bool:
        connection, theirs = socket.socketpair()
        with connection:
            with theirs:
                socket.send_fds(self._listener, [b"."], [theirs.fileno()])
            connection.settimeout(seconds)
            connection.sendall(write_order(order))
            with connection.makefile("rb") as source:
                return read_outcome(source)
