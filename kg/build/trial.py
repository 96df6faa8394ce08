"""Try to build a site alone, in a process of its own: its errors, crashes and endless loops stop no other site."""

from __future__ import annotations

import multiprocessing
import os
import signal
from contextlib import suppress
from dataclasses import dataclass
from multiprocessing.connection import Connection, wait
from pathlib import Path
from tempfile import TemporaryDirectory

from kg.build.compile import Silence, compile_sites, read_sites
from kg.build_cache import BuildCache
from kg.errors import KgError, message

SECONDS = 900
"""Time limit of a trial: ten times what the largest of these sites takes."""


@dataclass(frozen=True, slots=True)
class Trial:
    """The outcome of a trial."""

    problem: str
    """Why the site cannot be built; empty if it can."""
    key: str = ""
    pages: int = 0
    """Number of pages in the graph."""


def try_site(folder: Path, key: str, cache: BuildCache, seconds: float = SECONDS) -> Trial:
    """Build the graph of a site and return how that went; ``key`` replaces the site's own unless it is empty."""
    forks = multiprocessing.get_context("fork")
    receiver, sender = forks.Pipe(duplex=False)
    process = forks.Process(target=_try, args=(folder, key, cache, sender))
    process.start()
    sender.close()
    try:
        if not wait([receiver, process.sentinel], seconds):
            return Trial(f"to build it takes more than {seconds:g} seconds")
        found: Trial = receiver.recv()
        return found
    except EOFError:
        process.join()
        return Trial(f"kg crashes on it (exit code {process.exitcode})")
    finally:
        with suppress(ProcessLookupError):  # it has ended, and so have its workers
            os.killpg(process.pid or 0, signal.SIGKILL)
        process.join()
        receiver.close()


def _try(folder: Path, key: str, cache: BuildCache, sender: Connection) -> None:
    os.setsid()  # so that the workers of this process can be killed with it
    try:
        builds = read_sites([folder], Silence(), cache=cache, keys={folder: key})
        with TemporaryDirectory(prefix="kg-trial-") as draft:
            compile_sites(builds, Path(draft), Silence(), "owlrl", cache=cache)
        sender.send(Trial("", builds[0].site.key, len(builds[0].pages)))
    except (KgError, OSError) as error:
        sender.send(Trial(message(error)))
