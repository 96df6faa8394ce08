"""Copies of releases into folders that take no more, or are made at the same time: a clear error, and nothing lost."""

from __future__ import annotations

import fcntl
import os
import re
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from kg.release import Release, current_id, open_release, release_ids, verify
from tests.build.test_full_disk import mount, small_disk
from tests.conftest import ROOT, kg
from tests.replication.conftest import content
from tests.server.serving import QUADS, Start, make_release, until

pytestmark = pytest.mark.slow

SIZE = 16 * 1024 * 1024


@pytest.fixture
def disk(tmp_path: Path) -> Iterator[Path]:
    """A small file system with a release in the folder ``out``."""
    with small_disk(tmp_path / "disk", SIZE) as disk:
        make_release(disk / "out", QUADS)
        yield disk


@pytest.fixture(params=["pull", "pull from a server", "publish"])
def copy(request: pytest.FixtureRequest, release: Release, start: Start, tmp_path: Path) -> list[str]:
    """Return the command that copies the release into the folder; the folder's name is to be added."""
    if request.param == "publish":
        return ["publish", str(tmp_path / "origin")]
    source = start(tmp_path / "origin").url if request.param.endswith("server") else str(tmp_path / "origin")
    return ["pull", source, "--out"]


def check_refused(disk: Path, copy: list[str], reason: str) -> None:
    """Copy and check that it fails for this reason, and that the release before stays current and whole."""
    before = current_id(disk / "out")
    done = kg(*copy, disk / "out")
    assert (done.returncode, done.stdout) == (2, "")
    assert re.fullmatch(rf"kg: error: (?!\[).*{reason}.*\n", done.stderr, re.IGNORECASE), done.stderr
    assert current_id(disk / "out") == before
    verify(open_release(disk / "out"))
    assert release_ids(disk / "out") == {before}


def fill(disk: Path, left: int) -> None:
    """Leave so many bytes of the disk free."""
    filling = disk / "filling"
    filling.unlink(missing_ok=True)
    free = os.statvfs(disk).f_bavail * os.statvfs(disk).f_frsize
    with filling.open("wb") as file:
        os.posix_fallocate(file.fileno(), 0, max(free - left, 1))


def test_a_folder_that_is_full_keeps_the_release_before(disk: Path, copy: list[str], release: Release) -> None:
    for left in (0, 100_000, 400_000):
        fill(disk, left)
        check_refused(disk, copy, "(?:no room for the release|no space left on device)")
    (disk / "filling").unlink()
    assert kg(*copy, disk / "out").returncode == 0
    assert content(disk / "out" / "current") == content(release.folder)


def test_a_folder_that_others_fill_meanwhile_keeps_the_release_before(
    disk: Path, copy: list[str], release: Release
) -> None:
    """The size of the files is not the room that they need: each has whole blocks."""
    needed = sum(file.stat().st_size for file in release.folder.rglob("*") if file.is_file())
    fill(disk, needed + 8192)
    check_refused(disk, copy, "no space left on device")
    (disk / "filling").unlink()
    assert kg(*copy, disk / "out").returncode == 0
    assert content(disk / "out" / "current") == content(release.folder)


def test_a_folder_that_is_read_only_keeps_the_release_before(disk: Path, copy: list[str]) -> None:
    assert mount("-o", "remount,ro", disk)
    check_refused(disk, copy, "read-only file system")


def test_copies_into_one_folder_at_the_same_time_are_one(copy: list[str], release: Release, tmp_path: Path) -> None:
    out = tmp_path / "out"
    out.mkdir()
    with (out / ".lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)  # until all of them are about to copy
        command = [sys.executable, "-m", "kg", *copy, str(out)]
        running = [subprocess.Popen(command, cwd=ROOT, stderr=subprocess.PIPE, text=True) for _ in range(3)]
        until(lambda: _waiting(out / ".lock") == 3)
    said = [process.communicate()[1] for process in running]
    assert [process.returncode for process in running] == [0, 0, 0], said
    assert content(out / "current") == content(release.folder)
    assert {entry.name for entry in (out / "releases").iterdir()} == {release.id, f".{release.id}.verified"}


def _waiting(lock: Path) -> int:
    """Return the number of processes that wait for a lock."""
    lines = Path("/proc/locks").read_text(encoding="ascii").splitlines()
    return sum("->" in line and f":{lock.stat().st_ino} " in line for line in lines)
