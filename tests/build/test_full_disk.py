"""A build whose file system takes no more ends with one line, and the release before stays current and whole."""

from __future__ import annotations

import os
import re
import shutil
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from kg.release import current_id, open_release, verify
from tests.conftest import ROOT, kg

pytestmark = pytest.mark.slow
SIZE = 64 * 1024 * 1024


@contextmanager
def small_disk(folder: Path, size: int) -> Iterator[Path]:
    """Create a folder with a file system of so many bytes; skip the test if this user may mount none."""
    folder.mkdir()
    if not mount("-t", "tmpfs", "-o", f"size={size}", "tmpfs", folder):
        pytest.skip("this user may mount no file system")
    try:
        yield folder
    finally:
        subprocess.run(["umount", folder], check=True)


def mount(*arguments: object) -> bool:
    program = shutil.which("mount")
    if not program:
        return False
    return subprocess.run([program, *map(str, arguments)], capture_output=True, check=False).returncode == 0


@pytest.fixture(params=["One more line.", "See [one](https://www.example.org/one)."], ids=["words", "link"])
def disk(tmp_path: Path, request: pytest.FixtureRequest) -> Iterator[Path]:
    """A small file system with a release of the example site, and the site with one page changed."""
    with small_disk(tmp_path / "disk", SIZE) as disk:
        site = shutil.copytree(ROOT / "content", tmp_path / "site")
        assert build(site, disk).returncode == 0
        page = min(site.glob("pages/**/*.md"))
        page.write_text(f"{page.read_text(encoding='utf-8')}\n{request.param}\n", encoding="utf-8")
        yield disk


def build(site: Path, disk: Path) -> subprocess.CompletedProcess[str]:
    return kg("build", site, "--out", disk / "out", "--reasoner", "owlrl", "--quiet")


def check_refused(disk: Path, reason: str) -> None:
    """Build and check that it fails for this reason, and nothing else has changed."""
    before = current_id(disk / "out")
    done = build(disk.parent / "site", disk)
    assert (done.returncode, done.stdout) == (2, "")
    assert re.fullmatch(rf"kg: error: (?!\[\().*{reason}.*\n", done.stderr, re.IGNORECASE), done.stderr
    assert current_id(disk / "out") == before
    verify(open_release(disk / "out"))
    assert list((disk / "out" / "releases").glob(".new-*")) == []


def test_a_disk_that_is_full_at_any_step_keeps_the_release_before(disk: Path) -> None:
    filling = disk / "filling"
    for left in (0, 100_000, 250_000, 500_000, 1_000_000, 1_500_000):
        filling.unlink(missing_ok=True)
        free = os.statvfs(disk).f_bavail * os.statvfs(disk).f_frsize
        with filling.open("wb") as file:
            os.posix_fallocate(file.fileno(), 0, max(free - left, 1))
        check_refused(disk, "no space left on device")
    filling.unlink()
    before = current_id(disk / "out")
    assert build(disk.parent / "site", disk).returncode == 0
    assert current_id(disk / "out") != before


def test_a_disk_that_is_read_only_keeps_the_release_before(disk: Path) -> None:
    assert mount("-o", "remount,ro", disk)
    check_refused(disk, "read-only file system")
