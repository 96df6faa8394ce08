"""A worker process: opens the store that the front names read-only, and evaluates one query at a time.

Or it asks an engine over HTTP; the limits are the same, since the engine's answers are not trusted either.

The engine can be neither interrupted nor limited, so the limits apply to the process: a timer whose signal ends it, a
limit of memory, and a thread with a large stack for deeply nested queries. The main thread waits for the front to end.
"""

from __future__ import annotations

import gc
import logging
import os
import socket
import sys
import time
from collections import deque
from collections.abc import Iterator
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import BinaryIO, NoReturn, cast

from kg.errors import Busy, QueryError, QueryTooLarge, ReleaseError
from kg.query import Store
from kg.store.engine.address import Engine
from kg.store.oxigraph import open_store
from server.processes.framing import (
    SKIP,
    SKIPPED,
    Ask,
    Inbox,
    Outlet,
    frame,
    read_ask,
    read_open,
    read_skip,
    write_error,
)
from server.processes.limits import deadline, limit_memory, run_confined
from server.processes.memory import data_segment

_logger = logging.getLogger(__name__)
_GARBAGE = 50_000
"""Allocations after which garbage is collected: a query makes hardly any cycles."""
NO_RELEASE = 3
"""Exit status of a worker that cannot open the store of the release."""


@dataclass(frozen=True, slots=True)
class QueryLimits:
    """Limits of one query beside its deadline."""

    memory: int
    """Bytes beyond those that the process needs without one."""
    result: int
    """Size of the result in bytes."""
    network: bool = False
    """True if the process may use the network, to ask an engine."""


def run(connection: socket.socket, limits: QueryLimits) -> NoReturn:
    """Serve queries from ``connection`` until the front closes it."""
    run_confined(partial(_serve, connection, limits), connection.fileno(), "querying", network=limits.network)


def _serve(connection: socket.socket, limits: QueryLimits) -> None:
    """Serve queries in one thread, since results must not be used by another thread than the one that made them."""
    try:
        frames = _frames(Inbox(connection), connection)
        opened = _OpenStore(read_open(next(frames)))
        limit_memory(data_segment() + limits.memory)
        gc.freeze()  # what was made until now is never garbage
        gc.set_threshold(_GARBAGE)
        for payload in frames:
            _answer(connection, opened, read_ask(payload), limits.result)
    except (EOFError, ConnectionError):
        os._exit(0)
    except ReleaseError as error:
        _logger.error("%s", error)
        os._exit(NO_RELEASE)
    except BaseException:
        _logger.exception("this process ends")
        os._exit(1)


def _frames(inbox: Inbox, connection: socket.socket) -> Iterator[bytes]:
    """Yield the payloads of frames: first what is to be opened or asked, then queries that the front still wants.

    Raises:
        EOFError: when the front has closed the connection.
    """
    waiting = deque[bytes | None]()
    while True:
        while (found := inbox.take()) is not None:
            kind, payload = found
            if kind == SKIP:
                for place in range(max(0, len(waiting) - read_skip(payload)), len(waiting)):
                    waiting[place] = None
            else:
                waiting.append(payload)
        if waiting:
            first = waiting.popleft()
            if first is None:
                connection.sendall(frame(SKIPPED))
            else:
                yield first
        inbox.fill(waits=not waiting)


class _OpenStore:
    """The open store in a folder, or the engine that is asked."""

    def __init__(self, source: str | Engine) -> None:
        if isinstance(source, Engine):
            from kg.store.engine.store import EngineStore  # imported here, since only such a worker needs a client

            store = EngineStore(source, must_hold_release=True, largest=sys.maxsize)  # the process has its own limits
            self._folder, self.store = source.url, cast(Store, store)
        else:
            self._folder, self.store = source, open_store(Path(source))

    def change(self, folder: str) -> None:
        """Open another store; one that is open is kept.

        Raises:
            Busy: when it does not open.
        """
        if folder != self._folder:
            try:
                self.store = open_store(Path(folder))
            except ReleaseError as error:
                raise Busy(str(error)) from error
            self._folder = folder


def _answer(connection: socket.socket, opened: _OpenStore, ask: Ask, limit: int) -> None:
    began = time.perf_counter()
    try:
        with deadline(ask.deadline):
            opened.change(ask.store)
            outlet = _write(connection, opened.store, ask, limit)
    except ConnectionError:
        raise
    except Exception as error:
        connection.sendall(_failure(error))
    else:
        outlet.end(time.perf_counter() - began)


def _write(connection: socket.socket, store: Store, ask: Ask, limit: int) -> Outlet:
    """Send the result without the final frame."""
    answer = store.ask(ask.query)
    form = answer.form
    wanted = ask.formats[form]
    outlet = Outlet(connection, form, wanted, limit)
    if wanted:
        answer.write(cast(BinaryIO, outlet), wanted)
    return outlet


def _failure(error: Exception) -> bytes:
    if isinstance(error, MemoryError):
        return write_error(QueryTooLarge("the query needs more memory than the limit"))
    if not isinstance(error, QueryError):
        _logger.error("while evaluating a query", exc_info=error)
    return write_error(error)
