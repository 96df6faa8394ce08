"""Run git in an untrusted checkout without running any program that the checkout names.

This is the only module that starts git. Git is asked for commits, trees, blobs and file names, but never to compare
or to write the working tree, since that would run the filters in the checkout's attributes. Hooks, file system
monitors, pagers and signature verification are switched off. So are all transports; hence objects missing from a
partial clone are not fetched. Only :func:`fetch` and :func:`fetch_blobs` use HTTPS, with nobody's settings and no
credentials; they follow no redirect, and are killed with their helpers at a limit of time, size or memory.
"""

from __future__ import annotations

import os
import shutil
import signal
import subprocess
import tempfile
import time
from collections.abc import Iterable, Iterator, Mapping
from contextlib import contextmanager, suppress
from dataclasses import dataclass
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
_FETCHING = (
    *_SETTINGS,
    "protocol.https.allow=always",
    "protocol.version=2",
    "credential.helper=",
    "fetch.recurseSubmodules=false",
    "fetch.unpackLimit=1",
    "http.followRedirects=false",
    "http.lowSpeedLimit=1000",
    "http.lowSpeedTime=60",
    "http.sslVerify=true",
    "maintenance.auto=false",
)
"""Settings of a fetch; what is received stays one file, which is complete or not there."""
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
_FETCH_ENVIRONMENT = {
    **_ENVIRONMENT,
    "GIT_ALLOW_PROTOCOL": "https",
    "GIT_ASKPASS": "",
    "GIT_CONFIG_GLOBAL": os.devnull,
    "GIT_CONFIG_NOSYSTEM": "1",
    "HOME": os.devnull,
}
"""Without a home, no ``.netrc`` is found."""
_FETCH_ALLOW = ("GIT_SSL_CA",)
"""Prefixes of the variables by which an operator names the certificate authorities of a host."""
_OPTIONS = ("--quiet", "--no-tags", "--no-write-fetch-head", "--filter=blob:none", "--stdin", "origin")
_ADVICE = {
    "promisor": "the clone is partial: git fetch --refetch --no-filter completes it",
    "certificate": "if an authority of your own has signed it, set GIT_SSL_CAINFO to the file of its certificate",
}
"""Word in a message of git → what to do."""
_POLL = 0.1
"""Seconds between two looks at the size of what is fetched."""


@dataclass(frozen=True, slots=True)
class Limits:
    """Limits of a fetch, which is killed at any of them."""

    size: int = 1 << 30
    """Bytes of the whole repository."""
    seconds: float = 600
    memory: int = 1 << 32
    """Bytes of address space of each process of git, where the system keeps to it: Linux does, macOS does not."""


def records(folder: Path, *arguments: str, end: bytes = b"\0") -> Iterator[bytes]:
    """Yield the records of git's output, without the byte at their end; closing the iterator kills git.

    Raises:
        SiteError: when git is not installed, fails, or takes longer than a minute; the message has git's reason.
    """
    with _running(folder, arguments) as out:
        rest = b""
        while chunk := out.read(1 << 16):
            *whole, rest = (rest + chunk).split(end)
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


def files_of_head(folder: Path) -> list[str]:
    """Return the files of the checkout around a folder that change with its commit; git itself is not asked."""
    for place in (whole := folder.resolve(), *whole.parents):
        found = place / ".git"
        with suppress(OSError, UnicodeDecodeError):
            if found.is_file():  # of a worktree
                found = place / found.read_text(encoding="utf-8").removeprefix("gitdir:").strip()
            if found.is_dir():
                return [str(found / name) for name in ("HEAD", "logs/HEAD", "packed-refs")]
    return []


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


def sizes(folder: Path, names: Iterable[str]) -> Iterator[int | None]:
    """Yield the sizes of the blobs with these names, in the same order; ``None`` for one that the clone lacks.

    Raises:
        SiteError: as :func:`records` does.
    """
    given = "".join(f"{name}\n" for name in names).encode()
    with _running(folder, ("cat-file", "--batch-check=%(objectsize)"), given) as out:
        for answer in out:
            yield None if answer.endswith(b" missing\n") else int(answer)


def init(repository: Path, address: str) -> None:
    """Create a repository without a working tree whose origin has an address, unless it is there.

    What a killed fetch has left is removed; nothing else may use the repository.

    Raises:
        SiteError: when git is not installed or fails.
    """
    for leftover in (*repository.glob("**/*.lock"), *repository.glob("objects/pack/tmp_*")):
        leftover.unlink()
    repository.mkdir(parents=True, exist_ok=True)
    _fetching(repository, ("init", "--quiet", "--bare", "--template="), b"", Limits())
    _fetching(repository, ("config", "remote.origin.url", address), b"", Limits())


