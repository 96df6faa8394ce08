"""The process that writes: it has the overlay open, does one order at a time, is ended by the kernel if it overstays.

Bounded as a query process is, since updates and documents come from outside as queries do: no network, a limit of
memory, a timer whose signal nobody handles, a thread with a large stack. While it has nothing to do it looks whether
there is a new release, and puts the overlay on top of that.
"""

from __future__ import annotations

import contextlib
import os
import socket
import sys
import traceback
from collections.abc import Sequence
from functools import partial
from pathlib import Path
from typing import NoReturn

from kg.errors import KgError, NotStored, PreconditionFailed, QueryError, QueryTooLarge, ReleaseError
from kg.store.overlay.change import Scope
from kg.store.overlay.dataset import graph_of
from kg.store.overlay.overlay import Overlay
from server.current import Current
from server.processes.errors import to_failure
from server.processes.limits import deadline, limit_memory, run_confined
from server.writing.messages import (
    DELETE,
    NO_OVERLAY,
    PING,
    POST,
    PUT,
    UPDATE,
    Order,
    WriteResult,
    read_order,
    write_outcome,
)

_LOOK = 0.25
_TIMEOUT = 60.0


def main(arguments: Sequence[str]) -> NoReturn:
    """Carry out orders from connections of the listener until the control socket closes."""
    control_fd, listener_fd, folder, release, memory = arguments
    listener = socket.socket(fileno=int(listener_fd))
    serve = partial(_serve, listener, Path(folder), Path(release), int(memory))
    run_confined(serve, int(control_fd), "writing")


def _serve(listener: socket.socket, folder: Path, release: Path, memory: int) -> None:
    """The thread that does everything with the stores."""
    try:
        current = Current(release)
        overlay = Overlay(folder, current.release)
        limit_memory(memory)
    except KgError as error:
        print(error, file=sys.stderr, flush=True)  # noqa: T201
        os._exit(NO_OVERLAY)
    try:
        _run(listener, overlay, current)
    except BaseException:
        traceback.print_exc()
        os._exit(1)


def _run(listener: socket.socket, overlay: Overlay, current: Current) -> None:
    listener.settimeout(_LOOK)
    while True:
        _follow(overlay, current)
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
                _follow(overlay, current)
                if not _gone(connection):
                    connection.sendall(write_outcome(_done(overlay, order)))
            except (EOFError, OSError):
                continue  # whoever asked is gone


def _follow(overlay: Overlay, current: Current) -> None:
    release = current.release
    if release.folder == overlay.release.folder:
        return
    try:
        overlay.follow(release)
    except ReleaseError as error:
        print(f"keeping release {overlay.release.id}: {error}", file=sys.stderr, flush=True)  # noqa: T201


def _gone(connection: socket.socket) -> bool:
    """Whether nobody waits for the outcome any more, and has been told that nothing was done."""
    connection.setblocking(False)
    try:
        return connection.recv(1, socket.MSG_PEEK) == b""
    except BlockingIOError:
        return False
    finally:
        connection.settimeout(_TIMEOUT)


def _done(overlay: Overlay, order: Order) -> WriteResult:
    """Carry out an order, wholly or not at all. What is done when the time is up is done."""
    if order.verb == PING:
        return WriteResult()
    with deadline(order.deadline):
        try:
            overlay.roll_back()  # of an order for which there was no room to do so
            outcome = WriteResult(_carry_out(overlay, order))
            sealed = overlay.seal()
        except (QueryError, MemoryError, OSError) as error:
            told = _told(error)
            with contextlib.suppress(OSError):
                overlay.roll_back()
            return WriteResult(False, to_failure(told))
    overlay.publish(sealed)
    return outcome


def _told(error: QueryError | MemoryError | OSError) -> QueryError:
    """What the client is told; the store says of a disk that takes no more that it is an OSError."""
    if isinstance(error, QueryError):
        return error
    if isinstance(error, MemoryError):
        return QueryTooLarge("the write needs more memory than it may have")
    return NotStored(f"what was written cannot be kept: {error.strerror or error}")


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
