"""A worker process as seen by the front process, and the replies that it sends."""

from __future__ import annotations

import contextlib
import math
import os
import re
import select
import signal
import socket
import threading
import time
from collections.abc import Callable, Iterator
from pathlib import Path

from kg.errors import Busy, QueryTimeout, QueryTooLarge, TooManyQueries
from kg.store.engine.address import Engine
from server.processes.framing import (
    BEGIN,
    DATA,
    END,
    LAST,
    WHOLE,
    Ask,
    Inbox,
    read_error,
    read_heading,
    read_whole,
    write_ask,
    write_open,
    write_skip,
)
from server.workers import BrokenAnswerError, Chunks, Reply
from server.workers.admission import EXPENSIVE_SECONDS, Lease

HOLD = 32 * 1024
"""Bytes of a result that are buffered, so that a failure before them is still an error response."""
GRACE = 5.0
"""Seconds beyond a query's deadline after which the front ends the worker itself."""

_INTERVAL = 0.25
"""Seconds between checks of a running query."""
_AT_ONCE = 0.5
"""Seconds; a worker that is lost earlier was not ended by the query, which another can be asked."""
_EXIT_SECONDS = 2.0
"""Seconds to wait for the exit status of a worker whose connection was closed."""
_NICENESS = 10
_TOO_LARGE = {signal.SIGABRT, signal.SIGSEGV, signal.SIGBUS}
_VOLATILE = ("NOW", "RAND", "UUID", "BNODE", "\\U")
"""Names of non-deterministic functions, and an escape that may stand for a letter of one, in capitals."""
_CALL = re.compile(r"(?:now|rand|uuid|bnode)(?!\w)|\\u", re.IGNORECASE)
"""A possible call of one; the pattern matches in linear time, since queries are untrusted."""


class WorkerLostError(Exception):
    """The worker process exited before it replied, for a reason unrelated to the query."""


class Worker:
    """A worker process and its connection to the front."""

    def __init__(self, pid: int, connection: socket.socket) -> None:
        self.pid = pid
        self.connection = connection
        connection.setblocking(False)
        self.inbox = Inbox(connection)
        self.dead = threading.Event()
        self.ended_by: int | None = None
        """Number of the signal that ended the process, if it is ``dead`` and was ended by one."""
        self.ended_at = math.inf
        """Time at which its exit was known."""
        self.skipped = 0
        """Number of queries that were sent and that it need not answer; their answers have not come."""
        self.closed = False
        self.is_watched = False
        """True if an event loop watches the connection: then the loop closes it."""
        self.lowered = False
        """True if the process has low priority; it cannot be raised again, so that the worker is not reused."""

    def __del__(self) -> None:
        """Close the connection of a process that has exited before it was asked anything: nobody else does."""
        self.connection.close()

    def open(self, store: Path, engine: Engine | None) -> None:
        """Have the process open a store in advance, or ask an engine; the next query notices one that has exited."""
        with contextlib.suppress(OSError):
            self.send(write_open(str(store), engine))

    def send(self, data: bytes) -> None:
        """Send bytes to the process.

        Raises:
            TimeoutError: when it takes none of them for :data:`GRACE` seconds.
            OSError: when the process has exited.
        """
        left = memoryview(data)
        while left:
            try:
                left = left[self.connection.send(left) :]
            except BlockingIOError:
                watch = select.poll()
                watch.register(self.connection, select.POLLOUT)
                if not watch.poll(GRACE * 1000):
                    raise TimeoutError from None

    def skip(self, number: int) -> None:
        """Have the process pass over the last queries that were sent, which wait behind another."""
        self.skipped += number
        with contextlib.suppress(OSError):  # a lost worker answers none of them
            self.send(write_skip(number))

    def drop_skipped(self) -> bool:
        """Drop received answers to queries that were to be passed over; return whether all have come."""
        while self.skipped and (found := self.inbox.take()) is not None:
            self.skipped -= found[0] in LAST
        return not self.skipped

    def close(self) -> None:
        """Close the connection, which ends the process."""
        self.closed = True
        if self.is_watched:
            self.end()
        else:
            self.connection.close()

    def end(self) -> None:
        """End the process. Thread-safe: a thread that waits for its reply gets an end of file."""
        with contextlib.suppress(OSError):
            self.connection.shutdown(socket.SHUT_RDWR)

    def kill(self) -> None:
        """End a process at once, also one that is stopped and does not notice that its connection is closed."""
        if not self.dead.is_set():
            with contextlib.suppress(OSError):
                os.kill(self.pid, signal.SIGKILL)

    def lower(self) -> None:
        """Lower the priority of the process; Linux has a priority for each thread."""
        self.lowered = True
        with contextlib.suppress(OSError):
            for thread in Path(f"/proc/{self.pid}/task").iterdir():
                os.setpriority(os.PRIO_PROCESS, int(thread.name), _NICENESS)


