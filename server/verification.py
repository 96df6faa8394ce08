"""Verification of a release beside the requests: of a large one in a process of low priority.

``python -m server.verification CONTROL FOLDER`` is that process. It exits with 1 and the message on its standard output
if a file is damaged, and also when the process that started it ends.
"""

from __future__ import annotations

import os
import socket
import subprocess
import sys
import threading
from functools import partial
from pathlib import Path

from kg.errors import ReleaseError
from kg.release import Release, is_verified, open_release, verify
from server import logs
from server.processes.launch import command, environment
from server.processes.limits import run_confined

_NICENESS = 19
_SMALL = 1 << 26
"""Size of a release in bytes whose verification takes less time than the start of a process."""


def verify_beside(release: Release) -> None:
    """Wait until the release is verified by a process; in this one if it is small, or known to be whole.

    Raises:
        ReleaseError: when a file is damaged.
    """
    if is_verified(release):
        return
    if sum(facts["bytes"] for facts in release.manifest["files"].values()) < _SMALL:
        verify(release)
        return
    control, theirs = socket.socketpair()
    with control, theirs:
        ended = subprocess.run(  # noqa: S603
            command("server.verification", str(theirs.fileno()), str(release.folder)),
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=logs.child_stderr(),
            text=True,
            pass_fds=[theirs.fileno()],
            env=environment(),
            process_group=0,
            check=False,
        )
    if ended.returncode != 0:
        raise ReleaseError(ended.stdout.strip() or f"the verification of {release.folder} ended before its time")


class Verification(threading.Thread):
    """The verification of a release that is served meanwhile."""

    def __init__(self, release: Release) -> None:
        super().__init__(name="verification", daemon=True)
        self._release = release
        self._error: ReleaseError | None = None
        self.start()

    def run(self) -> None:
        """Verify the release, and keep the error."""
        try:
            verify_beside(self._release)
        except ReleaseError as error:
            self._error = error

    def check(self, seconds: float | None = None) -> None:
        """Wait for the end, at most ``seconds`` if they are given.

        Raises:
            ReleaseError: when the release has been found damaged.
        """
        self.join(seconds)
        if self._error:
            raise self._error


def _serve(folder: Path) -> None:
    os.nice(_NICENESS)
    try:
        verify(open_release(folder))
    except ReleaseError as error:
        print(error, flush=True)  # noqa: T201
        os._exit(1)
    os._exit(0)


if __name__ == "__main__":
    logs.configure(logs.inherited())
    run_confined(partial(_serve, Path(sys.argv[2])), int(sys.argv[1]), "verifying")
