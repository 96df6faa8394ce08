"""The writing process: holds the overlay open and carries out one order at a time.

It has the limits of a worker, since updates and documents are untrusted as well: no network, a limit of memory, a timer
whose signal ends the process, and a thread with a large stack.
"""

from __future__ import annotations

import contextlib
import logging
import os
import socket
from collections.abc import Sequence
from functools import partial
from pathlib import Path
from typing import NoReturn

from kg.errors import KgError, NotStored, PreconditionFailed, QueryError, QueryTooLarge, ReleaseError, in_words
from kg.release import open_release
from kg.store.overlay.change import Scope
from kg.store.overlay.dataset import graph_of
from kg.store.overlay.overlay import Overlay
from server import logs
from server.processes.errors import to_failure
from server.processes.limits import deadline, limit_memory, run_confined
from server.processes.memory import data_segment, resident, trim
from server.writing.messages import (
    DELETE,
    FOLLOW,
    NO_OVERLAY,
    PING,
    POST,
    PUT,
    UPDATE,
    Order,
    WriteResult,
    read_order,
    write_result,
)

_logger = logging.getLogger(__name__)
_INTERVAL = 0.25
"""Seconds between two looks for what can be deleted."""
_TIMEOUT = 60.0
_ROOM = 32 * 1024 * 1024
"""Bytes by which the process may grow before the engine's caches are freed; they would take hundreds of megabytes."""
_HISTORY = 128 * 1024
"""Bytes by which the engine's records may grow before they begin anew; each write copies them."""


def main(arguments: Sequence[str]) -> NoReturn:
    """Carry out orders from the connections that the listener receives, until the control socket closes."""
    control_fd, listener_fd, folder, release, memory = arguments
    logs.configure(logs.inherited())
    listener = socket.socket(fileno=int(listener_fd))
    serve = partial(_serve, listener, Path(folder), Path(release), int(memory))
    run_confined(serve, int(control_fd), "writing")


def _serve(listener: socket.socket, folder: Path, release: Path, memory: int) -> None:
    """Open the overlay and carry out orders, all in one thread."""
    try:
        overlay = Overlay(folder, open_release(release))
        limit_memory(data_segment() + memory)
    except KgError as error:
        _logger.error("%s", error)
        os._exit(NO_OVERLAY)
    try:
        _run(listener, overlay)
    except BaseException:
        _logger.exception("this process ends")
        os._exit(1)


def _run(listener: socket.socket, overlay: Overlay) -> None:
    listener.settimeout(_INTERVAL)
    least, shortest = resident(), overlay.history()
    while True:
        if resident() > least + _ROOM or overlay.history() > shortest + _HISTORY:
            _free(overlay)
            least, shortest = resident(), overlay.history()
        overlay.tidy()
        try:
            _, fds, _, _ = socket.recv_fds(listener, 1, 1)
        except TimeoutError:
            continue
        with socket.socket(fileno=fds[0]) as connection:
            connection.settimeout(_TIMEOUT)
            try:
                with connection.makefile("rb") as source:
                    order = read_order(source)
                if not _is_closed(connection):
                    connection.sendall(write_result(_execute(overlay, order)))
            except (EOFError, OSError):
                continue  # the front has closed the connection


def _free(overlay: Overlay) -> None:
    with contextlib.suppress(OSError):
        overlay.reopen()
    trim()


def _follow(overlay: Overlay, order: Order) -> WriteResult:
    try:
        overlay.follow(open_release(Path(order.release)))
    except ReleaseError as error:
        return WriteResult(False, to_failure(NotStored(str(error))))
    return WriteResult()


def _is_closed(connection: socket.socket) -> bool:
    """Return whether the front has closed the connection, and so has reported that nothing was written."""
    connection.setblocking(False)
    try:
        return connection.recv(1, socket.MSG_PEEK) == b""
    except BlockingIOError:
        return False
    finally:
        connection.settimeout(_TIMEOUT)


def _execute(overlay: Overlay, order: Order) -> WriteResult:
    """Carry out an order atomically. The deadline does not apply to publishing, which follows the commit."""
    if order.verb == PING:
        return WriteResult()
    if order.verb == FOLLOW:
        return _follow(overlay, order)
    with deadline(order.deadline):
        try:
            overlay.roll_back()  # of an earlier order that could not be rolled back because the disk was full
            result = WriteResult(_carry_out(overlay, order))
            sealed = overlay.seal()
        except (QueryError, MemoryError, OSError) as error:
            reported = _reported(error)
            with contextlib.suppress(OSError):
                overlay.roll_back()
            return WriteResult(False, to_failure(reported))
    overlay.publish(sealed)
    return result


def _reported(error: QueryError | MemoryError | OSError) -> QueryError:
    """Return the exception to report to the client; the store raises OSError when the disk is full."""
    if isinstance(error, QueryError):
        return error
    if isinstance(error, MemoryError):
        return QueryTooLarge("the write needs more memory than the limit")
    return NotStored(f"the data cannot be stored: {in_words(error)}")


def _carry_out(overlay: Overlay, order: Order) -> bool:
    graph = graph_of(order.graph)
    if order.expected is not None and overlay.has(graph) is not order.expected:
        raise PreconditionFailed("there is no such graph" if order.expected else "there is such a graph already")
    if order.verb == UPDATE:
        overlay.update(order.text, Scope(order.graph, order.using, order.using_named))
        return True
    if order.verb == DELETE:
        return overlay.delete(graph)
    return {PUT: overlay.put, POST: overlay.post}[order.verb](graph, order.documents)
