"""Asks git about a checkout that anybody may have made: nothing that its configuration names is ever run.

Only what git keeps is read, never the working tree: comparing that would run the filters which a checkout's attributes
name. Hooks, monitors, pagers, programs that verify signatures and every kind of transport are switched off, so that
objects which a partial clone lacks are not fetched either.
"""

from __future__ import annotations

import os
import shutil
import subprocess
import tempfile
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from pathlib import Path
from threading import Timer
from typing import IO

from kg.errors import SiteError

_SECONDS = 60
_LONGEST = 1 << 20
"""Bytes of one record of git's answers; a path is shorter on every system."""
_SETTINGS = (
    f"core.hooksPath={os.devnull}",
    "core.fsmonitor=false",
    "core.pager=cat",
    "core.sshCommand=false",
    "core.quotePath=false",
    "diff.external=",
    f"diff.orderFile={os.devnull}",
    "gc.auto=0",
    "log.follow=false",
    "log.mailmap=false",
    "log.showSignature=false",
    "protocol.allow=never",
)
_ENVIRONMENT = {
    "GIT_ALLOW_PROTOCOL": "none",
    "GIT_NO_LAZY_FETCH": "1",
    "GIT_NO_REPLACE_OBJECTS": "1",
    "GIT_OPTIONAL_LOCKS": "0",
    "GIT_TERMINAL_PROMPT": "0",
    "LC_ALL": "C",
}
_KEPT = ("GIT_CONFIG", "GIT_CEILING_DIRECTORIES", "GIT_DISCOVERY_ACROSS_FILESYSTEM")
"""Beginnings of the names of those settings of git that this process's environment may give."""


def records(folder: Path, *arguments: str) -> Iterator[bytes]:
    """What git answers, as the records that a zero byte ends; whoever has read enough just stops.

    Raises :class:`kg.errors.SiteError` with git's own reason where it cannot answer, at the latest after a minute.
    """
    with _running(folder, arguments) as out:
        rest = b""
        while chunk := out.read(1 << 16):
            *whole, rest = (rest + chunk).split(b"\0")
            yield from whole
            if len(rest) > _LONGEST:
                raise SiteError(f"git's answer about {folder} is not what it should be")
        if rest:
            yield rest


def line(folder: Path, *arguments: str) -> str:
    """The one line that git answers, without its end; raises like :func:`records`."""
    return os.fsdecode(b"\0".join(records(folder, *arguments)).removesuffix(b"\n"))


def blobs(folder: Path, names: Iterable[str]) -> Iterator[bytes]:
    """The contents of the objects with these names, in their order, as git keeps them; raises like :func:`records`."""
    given = "".join(f"{name}\n" for name in names).encode()
    with _running(folder, ("cat-file", "--batch"), given) as out:
        while header := out.readline():
            words = header.split()
            if len(words) != 3:
                raise SiteError(f"git lacks an object of {folder}: {header.decode('ascii', 'replace').strip()}")
            yield out.read(int(words[2]))
            out.read(1)


@contextmanager
def _running(folder: Path, arguments: Iterable[str], given: bytes = b"") -> Iterator[IO[bytes]]:
    """Git's output; git is ended with the block. Where all of it was read and git failed, its reason is raised."""
    program = shutil.which("git")
    if program is None:
        raise SiteError("git is not installed")
    settings = [part for setting in _SETTINGS for part in ("-c", setting)]
    command = [program, "--no-pager", *settings, "-C", str(folder), *arguments]
    with tempfile.TemporaryFile() as stdin, tempfile.TemporaryFile() as stderr:
        stdin.write(given)
        stdin.seek(0)
        with subprocess.Popen(  # noqa: S603
            command, stdin=stdin, stdout=subprocess.PIPE, stderr=stderr, env=_environment()
        ) as process:
            watch = Timer(_SECONDS, process.kill)
            watch.start()
            try:
                yield process.stdout  # type: ignore[misc]  # a pipe was asked for
                code = process.wait()
            finally:
                watch.cancel()
                watch.join()  # whoever forks next must be alone in this process
                process.kill()
        if code:
            raise SiteError(f"git cannot tell about {folder}: {_reason(stderr)}")


def _environment() -> dict[str, str]:
    own = {name: value for name, value in os.environ.items() if not name.startswith("GIT_") or name.startswith(_KEPT)}
    return own | _ENVIRONMENT


def _reason(stderr: IO[bytes]) -> str:
    stderr.seek(0)
    lines = stderr.read(10_000).decode("utf-8", "replace").strip().splitlines()
    return next((text for text in lines if text.startswith("fatal:")), lines[0] if lines else "it took too long")
