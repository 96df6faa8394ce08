"""The front's side of the query processes."""

from __future__ import annotations

import contextlib
import os
import select
import signal
import socket
import subprocess
import threading
import time
from collections.abc import Callable, Mapping
from pathlib import Path

from kg.errors import Busy, QueryTimeout, QueryTooLarge
from kg.query import Form, Format, Query
from server.settings import Settings
from server.workers import BrokenAnswerError, Reply, Workers
from server.workers.frames import BEGIN, BORN, DATA, END, NOTE, Ask, named, read_error, read_frame, unpack, write_ask
from server.workers.launch import command, environment

HOLD = 32 * 1024
"""Bytes of an answer that are held back, so that a failure until then is a clean one."""
QUEUE = 32
"""Queries that may wait for a free worker; each takes a thread of the caller's."""

_GRACE = 5.0
_LOOK = 0.25
_NEWS = 2.0
_AT_ONCE = 0.5  # seconds within which a death is not put down to the query
_TOO_LARGE = {signal.SIGABRT, signal.SIGSEGV, signal.SIGBUS}


class _LostError(Exception):
    """A worker died for no reason of the query's before it said anything."""


class _Worker:
    """A query process as the front sees it."""

    def __init__(self, pid: int, connection: socket.socket) -> None:
        self.pid = pid
        self.connection = connection
        self.source = connection.makefile("rb")
        self.dead = threading.Event()
        self.ended_by: int | None = None
        """The signal, once it is ``dead`` and if it was one."""

    def close(self) -> None:
        """Hang up, which ends the process."""
        self.source.close()
        self.connection.close()

    def fate(self, deadline: float) -> Exception:
        """Why the process is gone."""
        self.close()
        self.dead.wait(_NEWS)
        if self.ended_by == signal.SIGALRM:
            return QueryTimeout(f"the query ran longer than {deadline:g} s and was ended")
        if self.ended_by in _TOO_LARGE:
            return QueryTooLarge("the query needed more memory than it may have and was ended")
        return _LostError()


