"""Supervision of the writing process: start, restart when it exits, stop."""

from __future__ import annotations

import socket
import subprocess
import threading
import time
from pathlib import Path

from kg.errors import ReleaseError
from kg.release import Release, new_release, publish
from server.current import Current
from server.logs import child_stderr
from server.processes.launch import command, environment
from server.settings import Settings
from server.writing.messages import NO_OVERLAY
from server.writing.writer import Writer

_GRACE = 5.0
_PAUSE = 1.0
_INTERVAL = 0.05


class WriterProcess:
    """The writing process of a server, with the overlay in ``folder`` on top of ``release``.

    Orders wait while it restarts. It ends with the process that created it, even if that is killed.
    """

    def __init__(self, folder: Path, release: Release, settings: Settings) -> None:
        self._folder = folder.absolute()
        self._release = release.folder
        self._memory = settings.query_memory
        self._listener, self._listener_end = socket.socketpair(socket.AF_UNIX, socket.SOCK_DGRAM)
        self._closing = threading.Event()
        self._refused = threading.Event()
        """Set if the overlay cannot be opened."""
        self._start()
        self._follower = threading.Thread(target=self._follow, name="writing", daemon=True)
        self._follower.start()
        self.writer = Writer(self._listener, settings, lambda: self.current.refresh())

    def ready(self, seconds: float) -> None:
        """Wait at most ``seconds`` until the process has published a snapshot, which is then ``current``.

        Raises:
            ReleaseError: when the overlay cannot be opened, or the process is not ready in time.
        """
        until = time.monotonic() + seconds
        while not self.writer.ready(_INTERVAL):
            if self._refused.is_set():
                raise ReleaseError("nothing can be written: see the message above")
            if time.monotonic() > until:
                raise ReleaseError(f"the process that writes did not begin within {seconds:g} s")
        self.current = Current(self._folder)
        """The release with the data written on top of it."""

    def follow(self, release: Release) -> None:
        """Put the written data on top of another release.

        Raises:
            ReleaseError: when that fails.
        """
        self.writer.follow(release.folder)
        self._release = release.folder

    def close(self) -> None:
        """End the process and wait for its exit."""
        self._closing.set()
        self._control.close()
        self._follower.join(_GRACE)
        self._process.kill()
        self._listener.close()
        self._listener_end.close()

    def _start(self) -> None:
        self._control, theirs = socket.socketpair()
        handles = [theirs.fileno(), self._listener_end.fileno()]
        with theirs:
            # own process group: Ctrl-C must reach only the front, which then ends the other processes
            self._process = subprocess.Popen(  # noqa: S603
                command("server.writing", *map(str, (*handles, self._folder, self._release, self._memory))),
                stdin=subprocess.DEVNULL,
                stderr=child_stderr(),
                pass_fds=handles,
                env={**environment(), "RUST_BACKTRACE": "0"},
                process_group=0,
            )

    def _follow(self) -> None:
        while True:
            begun = time.monotonic()
            if self._process.wait() == NO_OVERLAY:
                self._refused.set()
            if self._closing.is_set():
                return
            self._control.close()
            if time.monotonic() - begun < _PAUSE:
                self._closing.wait(_PAUSE)  # the next process is likely to exit as soon: avoid a busy loop
            self._start()


def empty_release(out: Path) -> Path:
    """Create an empty release in ``out``, for a server of written data only; return ``out``."""
    from kg.store import oxigraph  # imported here, since the front must not load the engine otherwise

    with new_release(out) as draft:
        graph = draft / "graph.nq"
        graph.touch()
        counts = oxigraph.create(draft / "store", graph)
        facts = {"triples": counts.triples, "quads": counts.quads, "graphs": counts.graphs}
        publish(draft, {"builder": "kg serve --no-release", "sites": [], "counts": facts})
    return out
