"""The bytes of a release are read once, beside the requests; a changed byte is found all the same."""

from __future__ import annotations

import contextlib
import ctypes
import json
import os
import signal
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from kg.errors import ReleaseError
from kg.release import Release, is_verified, open_release, verify
from kg.release.verifying import remember
from tests.server.serving import QUADS, Start, make_release, many, run_server, until
from tests.writing.clients import run_writable

pytestmark = pytest.mark.slow

SIZE = 4_000_000
LARGE = 2**29
"""Bytes of a file that takes a while to read; it has holes only, and takes no space."""


@pytest.fixture
def release(tmp_path: Path) -> Release:
    """Return a release with one file of :data:`SIZE` bytes, which is not known to be whole."""
    made = make_release(tmp_path / "out", [*QUADS, f'<a:s> <a:p> "{"x" * SIZE}"'])
    record(made).unlink()
    time.sleep(0.05)  # so that its files are older than their verification
    return made


def record(release: Release) -> Path:
    return release.folder.parent / f".{release.id}.verified"


def read_by(work: Callable[[], object]) -> int:
    """Return the number of bytes that this process reads in the course of the work."""
    before = _read()
    work()
    return _read() - before


def _read() -> int:
    return int(Path("/proc/self/io").read_text().split()[1])


def add_large(release: Release) -> None:
    """Add a file to the release that takes a while to read, and whose checksum is wrong."""
    with (release.folder / "large").open("wb") as file:
        file.truncate(LARGE)
    manifest = json.loads((release.folder / "manifest.json").read_text())
    manifest["files"]["large"] = {"bytes": LARGE, "sha256": "0"}
    (release.folder / "manifest.json").write_text(json.dumps(manifest))


def test_a_file_is_read_once(release: Release) -> None:
    assert not is_verified(release)
    assert read_by(lambda: verify(release)) > SIZE
    assert is_verified(release)
    assert read_by(lambda: verify(release)) < SIZE / 100
    (release.folder / "graph.nq").touch()
    assert not is_verified(release)
    size = (release.folder / "graph.nq").stat().st_size
    assert size < read_by(lambda: verify(release)) < size + SIZE / 100


def test_what_was_just_published_is_known_to_be_whole(tmp_path: Path) -> None:
    made = make_release(tmp_path / "out", many(50_000))
    known = json.loads(record(made).read_text())
    assert "graph.nq" in known
    assert read_by(lambda: verify(made)) < made.graph.stat().st_size


def test_a_file_that_was_written_a_moment_ago_is_recorded_as_well(release: Release) -> None:
    release.graph.chmod(0o644)
    remember(release)
    assert is_verified(release)


def test_a_file_of_a_time_to_come_is_not_recorded(release: Release) -> None:
    os.utime(release.store / "CURRENT", (1 << 33, 1 << 33))
    remember(release)
    assert not is_verified(release)


