"""Run git in an untrusted checkout without running any program that the checkout names.

This is the only module that starts git. Git is asked for commits, trees, blobs and file names, but never to compare
the working tree, since that would run the filters in the checkout's attributes. Hooks, file system monitors, pagers,
signature verification and all transports are switched off; hence objects missing from a partial clone are not fetched.
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
"""Maximum length of a record of git's output in bytes; paths are shorter on every system."""
_SETTINGS = (
    f"core.hooksPath={os.devnull}",
    "core.fsmonitor=false",
    "core.pager=cat",
    "core.sshCommand=false",
    "core.untrackedCache=false",
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
_ALLOW = ("GIT_CONFIG", "GIT_CEILING_DIRECTORIES", "GIT_DISCOVERY_ACROSS_FILESYSTEM")
"""Prefixes of git's environment variables that are passed on; all others are removed."""


def records(folder: Path, *arguments: str) -> Iterator[bytes]:
    """Yield the records of git's output, without the zero byte at their end; closing the iterator kills git.

    Raises:
        SiteError: when git is not installed, fails, or takes longer than a minute; the message has git's reason.
    """
    with _running(folder, arguments) as out:
        rest = b""
        while chunk := out.read(1 << 16):
            *whole, rest = (rest + chunk).split(b"\0")
            yield from whole
            if len(rest) > _LONGEST:
                raise SiteError(f"git's answer about {folder} has a record of more than {_LONGEST >> 20} MiB")
        if rest:
            yield rest


def line(folder: Path, *arguments: str) -> str:
    """Return git's output of one line, without the line end.

    Raises:
        SiteError: as :func:`records` does.
    """
    return os.fsdecode(b"\0".join(records(folder, *arguments)).removesuffix(b"\n"))


def commit(folder: Path, revision: str) -> str:
    """Return the full hash of the commit that a revision names.

    Raises:
        SiteError: when the folder is in no checkout, or git knows no such commit.
    """
    line(folder, "rev-parse", "--git-dir")
    try:
        return line(folder, "rev-parse", "--verify", "--quiet", "--end-of-options", f"{revision}^{{commit}}")
    except SiteError:
        raise SiteError(f"git knows no commit {revision!r} in {folder}; git log shows them all") from None


def blobs(folder: Path, names: Iterable[str]) -> Iterator[bytes]:
    """Yield the contents of the blobs with these names, in the same order and as stored by git.

    Raises:
        SiteError: when git fails as in :func:`records`, or an object is missing.
    """
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
    """Run git and yield its output; git is killed at the end of the block.

    Raises:
        SiteError: when git is not installed, or failed although the block has read all of its output.
    """
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
                watch.join()  # a later fork must not happen while a thread runs
                process.kill()
        if code:
            raise SiteError(f"git fails in {folder}: {_reason(stderr)}")


def _environment() -> dict[str, str]:
    own = {name: value for name, value in os.environ.items() if not name.startswith("GIT_") or name.startswith(_ALLOW)}
    return own | _ENVIRONMENT


def _reason(stderr: IO[bytes]) -> str:
    """Return the line of git's messages with the reason of a failure, and advice about objects that a clone lacks."""
    stderr.seek(0)
    lines = stderr.read(10_000).decode("utf-8", "replace").strip().splitlines()
    reason = next((text for text in lines if text.startswith("fatal:")), lines[0] if lines else "it took too long")
    return reason + "; the clone is partial: git fetch --refetch --no-filter completes it" * ("promisor" in reason)