class ProcessPool:
    """Answers queries in processes of their own; implements :class:`server.workers.Pool`.

    Nothing of it outlives the process that made it, however that ends.
    """

    def __init__(self, release: Path, settings: Settings) -> None:
        self._arguments = (str(release.absolute()), str(settings.workers), str(settings.memory))
        self._workers = settings.workers
        self._patience = settings.queue_seconds
        self._changed = threading.Condition()
        self._idle: list[_Worker] = []
        self._waiting = 0
        self._all: dict[int, _Worker] = {}
        self._closing = False
        self._start_master()
        self._follower = threading.Thread(target=self._follow, name="workers", daemon=True)
        self._follower.start()

    def answer(
        self,
        query: Query,
        formats: Mapping[Form, Format | None],
        deadline: float,
        gone: Callable[[], bool] | None = None,
    ) -> Reply:
        """See :meth:`server.workers.Pool.answer`; where a worker was dead already, another one is asked."""
        ask = Ask(query, formats, deadline)
        for _ in range(self._workers + 1):
            worker = self._take()
            asked = time.monotonic()
            try:
                return self._reply(worker, ask, gone or (lambda: False))
            except _LostError:
                if time.monotonic() - asked > _AT_ONCE:
                    break
        raise Busy("the process that was to answer was lost; try again")

    def workers(self) -> Workers:
        """See :meth:`server.workers.Pool.workers`."""
        with self._changed:
            return Workers(len(self._idle), max(0, len(self._all) - len(self._idle)))

    def ready(self, seconds: float) -> bool:
        """Wait at most so long for a worker that is free."""
        with self._changed:
            return bool(self._changed.wait_for(lambda: self._idle, seconds))

    def stop(self) -> None:
        """Begin to end master and workers: queries that run are broken off, later ones refused. Never waits."""
        self._closing = True
        with contextlib.suppress(OSError):
            self._control.shutdown(socket.SHUT_RDWR)

    def close(self) -> None:
        """End master and workers, and wait for it."""
        self.stop()
        try:
            self._master.wait(_GRACE)
        except subprocess.TimeoutExpired:
            self._master.kill()
            self._master.wait()
        self._follower.join(_GRACE)
        self._control.close()
        for worker in self._idle:
            worker.close()

    def give_back(self, worker: _Worker) -> None:
        """Take a worker that has finished its answer for the next query."""
        with self._changed:
            if not worker.dead.is_set():
                self._idle.append(worker)
                self._changed.notify()

    def _take(self) -> _Worker:
        with self._changed:
            if not self._idle and self._waiting >= QUEUE:
                raise Busy(f"all workers are busy and {QUEUE} queries wait for one; try again later")
            self._waiting += 1
            self._changed.wait_for(lambda: self._idle or self._closing, self._patience)
            self._waiting -= 1
            if self._closing or not self._idle:
                raise Busy("the server is stopping" if self._closing else "all workers are busy; try again later")
            return self._idle.pop()

    def _reply(self, worker: _Worker, ask: Ask, gone: Callable[[], bool]) -> Reply:
        try:
            worker.connection.settimeout(ask.deadline + _GRACE)
            worker.connection.sendall(write_ask(ask))
            self._await(worker, ask.deadline + _GRACE, gone)
            kind, payload = read_frame(worker.source)
            if kind != BEGIN:
                self.give_back(worker)
                raise read_error(payload)
            return self._begin(worker, payload)
        except TimeoutError:
            worker.close()
            raise QueryTimeout(f"the query did not end within {ask.deadline:g} s") from None
        except (EOFError, OSError):
            raise worker.fate(ask.deadline) from None

    def _await(self, worker: _Worker, seconds: float, gone: Callable[[], bool]) -> None:
        """Wait for the first frame, and look now and then whether anybody still wants it."""
        watch = select.poll()
        watch.register(worker.connection, select.POLLIN)
        until = time.monotonic() + seconds
        while not watch.poll(_LOOK * 1000):
            if gone():
                worker.close()
                raise BrokenAnswerError
            if time.monotonic() > until:
                raise TimeoutError

    def _begin(self, worker: _Worker, payload: bytes) -> Reply:
        form_name, format_name, release = unpack(payload)
        form = Form(form_name)
        held: list[bytes] = []
        size = 0
        while size < HOLD:
            kind, data = read_frame(worker.source)
            if kind != DATA:
                self.give_back(worker)
                if kind != END:
                    raise read_error(data)
                return Reply(form, named(form, format_name), release, _Whole(b"".join(held)), size)
            held.append(data)
            size += len(data)
        return Reply(form, named(form, format_name), release, _Stream(self, worker, b"".join(held)), None)

    def _start_master(self) -> None:
        self._control, theirs = socket.socketpair()
        with theirs:
            # a process group of its own: Ctrl-C is for the front, which then ends the others
            self._master = subprocess.Popen(  # noqa: S603
                command("server.workers", str(theirs.fileno()), *self._arguments),
                stdin=subprocess.DEVNULL,
                pass_fds=[theirs.fileno()],
                env={**environment(), "RUST_BACKTRACE": "0"},
                process_group=0,
            )

    def _follow(self) -> None:
        """Take note of births and deaths; should the master be lost, start another."""
        while True:
            try:
                note, fds, _, _ = socket.recv_fds(self._control, NOTE.size, 1)
            except OSError:
                note, fds = b"", []
            if len(note) == NOTE.size:
                self._note(note, fds)
                continue
            for pid in list(self._all):
                self._died(pid, 0)
            if self._closing:
                with self._changed:
                    self._changed.notify_all()
                return
            self._control.close()
            self._master.wait()
            time.sleep(_LOOK)
            self._start_master()

    def _note(self, note: bytes, fds: list[int]) -> None:
        kind, pid, status = NOTE.unpack(note)
        if kind == BORN:
            worker = self._all[pid] = _Worker(pid, socket.socket(fileno=fds[0]))
            self.give_back(worker)
        else:
            self._died(pid, status)

    def _died(self, pid: int, status: int) -> None:
        worker = self._all.pop(pid)
        worker.ended_by = os.WTERMSIG(status) if os.WIFSIGNALED(status) else None
        with self._changed:
            worker.dead.set()
            if worker in self._idle:
                self._idle.remove(worker)
                worker.close()


class _Whole:
    """An answer that is all there."""

    def __init__(self, body: bytes) -> None:
        self._parts = iter([body] if body else [])

    def __iter__(self) -> _Whole:
        return self

    def __next__(self) -> bytes:
        return next(self._parts)

    def close(self) -> None:
        """Nothing runs any more."""


class _Stream:
    """An answer on its way. It has a worker until it is read to its end or closed.

    Not a generator: closing one that nobody began to read would run nothing.
    """

    def __init__(self, pool: ProcessPool, worker: _Worker, held: bytes) -> None:
        self._pool = pool
        self._worker: _Worker | None = worker
        self._held = held

    def __iter__(self) -> _Stream:
        return self

    def __next__(self) -> bytes:
        if self._held:
            held, self._held = self._held, b""
            return held
        if self._worker is None:
            raise StopIteration
        try:
            kind, data = read_frame(self._worker.source)
        except (EOFError, OSError):
            self.close()
            raise BrokenAnswerError from None
        if kind == DATA:
            return data
        self._pool.give_back(self._worker)
        self._worker = None
        if kind != END:
            raise BrokenAnswerError
        raise StopIteration

    def close(self) -> None:
        """Hang up on the worker if the answer is not finished, which ends the query."""
        if self._worker is not None:
            self._worker.close()
            self._worker = None
