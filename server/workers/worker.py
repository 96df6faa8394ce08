"""One query process: opens the release read-only, takes one query at a time, is ended by the kernel when it overstays.

The engine can be neither interrupted nor bounded, so the process is: a timer whose signal nobody handles, a limit of
memory, a thread with a large stack for deeply nested queries. The main thread only watches whether the front is there.
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
"""Exit status of a worker that could not open the release."""

_TRIES = 3


@dataclass(frozen=True, slots=True)
class QueryLimits:
    """What one query may take beside time."""

    memory: int
    """Bytes of data that the process may hold."""
    result: int
    """Bytes that the answer may have."""


def run(connection: socket.socket, current: Current, limits: QueryLimits) -> NoReturn:
    """Serve queries from ``connection`` until the front closes it."""
    run_confined(partial(_serve, connection, current, limits), connection.fileno(), "querying")


def _serve(connection: socket.socket, current: Current, limits: QueryLimits) -> None:
    """The thread that does everything with the store: a result is never touched by another one."""
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
    """The store of the release to serve now."""

    def __init__(self, current: Current) -> None:
        self._current = current
        self.release: Release = current.release
        self.store: Store = open_store(self.release.store)

    def update(self) -> None:
        """Open the store of a new release; one that does not open is refused, and the old one stays."""
        trouble: Exception | None = None
        for _ in range(_TRIES):  # a store may be gone already because a newer one took its place
            release = self._current.release
            if release.folder == self.release.folder:
                return
            try:
                self.store = open_store(release.store)
                self.release = release
                return
            except Exception as error:
                trouble = error
        print(f"keeping release {self.release.id}: {trouble}", file=sys.stderr, flush=True)  # noqa: T201


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
    """Send the answer but for its end."""
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
        return write_error(QueryTooLarge("the query needs more memory than it may have"))
    if not isinstance(error, QueryError):
        traceback.print_exception(error)
    return write_error(error)