def test_a_changed_byte_is_found_though_size_and_time_are_the_same(release: Release) -> None:
    verify(release)
    before = release.graph.stat()
    with release.graph.open("r+b") as file:
        file.seek(SIZE // 2)
        file.write(b"y")
    os.utime(release.graph, ns=(before.st_atime_ns, before.st_mtime_ns))
    assert release.graph.stat().st_mtime_ns == before.st_mtime_ns
    with pytest.raises(ReleaseError, match=r"graph\.nq is damaged; build the release again"):
        verify(release)


def test_a_file_that_changed_while_it_was_verified_is_read_again(release: Release) -> None:
    release.graph.touch()
    verify(release)
    assert "graph.nq" not in json.loads(record(release).read_text())


@pytest.mark.parametrize("mode", [0o620, 0o602])
def test_a_record_that_others_can_write_is_not_used(release: Release, mode: int) -> None:
    verify(release)
    record(release).chmod(mode)
    assert not is_verified(release)


@pytest.mark.skipif(os.geteuid() != 0, reason="only root can give a file away")
def test_a_record_of_another_user_is_not_used(release: Release) -> None:
    verify(release)
    os.chown(record(release), 12345, -1)
    assert not is_verified(release)


@pytest.mark.parametrize("content", ["[]", "{", '{"graph.nq": 3}', '{"graph.nq": ["0", 1, 2, 3, 4]}', "\x00"])
def test_a_damaged_record_is_not_used(release: Release, content: str) -> None:
    record(release).write_text(content)
    assert not is_verified(release)
    verify(release)
    assert is_verified(release)


def test_a_link_is_no_record(release: Release, tmp_path: Path) -> None:
    verify(release)
    record(release).rename(tmp_path / "aside")
    record(release).symlink_to(tmp_path / "aside")
    assert not is_verified(release)


@contextlib.contextmanager
def opens(file: Path) -> Iterator[Callable[[], int]]:
    """Count how many times the file is opened."""
    libc = ctypes.CDLL(None)
    watch = libc.inotify_init1(os.O_NONBLOCK)
    libc.inotify_add_watch(watch, bytes(file), 0x20)
    counted = 0

    def count() -> int:
        nonlocal counted
        with contextlib.suppress(BlockingIOError):
            counted += len(os.read(watch, 65536)) // 16  # bytes of an event without a name
        return counted

    try:
        yield count
    finally:
        os.close(watch)


@pytest.mark.slow
def test_a_start_reads_each_file_once_and_a_second_start_none(start: Start, release: Release) -> None:
    with opens(release.graph) as count:
        for _ in range(2):
            server = start(release.folder.parent.parent)
            assert server.query("ASK {}").status == 200
            until(lambda: is_verified(release))
            assert count() == 1
            server.end()


@pytest.mark.slow
def test_a_second_start_of_a_writable_server_reads_no_file_to_verify_it(tmp_path: Path, release: Release) -> None:
    for _ in range(2):
        client = run_writable(tmp_path, "--release", str(release.folder.parent.parent))
        assert client.update("INSERT DATA { <http://e.example/s> <http://e.example/p> 1 }").status == 204
        assert client.server.end() == 0
        assert is_verified(release)


@pytest.mark.slow
def test_requests_are_answered_while_a_new_release_is_verified(start: Start, own_releases: Path) -> None:
    server = start(own_releases)
    old = server.release()
    new = make_release(own_releases.parent / "next", many(3))
    add_large(new)
    (own_releases / "next").symlink_to(new.folder)
    (own_releases / "next").replace(own_releases / "current")
    answered = 0
    while "keeping release" not in server.log.read_text():
        assert server.release() == old
        assert server.query(f"ASK {{ <a:b> <a:c> {answered} }}").status == 200
        answered += 1
        time.sleep(0.01)  # a server without a pause leaves little of the machine to the verification
    assert answered > 10
    assert f"keeping release {old}: {new.folder / 'large'} is damaged" in server.log.read_text()
    assert server.query("ASK { <http://example.org/1> ?p ?o }").text.endswith("false}")


@pytest.mark.slow
def test_a_large_release_is_served_at_once_and_withdrawn_if_it_is_damaged(start: Start, release: Release) -> None:
    add_large(release)
    server = start(release.folder)
    assert server.query("ASK {}").status == 200
    assert server.process.wait() == 2
    assert server.log.read_text().splitlines()[-1].startswith(f"kg: error: {release.folder / 'large'} is damaged; ")
    assert "Traceback" not in server.log.read_text()


@pytest.mark.slow
def test_a_verification_ends_with_its_server(tmp_path: Path, release: Release) -> None:
    add_large(release)
    server = run_server(tmp_path, ["--release", str(release.folder), "--port", "0"])
    family = server.family()
    assert server.end(signal.SIGKILL)
    until(lambda: not any(Path(f"/proc/{pid}").exists() for pid in family))


def test_a_release_that_cannot_be_recorded_is_verified_each_time(release: Release) -> None:
    record(release).mkdir()
    verify(release)
    assert not is_verified(release)
    assert {path.name for path in release.folder.parent.iterdir()} == {release.id, record(release).name}
    with release.graph.open("r+b") as file:
        file.write(b"y")
    with pytest.raises(ReleaseError):
        verify(open_release(release.folder))
