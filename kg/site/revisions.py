"""A site as of a commit, read from git without touching the checkout."""

from __future__ import annotations

import os
from collections.abc import Iterator
from pathlib import Path, PurePosixPath

from kg.errors import SiteError
from kg.site import git
from kg.site.sources import CONFIG, is_source

_MOST = 1 << 29
"""Maximum total size of a site's files in bytes."""


def take_out(folder: Path, revision: str, into: Path) -> str:
    """Write the files that a build reads, as of a commit, to the folder ``into``, and return the commit's full hash.

    Bytes are as stored in git: filters of the checkout are not run; links and submodules are left out.

    Raises:
        SiteError: when git does not know the commit, the site is not in it, or the clone lacks the content of a file.
    """
    commit = git.commit(folder, revision)
    files = dict(_files(folder, commit))
    if CONFIG not in files:
        raise SiteError(f"{folder} was no site in {revision}: it had no {CONFIG}")
    for path, content in zip(files, git.blobs(folder, files.values()), strict=True):
        file = into / path
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_bytes(content)
    return commit


def _files(folder: Path, commit: str) -> Iterator[tuple[str, str]]:
    """Yield path and blob name of each file that a build may read.

    Raises:
        SiteError: when the clone lacks a blob, or the total size exceeds the limit.
    """
    size = 0
    for record in git.records(folder, "ls-tree", "-r", "-l", "-z", commit):
        facts, _, raw = record.partition(b"\t")
        mode, _, name, length = facts.decode("ascii").split()
        path = os.fsdecode(raw)
        if mode.startswith("100") and _counts(PurePosixPath(path)):
            if not length.isdecimal():  # git writes BAD for a missing object
                raise SiteError(
                    f"{folder} lacks the content of {path} in {commit[:10]}; git fsck lists what is missing"
                )
            size += int(length)
            yield path, name
        if size > _MOST:
            raise SiteError(f"{folder} has more than {_MOST >> 20} MiB of text in {commit}")


def _counts(path: PurePosixPath) -> bool:
    """Return whether a build may read the file, and its path stays within the folder."""
    return is_source(path) and not path.is_absolute() and not {"..", ".git"} & {part.lower() for part in path.parts}