def fetch(repository: Path, refspec: str, limits: Limits) -> None:
    """Fetch what a refspec names at the origin, without the contents of files where the server can leave them out.

    Raises:
        SiteError: when git is not installed, fails or exceeds a limit; the message has git's reason.
    """
    _fetching(repository, ("fetch", *_OPTIONS), f"{refspec}\n".encode(), limits)


def fetch_blobs(repository: Path, names: Iterable[str], limits: Limits) -> None:
    """Fetch the blobs with these names from the origin.

    Raises:
        SiteError: as :func:`fetch` does.
    """
    given = "".join(f"{name}\n" for name in names).encode()
    # a server that hears which commits are here does not send their blobs
    _fetching(repository, ("-c", "fetch.negotiationAlgorithm=noop", "fetch", *_OPTIONS), given, limits)


def _fetching(repository: Path, arguments: Iterable[str], given: bytes, limits: Limits) -> None:
    """Run git on a repository of ours, and kill it and its helpers at a limit.

    Raises:
        SiteError: as :func:`fetch` does.
    """
    limited = ("sh", "-c", f'ulimit -v {limits.memory >> 10} 2>{os.devnull}; exec "$@"', "sh")
    command = [*limited, *_command(_FETCHING, f"--git-dir={repository}", *arguments)]
    environment = _environment(_FETCH_ALLOW, _FETCH_ENVIRONMENT)
    with _files(given) as (stdin, stderr):
        process = subprocess.Popen(  # noqa: S603
            command, stdin=stdin, stdout=subprocess.DEVNULL, stderr=stderr, env=environment, start_new_session=True
        )
        try:
            _wait(process, repository, limits)
        finally:
            if process.poll() is None:
                os.killpg(process.pid, signal.SIGKILL)
                process.wait()
        if process.returncode:
            raise SiteError(_reason(stderr))


def _wait(process: subprocess.Popen[bytes], repository: Path, limits: Limits) -> None:
    """Wait for the end of git.

    Raises:
        SiteError: when it exceeds a limit.
    """
    end = time.monotonic() + limits.seconds
    while True:
        with suppress(subprocess.TimeoutExpired):
            process.wait(_POLL)
        if _size(repository) > limits.size:
            raise SiteError(f"the repository has more than {limits.size:,} bytes")
        if process.returncode is not None:
            return
        if time.monotonic() > end:
            raise SiteError(f"it took more than {limits.seconds:g} seconds")


def _size(folder: Path) -> int:
    """Return the size of all files below a folder; one that is just renamed may be missed."""
    size = 0
    for file in folder.rglob("*"):
        with suppress(OSError):
            size += file.lstat().st_size
    return size


@contextmanager
def _running(folder: Path, arguments: Iterable[str], given: bytes = b"") -> Iterator[IO[bytes]]:
    """Run git and yield its output; git is killed at the end of the block.

    Raises:
        SiteError: when git is not installed, or failed although the block has read all of its output.
    """
    command = _command(_SETTINGS, "-C", str(folder), *arguments)
    with _files(given) as (stdin, stderr):
        with subprocess.Popen(  # noqa: S603
            command, stdin=stdin, stdout=subprocess.PIPE, stderr=stderr, env=_environment(_ALLOW, _ENVIRONMENT)
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


def _command(settings: Iterable[str], *arguments: str) -> list[str]:
    """Return the command that runs git with settings.

    Raises:
        SiteError: when git is not installed.
    """
    program = shutil.which("git")
    if program is None:
        raise SiteError("git is not installed")
    return [program, "--no-pager", *(part for setting in settings for part in ("-c", setting)), *arguments]


@contextmanager
def _files(given: bytes) -> Iterator[tuple[IO[bytes], IO[bytes]]]:
    """Yield the input of git as a file, and an empty one for its messages."""
    with tempfile.TemporaryFile() as stdin, tempfile.TemporaryFile() as stderr:
        stdin.write(given)
        stdin.seek(0)
        yield stdin, stderr


def _environment(allowed: tuple[str, ...], ours: Mapping[str, str]) -> dict[str, str]:
    own = {name: value for name, value in os.environ.items() if not name.startswith("GIT_") or name.startswith(allowed)}
    return {**own, **ours}


def _reason(stderr: IO[bytes]) -> str:
    """Return the line of git's messages with the reason of a failure, and advice where there is some."""
    stderr.seek(0)
    lines = stderr.read(10_000).decode("utf-8", "replace").strip().splitlines()
    fatal = next((text for text in lines if text.startswith("fatal:")), lines[0] if lines else "it took too long")
    reason = fatal.removeprefix("fatal: ")
    return "; ".join([reason, *(advice for word, advice in _ADVICE.items() if word in reason)])
