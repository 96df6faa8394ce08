"""A worker as the front sees it, and the answer that it sends."""

from __future__ import annotations

import contextlib
import os
import re
import select
import signal
import socket
import threading
import time
from collections.abc import Callable
from pathlib import Path

from kg.errors import Busy, QueryTimeout, QueryTooLarge, TooManyQueries
from kg.query import FORMATS_BY_NAME, Form
from server.processes.framing import BEGIN, DATA, END, Ask, Inbox, read_error, unpack, write_ask
from server.workers import BrokenAnswerError, Reply
from server.workers.admission import EXPENSIVE_SECONDS, Lease

HOLD = 32 * 1024
"""Bytes of an answer that are held back, so that a failure until then is a clean one."""
GRACE = 5.0
"""Seconds beyond a deadline after which the kernel's timer is not waited for any more."""

_LOOK = 0.25
_NEWS = 2.0
_NICENESS = 10
_TOO_LARGE = {signal.SIGABRT, signal.SIGSEGV, signal.SIGBUS}
_VOLATILE = re.compile(r"(?:now|rand|uuid|bnode)(?!\w)|\\u", re.IGNORECASE)
"""What may be a call of a function that gives another value each time; read in linear time, as anybody may write it."""


class LostError(Exception):
    """A worker died for no reason of the query's before it said anything."""


class Worker:
    """A query process as the front sees it."""

    def __init__(self, pid: int, connection: socket.socket) -> None:
        self.pid = pid
        self.connection = connection
        connection.settimeout(GRACE)
        self.inbox = Inbox(connection)
        self.dead = threading.Event()
        self.ended_by: int | None = None
        """The signal, once it is ``dead`` and if it was one."""
        self.lease: Lease | None = None
        """The query that it has now, or had last."""
        self.closed = False
        self.lowered = False
        """Whether it runs behind the others, which is for good: it is not asked again."""

    def close(self) -> None:
        """Hang up, which ends the process."""
        self.closed = True
        self.connection.close()

    def end(self) -> None:
        """End the process from any thread; whoever waits for its answer is told by the kernel."""
        with contextlib.suppress(OSError):
            self.connection.shutdown(socket.SHUT_RDWR)

    def lower(self) -> None:
        """Let the other processes go first. Its threads one by one: that is how Linux takes it."""
        self.lowered = True
        with contextlib.suppress(OSError):
            for thread in Path(f"/proc/{self.pid}/task").iterdir():
                os.setpriority(os.PRIO_PROCESS, int(thread.name), _NICENESS)


class Exchange:
    """One query with one worker, from the question to the last byte."""

    def __init__(
        self, worker: Worker, ask: Ask, lease: Lease, gone: Callable[[], bool], done: Callable[[Worker, Lease], None]
    ) -> None:
        self._worker = worker
        worker.lease = lease
        self._ask = ask
        self._lease = lease
        self._gone = gone
        self._done = done
        self._watch = select.poll()
        self._watch.register(worker.connection, select.POLLIN)
        self._look_at = lease.began + _LOOK
        self._until = lease.began + ask.deadline + GRACE

    def reply(self) -> Reply:
        """Ask, and wait for the answer's beginning.

        Raises :class:`LostError` where another worker may do better, and what :meth:`server.workers.Pool.answer` says.
        """
        try:
            self._worker.connection.sendall(write_ask(self._ask))
            kind, payload = self.frame()
            if kind != BEGIN:
                self.finish()
                raise read_error(payload)
            return self._begin(payload)
        except TimeoutError:
            self.end()
            raise QueryTimeout(f"the query did not end within {self._ask.deadline:g} s") from None
        except (EOFError, OSError):
            raise self._fate() from None
        except (BrokenAnswerError, TooManyQueries):
            self.end()
            raise

    def frame(self) -> tuple[bytes, bytes]:
        """The next frame; meanwhile it is seen whether anybody still wants it, and what it costs the others."""
        while (found := self._worker.inbox.take()) is None:
            if self._watch.poll(_LOOK * 1000):
                self._worker.inbox.fill()
            if time.monotonic() >= self._look_at:
                self._look()
        return found

    def _look(self) -> None:
        now = time.monotonic()
        self._look_at = now + _LOOK
        if not self._worker.lowered:
            self._worker.lower()
        if self._gone():
            raise BrokenAnswerError
        if self._lease.is_one_too_many():
            raise TooManyQueries(
                f"more than {self._lease.client.expensive} of your queries ran longer than {EXPENSIVE_SECONDS:g} s"
            )
        if now > self._until:
            raise TimeoutError

    def finish(self) -> None:
        """The answer is complete: the worker can take another query."""
        self._done(self._worker, self._lease)

    def end(self) -> None:
        """End the query with its process."""
        self._worker.close()
        self._done(self._worker, self._lease)

    def _begin(self, payload: bytes) -> Reply:
        form, fmt, release = unpack(payload)
        held: list[bytes] = []
        size = 0
        kind = DATA
        while size < HOLD and kind == DATA:
            kind, data = self.frame()
            held.append(data)
            size += len(data)
        if kind == DATA:
            chunks: Whole | _Stream = _Stream(self, b"".join(held))
        else:
            self.finish()
            if kind != END:
                raise read_error(data)
            chunks = Whole(b"".join(held))
        cacheable = not _VOLATILE.search(self._ask.query.text)
        return Reply(Form(form), FORMATS_BY_NAME.get(fmt), release, cacheable, chunks, None if kind == DATA else size)

    def _fate(self) -> Exception:
        """Why the process is gone."""
        self.end()
        self._worker.dead.wait(_NEWS)
        if self._lease.ended_for_others:
            return Busy("others wait, and too many queries run for long; try again later")
        if self._worker.ended_by == signal.SIGALRM:
            return QueryTimeout(f"the query ran longer than {self._ask.deadline:g} s and was ended")
        if self._worker.ended_by in _TOO_LARGE:
            return QueryTooLarge("the query needed more memory than it may have and was ended")
        return LostError()


class Whole:
    """An answer that is all there."""

    def __init__(self, body: bytes) -> None:
        self._parts = iter([body] if body else [])

    def __iter__(self) -> Whole:
        return self

    def __next__(self) -> bytes:
        return next(self._parts)

    def close(self) -> None:
        """Nothing runs any more."""


class _Stream:
    """An answer on its way. It has a worker until it is read to its end or closed.

    Not a generator: closing one that nobody began to read would run nothing.
    """

    def __init__(self, exchange: Exchange, held: bytes) -> None:
        self._exchange: Exchange | None = exchange
        self._held = held

    def __iter__(self) -> _Stream:
        return self

    def __next__(self) -> bytes:
        if self._held:
            held, self._held = self._held, b""
            return held
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
        """Hang up on the worker if the answer is not finished, which ends the query."""
        if self._exchange is not None:
            self._exchange.end()
            self._exchange = None
