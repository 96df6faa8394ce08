"""Check the bytes of a release's files, and remember which files were found to be whole.

The record of these files is beside the release, as ``.<id>.verified``: for each file its checksum, and inode, size and
times of modification and status change, by which a later change is noticed without reading the file. The files of the
store have no time of status change there: written data are put on top of them by links, which changes it. A record is
used only if it belongs to the user of this process and no other user may write it. Where none can be written, every
file is read again each time.
"""

from __future__ import annotations

import contextlib
import hashlib
import json
import os
import stat
import tempfile
import time
from collections.abc import Mapping
from pathlib import Path

from kg.errors import ReleaseError, in_words
from kg.release.opening import Release, open_release

_TICK = 20_000_000
"""Nanoseconds within which two changes of a file may have the same time."""

_State = list[str | int]


def is_verified(release: Release) -> bool:
    """Return whether all files are recorded as whole and have not changed since."""
    known = _recorded(release)
    try:
        return all(
            known.get(name) == _state(release.folder / name, facts) for name, facts in release.manifest["files"].items()
        )
    except OSError:
        return False


def verify(release: Release) -> None:
    """Compare every file that is not known to be whole with its checksum in the manifest, and remember all of them.

    Raises:
        ReleaseError: when a file is damaged or missing.
    """
    begun, known, found = time.time_ns(), _recorded(release), dict[str, _State]()
    for name, facts in release.manifest["files"].items():
        file = release.folder / name
        try:
            found[name] = _state(file, facts)
            if known.get(name) != found[name] and sha256(file) != facts["sha256"]:
                raise ReleaseError(f"{file} is damaged; build the release again")
        except OSError as error:
            raise ReleaseError(f"{file} cannot be read: {in_words(error)}") from error
    if found != known:
        _record(release, found, begun)


def is_whole(folder: Path) -> bool:
    """Return whether there is a release in a folder that is not damaged."""
    try:
        verify(open_release(folder))
    except ReleaseError:
        return False
    return True


def remember(release: Release) -> None:
    """Record all files of a release as whole: its checksums have just been computed from them.

    Waits for a moment if a file is so young that it would have to be read again.
    """
    found = {name: _state(release.folder / name, facts) for name, facts in release.manifest["files"].items()}
    youngest = max((int(state[-1]) for state in found.values()), default=0)
    time.sleep(min(max(0, youngest + _TICK - time.time_ns()), _TICK) / 1e9 + 1e-6)
    _record(release, found, time.time_ns())


def sha256(file: Path) -> str:
    """Return the SHA-256 of a file in hexadecimal."""
    with file.open("rb") as handle:
        return hashlib.file_digest(handle, "sha256").hexdigest()


def _state(file: Path, facts: Mapping[str, str]) -> _State:
    """Return the checksum that a file must have, and what changes whenever the file is written."""
    seen = file.stat()
    times = [seen.st_mtime_ns] if file.parent.name == "store" else [seen.st_mtime_ns, seen.st_ctime_ns]
    return [facts["sha256"], seen.st_ino, seen.st_size, *times]


def _file(release: Release) -> Path:
    return release.folder.with_name(f".{release.folder.name}.verified")


def _recorded(release: Release) -> Mapping[str, _State]:
    """Return the recorded state of each file; nothing if there is no record, or if another user can have written it."""
    try:
        with os.fdopen(
            os.open(_file(release), os.O_RDONLY | os.O_NOFOLLOW | os.O_NONBLOCK), encoding="utf-8"
        ) as record:
            facts = os.fstat(record.fileno())
            own = facts.st_uid == os.geteuid() and not facts.st_mode & (stat.S_IWGRP | stat.S_IWOTH)
            recorded = json.load(record) if own and stat.S_ISREG(facts.st_mode) else {}
    except (OSError, ValueError):
        return {}
    return recorded if isinstance(recorded, dict) else {}


def _record(release: Release, found: Mapping[str, _State], begun: int) -> None:
    """Write the record, without files that changed so shortly before ``begun`` that a later change could be missed."""
    old = {name: state for name, state in found.items() if int(state[-1]) + _TICK < begun}
    with contextlib.suppress(OSError), contextlib.ExitStack() as on_failure:
        handle, fresh = tempfile.mkstemp(prefix=".verified-", dir=release.folder.parent)
        on_failure.callback(Path(fresh).unlink, missing_ok=True)
        with os.fdopen(handle, "w", encoding="utf-8") as record:
            json.dump(old, record)
        Path(fresh).replace(_file(release))
