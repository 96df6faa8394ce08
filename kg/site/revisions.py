"""A site as of a commit, read from git without touching the checkout."""

from __future__ import annotations

import os
from collections.abc import Mapping
from pathlib import Path, PurePosixPath

from kg.errors import SiteError
from kg.site import git
from kg.site.sources import CONFIG, is_source

_MOST = 1 << 29
"""Maximum total size of a site's files in bytes."""
_MOST_NAMES = 1 << 24
"""Maximum total length of the list of files in bytes: a tree of trees may name any number of files in a few."""


def take_out(folder: Path, revision: str, into: Path) -> str:
    """Write the files that a build reads, as of a commit, to the folder ``into``, and return the commit's full hash.

    Bytes are as stored in git: filters of the checkout are not run; links and submodules are left out. Of all other
    files a build reads the names, to which pages link: empty files have them.

    Raises:
        SiteError: when git does not know the commit, the site is not in it, or the clone lacks the content of a file.
    """
    commit = git.commit(folder, revision)
    files = _files(folder, commit)
    sources = {path: name for path, name in files.items() if is_source(PurePosixPath(path))}
    if CONFIG not in sources:
        raise SiteError(f"{folder} was no site in {revision}: it had no {CONFIG}")
    _check_sizes(folder, commit, sources)
    for path in files.keys() - sources.keys():
        _write(into / path, b"")
    for path, content in zip(sources, git.blobs(folder, sources.values()), strict=True):
        _write(into / path, content)
    return commit


def missing_blobs(folder: Path, commit: str) -> list[str]:
    """Return the names of the blobs that :func:`take_out` needs and a partial clone has left at its origin.

    Raises:
        SiteError: when git fails, or the commit has too many files.
    """
    # to ask for an object itself would be an error if it is missing
    listed = git.records(folder, "rev-list", "--objects", "--missing=print", f"{commit}^{{tree}}", end=b"\n")
    missing = {line[1:].decode("ascii") for line in listed if line.startswith(b"?")}
    needed = {name for path, name in _files(folder, commit).items() if is_source(PurePosixPath(path))}
    return sorted(needed & missing)


def _write(file: Path, content: bytes) -> None:
    file.parent.mkdir(parents=True, exist_ok=True)
    file.write_bytes(content)


def _files(folder: Path, commit: str) -> dict[str, str]:
    """Return path → blob name of each file below the folder.

    Raises:
        SiteError: when there are too many.
    """
    found, length = dict[str, str](), 0
    for record in git.records(folder, "ls-tree", "-r", "-z", commit):
        facts, _, raw = record.partition(b"\t")
        mode, _, name = facts.decode("ascii").split()
        path = os.fsdecode(raw)
        if mode.startswith("100") and _stays_within(PurePosixPath(path)):
            found[path] = name
        length += len(record)
        if length > _MOST_NAMES:
            raise SiteError(f"the list of the files of {folder} in {commit[:10]} has more than {_MOST_NAMES >> 20} MiB")
    return found


def _check_sizes(folder: Path, commit: str, sources: Mapping[str, str]) -> None:
    """Check that the clone has all contents, and that they are not too large.

    Raises:
        SiteError: when it lacks one, or the total size exceeds the limit.
    """
    total = 0
    for path, size in zip(sources, git.sizes(folder, sources.values()), strict=True):
        if size is None:
            raise SiteError(f"{folder} lacks the content of {path} in {commit[:10]}; git fsck lists what is missing")
        total += size
        if total > _MOST:
            raise SiteError(f"{folder} has more than {_MOST >> 20} MiB of text in {commit[:10]}")


def _stays_within(path: PurePosixPath) -> bool:
    """Return whether the path of a file stays within the folder, and not in a repository in it."""
    return not path.is_absolute() and not {"..", ".git"} & {part.lower() for part in path.parts}