class Exchange:
    """The exchange of one query and its result with one worker.

    ``release`` is the id of the release that is asked. ``disconnected`` returns whether the client has closed its
    connection; ``done`` is called at the end.
    """

    def __init__(
        self,
        worker: Worker,
        ask: Ask,
        release: str,
        lease: Lease,
        disconnected: Callable[[], bool],
        done: Callable[[Worker, Lease], None],
    ) -> None:
        self._worker = worker
        self._ask = ask
        self._release = release
        self._lease = lease
        self._disconnected = disconnected
        self._done = done
        self._begun: bytes | None = None
        """Payload of the first frame, once it has come."""
        self._buffered: list[bytes] = []
        self._size = 0
        self._watch: select.poll | None = None
        self._check_at = lease.began + _INTERVAL
        self._until = lease.began + ask.deadline + GRACE

    def send(self) -> None:
        """Send the query to the worker, once."""
        with contextlib.suppress(OSError):  # a lost worker is noticed when its reply is read
            self._worker.send(write_ask(self._ask))

    def advance(self) -> Reply | None:
        """Process the frames that have arrived; return the reply once its first :data:`HOLD` bytes or all are there.

        Raises:
            QueryError: when the query has failed.
        """
        while (found := self._worker.inbox.take()) is not None:
            if (reply := self._take(*found)) is not None:
                return reply
        return None

    def reply(self) -> Reply:
        """Wait for the first bytes of the result of the query that was sent.

        Raises:
            WorkerLostError: when the query can be tried with another worker.
            QueryError: when the query fails.
            BrokenAnswerError: when the client has disconnected.
        """
        try:
            while (reply := self.advance()) is None:
                self._wait()
            return reply
        except TimeoutError:
            self._worker.kill()
            self.end()
            raise QueryTimeout(f"the query did not end within {self._ask.deadline:g} s") from None
        except (EOFError, OSError):
            raise self._failure() from None
        except (BrokenAnswerError, TooManyQueries):
            self.end()
            raise

    def frame(self) -> tuple[bytes, bytes]:
        """Return kind and payload of the next frame; check limits and the client's connection while waiting.

        Raises:
            BrokenAnswerError: when the client has disconnected.
            TooManyQueries: when the client has too many expensive queries.
            TimeoutError: when the worker exceeds the deadline and :data:`GRACE`.
            EOFError: when the worker closes the connection.
        """
        while (found := self._worker.inbox.take()) is None:
            self._wait()
        return found

    def _wait(self) -> None:
        """Wait a moment for bytes of the reply. See :meth:`frame` for the exceptions."""
        if self._worker.closed:
            raise EOFError
        if self._watch is None:
            self._watch = select.poll()
            self._watch.register(self._worker.connection, select.POLLIN)
        if self._watch.poll(_INTERVAL * 1000):
            self._worker.inbox.fill()
        if time.monotonic() >= self._check_at:
            self._check()

    def _check(self) -> None:
        now = time.monotonic()
        self._check_at = now + _INTERVAL
        if not self._worker.lowered:
            self._worker.lower()
        if self._disconnected():
            raise BrokenAnswerError("the client has shut its side of the connection, and so its query was ended")
        if self._lease.exceeds_limit():
            raise TooManyQueries(
                f"more than {self._lease.client.expensive} of your queries ran longer than {EXPENSIVE_SECONDS:g} s"
            )
        if now > self._until:
            raise TimeoutError

    def finish(self) -> None:
        """End the exchange after a complete reply: the worker can be reused."""
        self._done(self._worker, self._lease)

    def end(self) -> None:
        """Abort the query together with its process."""
        self._worker.close()
        self._done(self._worker, self._lease)

    def _take(self, kind: bytes, payload: bytes) -> Reply | None:
        if kind == WHOLE:
            begin, self._lease.seconds, body = read_whole(payload)
            self.finish()
            return self._reply(begin, Whole(body), len(body))
        if self._begun is None:
            if kind != BEGIN:
                self.finish()
                raise read_error(payload)
            self._begun = payload
            return None
        if kind not in (DATA, END):
            self.finish()
            raise read_error(payload)
        self._buffered.append(payload)
        self._size += len(payload)
        if kind == DATA and self._size < HOLD:
            return None
        body = b"".join(self._buffered)
        if kind == DATA:
            return self._reply(self._begun, _Stream(self, body), None)
        self.finish()
        return self._reply(self._begun, Whole(body), len(body))

    def _reply(self, heading: bytes, chunks: Chunks, length: int | None) -> Reply:
        form, wanted = read_heading(heading)
        return Reply(form, wanted, self._release, not _is_volatile(self._ask.query.text), chunks, length)

    def _failure(self) -> Exception:
        """Return the exception for a closed connection, by the reason of the worker's exit."""
        noticed = time.monotonic()
        self.end()
        self._worker.dead.wait(_EXIT_SECONDS)
        if self._lease.preempted:
            return Busy("others wait, and too many queries run for long; try again later")
        if self._worker.ended_by == signal.SIGALRM:
            return QueryTimeout(f"the query ran longer than {self._ask.deadline:g} s and was ended")
        if self._worker.ended_by in _TOO_LARGE:
            return QueryTooLarge("the query exceeded the limit of memory and was ended")
        if min(noticed, self._worker.ended_at) - self._lease.began > _AT_ONCE:
            return Busy("the process that was to answer was lost; try again")
        return WorkerLostError()


