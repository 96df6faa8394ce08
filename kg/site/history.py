"""The last change of each file of a site, and the files that differ from a commit.

Git supplies commits and trees; files of the working tree are hashed here, since git would run the filters in the
checkout's attributes to compare them.
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
    """Relation of a file to the commit of its :class:`LastChange`."""

    COMMITTED = "committed"
    """The commit gave the file its current content."""
    KEPT = "kept"
    """The file is as in the commit, at which a shallow clone begins; the commit that changed it is not known."""
    MODIFIED = "modified"
    """The file was changed after the commit, and the change is not committed."""
    NEW = "new"
    """The file is in no commit."""


@dataclass(frozen=True, slots=True)
class LastChange:
    """The last known change of a file."""

    state: State
    commit: str
    """Full hash of the commit; empty for a new file."""
    time: str
    """Time of the commit, as ``2026-01-31T12:00:00Z``; empty unless the state is ``COMMITTED``."""


def read_history(folder: Path, paths: Iterable[str]) -> Mapping[str, LastChange]:
    """Return path → last change of each of a site's files; empty if the folder is in no checkout, or git fails.

    A commit is named only for a file whose bytes are those of the commit, apart from line ends of Windows. Three git
    processes are run for all files. The result is empty for a folder that its repository ignores.
    """
    try:
        tree = _tree(folder, "HEAD")
        return _changes(folder, tree, list(paths)) if tree else {}
    except SiteError:
        return {}


def changed_since(folder: Path, revision: str) -> set[str]:
    """Return the paths below a folder that differ from a commit: changed, deleted, staged, or untracked.

    A folder's path stands for all of its files. Files that git ignores are left out unless the commit has them. Every
    changed page and data file is returned, but some returned files may be unchanged to git: files that a filter of the
    checkout rewrites (Git LFS, ``ident``, another encoding), files above the size limit of readers, symbolic links,
    submodules and nested repositories. Line ends of Windows do not count as a change.

    Raises:
        SiteError: when the folder is in no checkout, or git does not know the commit or lacks its objects.
    """
    tree = _tree(folder, git.commit(folder, revision))
    listed = git.records(folder, "ls-files", "-z", "--cached", "--others", "--exclude-standard")
    known = {os.fsdecode(path).removesuffix("/") for path in listed}
    return {path for path in tree.keys() | known if path not in tree or not _has_content(folder / path, tree[path])}


def with_history(site: Site) -> Site:
    """Return the site with the last changes of its pages and data files."""
    data = (file.relative_to(site.folder).as_posix() for file in data_files.files(site.folder / data_files.FOLDER))
    return replace(site, history=read_history(site.folder, [*site.files(), *data]))


def folder_in_repository(folder: Path) -> str:
    """Return the folder's path in its repository, with a trailing slash; empty at the root or outside a repository."""
    try:
        return git.line(folder, "rev-parse", "--show-prefix")
    except SiteError:
        return ""


def digest(history: Mapping[str, LastChange]) -> str:
    """Return a hash of all last changes; it also differs if only a commit differs and no file's bytes do.

    >>> digest({}) == digest({}), digest({}) == digest({"a.md": LastChange(State.NEW, "", "")})
    (True, False)
    """
    lines = (f"{path}\0{change.state.value}\0{change.commit}\0{change.time}" for path, change in history.items())
    return hashlib.sha256("\n".join(sorted(lines)).encode("utf-8", "surrogateescape")).hexdigest()


def _tree(folder: Path, commit: str) -> dict[str, str]:
    """Return path → object name of the content, for each file below the folder in a commit."""
    found = {}
    for record in git.records(folder, "ls-tree", "-r", "-z", commit):
        facts, _, path = record.partition(b"\t")
        found[os.fsdecode(path)] = facts.split()[2].decode()
    return found


def _changes(folder: Path, tree: Mapping[str, str], paths: Iterable[str]) -> dict[str, LastChange]:
    asked = {path: tree.get(path) for path in paths}
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
    """Return whether the bytes of a file, as they are or with Unix line ends, are the git object of this name.

    False for links, pipes, devices, and files above the size limit of readers.
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
    """True if the parents are missing from a shallow clone."""


def _last_commits(folder: Path, wanted: dict[str, str]) -> dict[str, _Commit]:
    """Return path → the newest commit that gave the file at the path its wanted content."""
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
    """Yield each commit with each file that it changed and the object name of the new content, newest first.

    For a merge, only files that differ from all parents count. Paths are relative to the checkout's root.
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
    """Return a time in seconds as it is written in a graph; empty if it is out of the calendar's range."""
    try:
        return datetime.fromtimestamp(int(seconds), UTC).strftime("%Y-%m-%dT%H:%M:%SZ").rjust(20, "0")
    except (ValueError, OverflowError, OSError):
        return ""
