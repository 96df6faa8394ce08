"""A site as it was in a commit, taken out of git without touching the checkout."""

from __future__ import annotations

import os
from collections.abc import Iterator
from pathlib import Path, PurePosixPath

from kg.errors import SiteError
from kg.site import git
from kg.site.sources import CONFIG, is_source

_MOST = 1 << 29
"""Bytes of a site's texts."""


def take_out(folder: Path, revision: str, into: Path) -> str:
    """Write the files that a build reads, as they were in a commit, and give the commit's full hash.

    Bytes are as git keeps them: filters of the checkout are not run, links and submodules are left out.
    Raises :class:`kg.errors.SiteError` where git knows no such commit, or the site is not in it.
    """
    commit = _commit(folder, revision)
    files = dict(_files(folder, commit))
    if CONFIG not in files:
        raise SiteError(f"{folder} was no site in {revision}: it had no {CONFIG}")
    for path, content in zip(files, git.blobs(folder, files.values()), strict=True):
        file = into / path
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_bytes(content)
    return commit


def _commit(folder: Path, revision: str) -> str:
    try:
        return git.line(folder, "rev-parse", "--verify", "--quiet", "--end-of-options", f"{revision}^{{commit}}")
    except SiteError as error:
        if "cannot tell" in str(error) and _is_checkout(folder):
            raise SiteError(f"git knows no commit {revision!r} in {folder}; git log shows them all") from None
        raise


def _is_checkout(folder: Path) -> bool:
    try:
        return bool(git.line(folder, "rev-parse", "--git-dir"))
    except SiteError:
        return False


def _files(folder: Path, commit: str) -> Iterator[tuple[str, str]]:
    """Path and name of the content of each file that counts."""
    size = 0
    for record in git.records(folder, "ls-tree", "-r", "-l", "-z", commit):
        facts, _, raw = record.partition(b"\t")
        mode, _, name, length = facts.decode("ascii").split()
        path = os.fsdecode(raw)
        if mode.startswith("100") and _counts(PurePosixPath(path)):
            size += int(length)
            yield path, name
        if size > _MOST:
            raise SiteError(f"{folder} has more than {_MOST >> 20} MiB of text in {commit}")


def _counts(path: PurePosixPath) -> bool:
    """Return whether a build may read the file; no part of its path leads elsewhere."""
    return is_source(path) and not path.is_absolute() and not {"..", ".git"} & {part.lower() for part in path.parts}
