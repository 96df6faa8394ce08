"""Processor time and memory of a process and its descendants, from ``/proc``."""

from __future__ import annotations

import os
import re
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

_TICKS = os.sysconf("SC_CLK_TCK")
_MOMENT = 0.1


def family(pid: int) -> set[int]:
    """Return the ids of a process and its descendants."""
    parents = dict(_parents())
    found, fresh = set[int](), {pid}
    while fresh:
        found |= fresh
        fresh = {child for child, parent in parents.items() if parent in fresh} - found
    return found


def cpu(pid: int) -> float:
    """Return the seconds of processor time that a process and its descendants have used.

    The time of a child that has ended is its parent's, if the parent waited for it.
    """
    return sum(_ticks(each) for each in family(pid)) / _TICKS


def cpu_alone(pid: int) -> float:
    """Return the seconds of processor time that a process has used, and those of its children that have ended."""
    return _ticks(pid) / _TICKS


def memory(pid: int) -> float:
    """Return the memory of a process and its descendants in megabytes, with shared pages counted once."""
    return sum(map(proportional, family(pid)))


def proportional(pid: int) -> float:
    """Return the memory of a process in megabytes, with its part of shared pages; 0 if it has ended."""
    try:
        return int(re.findall(r"Pss:\s*(\d+)", Path(f"/proc/{pid}/smaps_rollup").read_text(encoding="ascii"))[0]) / 1024
    except (OSError, IndexError):
        return 0


def resident(pid: int) -> float:
    """Return the memory of a process in megabytes, with all of its shared pages."""
    return int(_fields(pid)[21]) * os.sysconf("SC_PAGE_SIZE") / 1024**2


def threads(pid: int) -> int:
    """Return the number of threads of a process."""
    return int(_fields(pid)[17])


def open_files(pid: int) -> int:
    """Return the number of open files of a process, among them its connections."""
    try:
        return len(os.listdir(f"/proc/{pid}/fd"))  # noqa: PTH208 - their number only
    except OSError:
        return 0


def parent(pid: int) -> int:
    """Return the parent of a process."""
    return int(_fields(pid)[1])


def command(pid: int) -> list[str]:
    """Return program and arguments of a process; nothing if it has ended."""
    try:
        return os.fsdecode(Path(f"/proc/{pid}/cmdline").read_bytes()).split("\0")[:-1]
    except OSError:
        return []


@contextmanager
def watched(pid: int) -> Iterator[list[float]]:
    """Yield the memory of a process and its descendants at every moment of the block, in megabytes."""
    found, done = [memory(pid)], threading.Event()

    def watch() -> None:
        while not done.wait(_MOMENT):
            found.append(memory(pid))

    watcher = threading.Thread(target=watch)
    watcher.start()
    try:
        yield found
    finally:
        done.set()
        watcher.join()


def _parents() -> Iterator[tuple[int, int]]:
    for folder in Path("/proc").glob("[0-9]*"):
        yield int(folder.name), parent(int(folder.name))


def _ticks(pid: int) -> int:
    """Return the time in user and system mode, with that of children for which the process has waited."""
    return sum(map(int, _fields(pid)[11:15]))


def _fields(pid: int) -> list[str]:
    """Return the fields of ``stat`` behind the name: state, parent, …; zeros if the process has ended."""
    try:
        return Path(f"/proc/{pid}/stat").read_text(encoding="utf-8", errors="replace").rpartition(")")[2].split()
    except OSError:
        return ["0"] * 22
