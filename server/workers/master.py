"""The master process: forks workers, reports their starts and exits to the front, and replaces those that exit.

It has no threads, opens no store and imports no web framework, so that forking is safe and cheap. Reports are messages
of fixed size on the control socket; the report of a start carries the front's end of the worker's socket. When the
control socket closes, the front has ended, and master and workers end as well.
"""

from __future__ import annotations

import contextlib
import ctypes
import os
import select
import signal
import socket
import sys
import time
from collections.abc import Sequence

from kg.query.text import token_pattern
from server import logs
from server.processes.framing import BORN, DIED, NOTE
from server.workers import worker
from server.workers.worker import QueryLimits

_PR_SET_PDEATHSIG = 1
_PAUSE = 1.0


def main(arguments: Sequence[str]) -> None:
    """Run the master until the front ends."""
    control_fd, workers, memory, result, network = arguments
    logs.configure(logs.inherited())
    limits = QueryLimits(int(memory), int(result), bool(int(network)))
    with socket.socket(fileno=int(control_fd)) as control, contextlib.suppress(ConnectionError):
        _Master(control, limits).run(int(workers))


class _Master:
    def __init__(self, control: socket.socket, limits: QueryLimits) -> None:
        self._control = control
        self._limits = limits
        self._pids: set[int] = set()
        self._libc = ctypes.CDLL(None) if sys.platform == "linux" else None
        # SIGCHLD writes to this pair, so that one call of poll waits for both children and the front
        self._wake, self._alarm = socket.socketpair()
        self._alarm.setblocking(False)

    def run(self, workers: int) -> None:
        """Maintain ``workers`` worker processes until the control socket closes."""
        signal.set_wakeup_fd(self._alarm.fileno(), warn_on_full_buffer=False)
        signal.signal(signal.SIGCHLD, lambda *_: None)
        token_pattern()  # or each of the workers would compile it for its first query
        watch = select.poll()
        watch.register(self._control, select.POLLIN)
        watch.register(self._wake, select.POLLIN)
        try:
            while True:
                while len(self._pids) < workers:
                    self._fork()
                ready = dict(watch.poll())
                if self._control.fileno() in ready:
                    return
                self._wake.recv(4096)
                self._reap()
        finally:
            self._end_all()
            signal.set_wakeup_fd(-1)
            self._wake.close()
            self._alarm.close()

    def _fork(self) -> None:
        theirs, ours = socket.socketpair()
        parent = os.getpid()
        pid = os.fork()
        if pid == 0:
            self._become_worker(ours, theirs, parent)
        ours.close()
        self._pids.add(pid)
        with theirs:
            socket.send_fds(self._control, [NOTE.pack(BORN, pid, 0)], [theirs.fileno()])

    def _become_worker(self, connection: socket.socket, theirs: socket.socket, parent: int) -> None:
        try:
            if self._libc is not None:
                self._libc.prctl(_PR_SET_PDEATHSIG, signal.SIGKILL)
            if os.getppid() != parent:
                os._exit(0)
            signal.set_wakeup_fd(-1)
            signal.signal(signal.SIGCHLD, signal.SIG_DFL)
            for other in (theirs, self._control, self._wake, self._alarm):
                other.close()
            worker.run(connection, self._limits)
        finally:
            os._exit(1)

    def _reap(self) -> None:
        while self._pids:
            pid, status = os.waitpid(-1, os.WNOHANG)
            if pid == 0:
                return
            self._pids.discard(pid)
            self._control.sendall(NOTE.pack(DIED, pid, status))
            if os.waitstatus_to_exitcode(status) == worker.NO_RELEASE:
                time.sleep(_PAUSE)  # the next worker is likely to fail as well: avoid a busy loop

    def _end_all(self) -> None:
        for pid in self._pids:
            os.kill(pid, signal.SIGKILL)
        for pid in self._pids:
            os.waitpid(pid, 0)
