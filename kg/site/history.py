"""The last change of each file of a site, and which files differ from a commit.

Git gives commits and trees; files of the working tree are hashed here, since asking git to compare them would run the
filters that the checkout's attributes name.
"""

from __future__ import annotations

import hashlib
import os
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from enum import Enum
from pathlib import Path
from stat import S_ISREG
from typing import TYPE_CHECKING

from kg.errors import SiteError
from kg.site import data_files, git

if TYPE_CHECKING:
    from kg.site import Site


class State(Enum):
    """How a file stands to the commit that is told of it."""

    COMMITTED = "committed"
    """That commit made it what it is."""
    KEPT = "kept"
    """It is as in that commit; whether the commit changed it is not known, since a shallow clone begins there."""
    MODIFIED = "modified"
    """It was changed after that commit, and the change is in no commit."""
    NEW = "new"
    """It is in no commit."""


@dataclass(frozen=True, slots=True)
class LastChange:
    """The last that is known of a file."""

    state: State
    commit: str
    """Its full hash; empty for a new file."""
    time: str
    """When the commit was made: ``2026-01-31T12:00:00Z``. Empty but for committed files: of others it is not known."""


def read_history(folder: Path, paths: Iterable[str]) -> Mapping[str, LastChange]:
    """Return the last change of each of a site's files; nothing where the folder is in no checkout, or git fails.

    A commit is claimed only for a file with the bytes that the commit gave it; line ends of Windows are no change.
    Three processes of git are run for all files. A repository that ignores the folder knows nothing of it.
    """
    try:
        kept = _tree(folder, "HEAD")
        return _changes(folder, kept, list(paths)) if kept else {}
    except SiteError:
        return {}


def changed_since(folder: Path, revision: str) -> set[str]:
    """Return the paths below a folder that are not as in a commit: changed, deleted, staged, or not yet known to git.

    A path of a folder stands for all that is in it. Files that git ignores are left out unless the commit has them.
    No changed page or data file is missed, but a file that is the same to git may be among those returned: one that a
    filter of the checkout rewrites (Git LFS, ``ident``, another encoding), one larger than any that is read, symbolic
    links, submodules and other repositories. Line ends of Windows are no change, to a reader neither.

    Raises:
        SiteError: when the folder is in no checkout, or git knows no such commit or lacks what is in it.
    """
    kept = _tree(folder, git.commit(folder, revision))
    listed = git.records(folder, "ls-files", "-z", "--cached", "--others", "--exclude-standard")
    known = {os.fsdecode(path).removesuffix("/") for path in listed}
    return {path for path in kept.keys() | known if path not in kept or not _has_content(folder / path, kept[path])}


def with_history(site: Site) -> Site:
    """Return the site with the last changes of its pages and data files."""
    data = (file.relative_to(site.folder).as_posix() for file in data_files.files(site.folder / data_files.FOLDER))
    return replace(site, history=read_history(site.folder, [*site.files(), *data]))


def folder_in_repository(folder: Path) -> str:
    """Return the folder's path in its repository, with a slash at its end; empty at the root or in none."""
    try:
        return git.line(folder, "rev-parse", "--show-prefix")
    except SiteError:
        return ""


def digest(history: Mapping[str, LastChange]) -> str:
    """Return a hash of all last changes: it differs where a commit does, even if no file's bytes do.

    >>> digest({}) == digest({}), digest({}) == digest({"a.md": LastChange(State.NEW, "", "")})
    (True, False)
    """
    lines = (f"{path}\0{change.state.value}\0{change.commit}\0{change.time}" for path, change in history.items())
    return hashlib.sha256("\n".join(sorted(lines)).encode("utf-8", "surrogateescape")).hexdigest()


def _tree(folder: Path, commit: str) -> dict[str, str]:
    """Return path → name of the content, for each file below the folder in a commit."""
    found = {}
    for record in git.records(folder, "ls-tree", "-r", "-z", commit):
        facts, _, path = record.partition(b"\t")
        found[os.fsdecode(path)] = facts.split()[2].decode()
    return found


def _changes(folder: Path, kept: Mapping[str, str], paths: Iterable[str]) -> dict[str, LastChange]:
    asked = {path: kept.get(path) for path in paths}
    commits = _last_commits(folder, {path: name for path, name in asked.items() if name})
    return {path: _change(folder / path, name, commits.get(path)) for path, name in asked.items()}


def _change(file: Path, name: str | None, commit: _Commit | None) -> LastChange:
    if name is None:
        return LastChange(State.NEW, "", "")
    if commit is None or not _has_content(file, name):
        return LastChange(State.MODIFIED, commit.hash if commit else "", "")
    if commit.is_cut_off:
        return LastChange(State.KEPT, commit.hash, "")
    return LastChange(State.COMMITTED, commit.hash, commit.time)


def _has_content(file: Path, name: str) -> bool:
    """Return whether the bytes of a file are git's object of this name, or would be with the line ends of Unix.

    Never for a link, a pipe or a device, and never for a file larger than those that are read.
    """
    try:
        facts = file.lstat()
        content = file.read_bytes() if S_ISREG(facts.st_mode) and facts.st_size <= data_files.LARGEST else None
    except OSError:
        content = None
    if content is None:
        return False
    return name in (_object_name(content, len(name)), _object_name(content.replace(b"\r\n", b"\n"), len(name)))


def _object_name(content: bytes, length: int) -> str:
    kind = hashlib.sha256 if length == 64 else hashlib.sha1
    return kind(b"blob %d\0%b" % (len(content), content), usedforsecurity=False).hexdigest()


@dataclass(frozen=True, slots=True)
class _Commit:
    hash: str
    time: str
    is_cut_off: bool
    """Whether what was before it is not known."""


def _last_commits(folder: Path, wanted: dict[str, str]) -> dict[str, _Commit]:
    """Return path → the newest commit that gave the file at the path the wanted content."""
    prefix = folder_in_repository(folder)
    is_shallow = git.line(folder, "rev-parse", "--is-shallow-repository") == "true"
    missing = {prefix + path: (path, name) for path, name in wanted.items()}
    found: dict[str, _Commit] = {}
    for commit, path, name in _log(folder, is_shallow) if missing else ():
        if path in missing and missing[path][1] == name:
            found[missing.pop(path)[0]] = commit
            if not missing:
                break
    return found


def _log(folder: Path, is_shallow: bool) -> Iterator[tuple[_Commit, str, str]]:
    """Yield each commit with each file that it changed and the name of the new content, newest first.

    Of a merge only those files count that are as in none of its parents; their paths begin at the checkout's root.
    """
    form = ("--raw", "-c", "-z", "--no-abbrev", "--no-renames", "--no-relative", "--no-ext-diff", "--no-textconv")
    log = git.records(folder, "log", "--topo-order", "--no-color", "--format=%x01%H %ct %P", *form, "HEAD", "--", ".")
    commit = None
    for record in log:
        record = record.lstrip(b"\n")
        if record.startswith(b"\1"):
            name, seconds, *parents = record[1:].decode("ascii").split()
            commit = _Commit(name, _utc(seconds), is_shallow and not parents)
        elif record.startswith(b":") and commit:
            yield commit, os.fsdecode(next(log, b"")), record.split()[-2].decode("ascii")


def _utc(seconds: str) -> str:
    """Return a time as it is written in a graph; empty where no calendar has it."""
    try:
        return datetime.fromtimestamp(int(seconds), UTC).strftime("%Y-%m-%dT%H:%M:%SZ").rjust(20, "0")
    except (ValueError, OverflowError, OSError):
        return ""
