"""A worker process: opens the store of the release read-only and evaluates one query at a time.

The engine can be neither interrupted nor limited, so the limits apply to the process: a timer whose signal ends it, a
limit of memory, and a thread with a large stack for deeply nested queries. The main thread waits for the front to end.
"""

from __future__ import annotations

import io
import os
import socket
import sys
import traceback
from dataclasses import dataclass
from functools import partial
from typing import NoReturn

from kg.errors import QueryError, QueryTooLarge
from kg.query import Store
from kg.release import Release
from kg.store.oxigraph import open_store
from server.current import Current
from server.processes.framing import BEGIN, FRAME, Ask, Outlet, frame, pack, read_ask, read_frame, write_error
from server.processes.limits import deadline, limit_memory, run_confined

NO_RELEASE = 3
"""Exit status of a worker that cannot open the release."""

_TRIES = 3


@dataclass(frozen=True, slots=True)
class QueryLimits:
    """Limits of one query beside its deadline."""

    memory: int
    """Data segment of the process in bytes."""
    result: int
    """Size of the result in bytes."""


def run(connection: socket.socket, current: Current, limits: QueryLimits) -> NoReturn:
    """Serve queries from ``connection`` until the front closes it."""
    run_confined(partial(_serve, connection, current, limits), connection.fileno(), "querying")


def _serve(connection: socket.socket, current: Current, limits: QueryLimits) -> None:
    """Serve queries in one thread, since results must not be used by another thread than the one that made them."""
    try:
        opened = _OpenStore(current)
    except Exception as error:
        print(f"cannot open the store of {current.release.folder}: {error}", file=sys.stderr, flush=True)  # noqa: T201
        os._exit(NO_RELEASE)
    try:
        limit_memory(limits.memory)
        source = connection.makefile("rb")
        while True:
            _, payload = read_frame(source)
            _answer(connection, opened, read_ask(payload), limits.result)
    except (EOFError, ConnectionError):
        os._exit(0)
    except BaseException:
        traceback.print_exc()
        os._exit(1)


class _OpenStore:
    """The open store of the current release."""

    def __init__(self, current: Current) -> None:
        self._current = current
        self.release: Release = current.release
        self.store: Store = open_store(self.release.store)

    def update(self) -> None:
        """Open the store of a new release; if it does not open, keep the previous one."""
        failure: Exception | None = None
        for _ in range(_TRIES):  # a still newer release may have replaced the store meanwhile
            release = self._current.release
            if release.folder == self.release.folder:
                return
            try:
                self.store = open_store(release.store)
                self.release = release
                return
            except Exception as error:
                failure = error
        print(f"keeping release {self.release.id}: {failure}", file=sys.stderr, flush=True)  # noqa: T201


def _answer(connection: socket.socket, opened: _OpenStore, ask: Ask, limit: int) -> None:
    try:
        with deadline(ask.deadline):
            opened.update()
            outlet = _write(connection, opened, ask, limit)
    except ConnectionError:
        raise
    except Exception as error:
        connection.sendall(_failure(error))
    else:
        outlet.end()


def _write(connection: socket.socket, opened: _OpenStore, ask: Ask, limit: int) -> Outlet:
    """Send the result without the final frame."""
    answer = opened.store.ask(ask.query)
    wanted = ask.formats[answer.form]
    begin = frame(BEGIN, pack([answer.form.value, wanted.name if wanted else "", opened.release.id]))
    outlet = Outlet(connection, begin, limit)
    if wanted:
        out = io.BufferedWriter(outlet, FRAME)
        try:
            answer.write(out, wanted)
            out.flush()
        except BaseException:
            outlet.fail()
            raise
    return outlet


def _failure(error: Exception) -> bytes:
    if isinstance(error, MemoryError):
        return write_error(QueryTooLarge("the query needs more memory than the limit"))
    if not isinstance(error, QueryError):
        traceback.print_exception(error)
    return write_error(error)
