"""The snapshots in the folder of an overlay: who may write them, their numbers, and the switch to one of them."""

from __future__ import annotations

import fcntl
import os
import shutil
import time
from pathlib import Path
from typing import IO

from kg.errors import ReleaseError

_LOCK_TIMEOUT = 5.0
_POLL_INTERVAL = 0.05


def locked(folder: Path) -> IO[str]:
    """Return the locked file of an overlay; wait for a writer of another server that is about to end.

    Raises:
        ReleaseError: when another process keeps it locked.
    """
    (folder / "snapshots").mkdir(parents=True, exist_ok=True)
    lock = (folder / ".lock").open("w")
    until = time.monotonic() + _LOCK_TIMEOUT
    while True:
        try:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            if time.monotonic() > until:
                lock.close()
                raise ReleaseError(f"{folder} is locked by another server") from None
            time.sleep(_POLL_INTERVAL)
        else:
            return lock


def new_snapshot(folder: Path) -> Path:
    """Create the empty folder of the next snapshot and return it."""
    snapshots = folder / "snapshots"
    fresh = snapshots / str(1 + max((int(old.name) for old in snapshots.glob("[0-9]*")), default=0))
    fresh.mkdir()
    return fresh


def switch(folder: Path, snapshot: Path) -> None:
    """Make a complete, synced snapshot the current one."""
    fresh = folder / ".current"
    fresh.unlink(missing_ok=True)
    fresh.symlink_to(Path("snapshots") / snapshot.name)
    fresh.replace(folder / "current")
    sync(folder)


def delete_others(folder: Path) -> None:
    """Delete all snapshots but the current one."""
    served = (folder / "current").resolve()
    for snapshot in (folder / "snapshots").iterdir():
        if snapshot.resolve() != served:
            shutil.rmtree(snapshot)


def sync(*paths: Path) -> None:
    """Sync files and folders to the disk."""
    for path in paths:
        handle = os.open(path, os.O_RDONLY)
        try:
            os.fsync(handle)
        finally:
            os.close(handle)