def _is_volatile(query: str) -> bool:
    capitals = query.upper()  # a search for words takes a tenth of the time of the pattern
    return any(name in capitals for name in _VOLATILE) and _CALL.search(query) is not None


class Whole:
    """The chunks of a complete result, which can be read more than once."""

    def __init__(self, body: bytes) -> None:
        self._parts = (body,) if body else ()

    def __iter__(self) -> Iterator[bytes]:
        return iter(self._parts)

    def close(self) -> None:
        """Do nothing, since the query has ended."""


class _Stream:
    """The chunks of a result that is being received; its worker is busy until they are read or closed.

    Not a generator, since ``close`` of a generator that was not started runs no ``finally`` clause.
    """

    def __init__(self, exchange: Exchange, buffered: bytes) -> None:
        self._exchange: Exchange | None = exchange
        self._buffered = buffered

    def __iter__(self) -> _Stream:
        return self

    def __next__(self) -> bytes:
        if self._buffered:
            buffered, self._buffered = self._buffered, b""
            return buffered
        if self._exchange is None:
            raise StopIteration
        try:
            kind, data = self._exchange.frame()
        except (EOFError, OSError, BrokenAnswerError, TooManyQueries):
            self.close()
            raise BrokenAnswerError from None
        if kind == DATA:
            return data
        self._exchange.finish()
        self._exchange = None
        if kind != END:
            raise BrokenAnswerError
        raise StopIteration

    def close(self) -> None:
        """Abort the query if its result is not complete."""
        if self._exchange is not None:
            self._exchange.end()
            self._exchange = None
