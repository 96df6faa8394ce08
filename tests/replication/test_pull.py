"""``kg pull`` copies from a server, is killed and continued, and is followed by a server over the copy."""

from __future__ import annotations

import random
import signal
import subprocess
import sys
import time
from http.server import BaseHTTPRequestHandler
from pathlib import Path

import pytest

from kg.release import Release
from tests.conftest import ROOT, kg
from tests.replication.conftest import content
from tests.replication.strangers import send, stranger
from tests.server.serving import QUADS, Start, make_release, many, until

pytestmark = pytest.mark.slow

RUN = [sys.executable, "-m", "kg", "pull"]


def test_a_copy_of_a_server_is_the_release(release: Release, start: Start, tmp_path: Path) -> None:
    url = start(tmp_path / "origin").url
    done = kg("pull", url, "--out", tmp_path / "replica")
    assert (done.returncode, done.stdout.strip()) == (0, str(tmp_path / "replica" / "releases" / release.id))
    assert content(tmp_path / "replica" / "releases" / release.id) == content(release.folder)
    assert "kg serve --release" in done.stderr
    again = kg("pull", url, "-o", tmp_path / "replica")
    assert f"release {release.id} was current in {tmp_path / 'replica'} already; nothing was sent\n" in again.stderr
    assert kg("pull", url.replace("127.0.0.1", "kg.invalid")).returncode == 2


def test_a_copy_that_is_killed_at_any_time_is_continued(release: Release, start: Start, tmp_path: Path) -> None:
    url, out, chance = start(tmp_path / "origin").url, tmp_path / "replica", random.Random(5)
    for _ in range(6):
        with subprocess.Popen([*RUN, url, "--out", out], cwd=ROOT, stderr=subprocess.DEVNULL) as process:
            until(lambda process=process: process.poll() is not None or (out / ".lock").exists())  # type: ignore[misc]
            time.sleep(chance.uniform(0, 0.3))
            process.kill()
        if (out / "current").exists():
            assert content(out / "current") == content(release.folder)
    assert kg("pull", url, "--out", out).returncode == 0
    assert content(out / "current") == content(release.folder)


def test_an_error_that_stays_is_said_once(release: Release, tmp_path: Path) -> None:
    origin, away, out = tmp_path / "origin", tmp_path / "away", tmp_path / "replica"
    rounds = 0

    def absent(request: BaseHTTPRequestHandler) -> None:
        nonlocal rounds
        rounds += 1
        send(request, b"", 404)

    with (
        stranger(absent) as url,
        subprocess.Popen(
            [*RUN, url, "--out", tmp_path / "none", "--follow", "1"], cwd=ROOT, stderr=subprocess.PIPE, text=True
        ) as asking,
    ):
        until(lambda: rounds > 3)
        asking.terminate()
        assert asking.stderr
        assert asking.stderr.read().count("has no release to copy") == 1
    with subprocess.Popen(
        [*RUN, origin, "--out", out, "--follow", "1"], cwd=ROOT, stderr=subprocess.PIPE, text=True
    ) as pulling:
        assert pulling.stderr
        assert pulling.stderr.readline() == f"release {release.id} is current in {out}\n"
        origin.rename(away)
        assert "no release in" in pulling.stderr.readline()
        away.rename(origin)
        assert pulling.stderr.readline() == f"release {release.id} was current in {out} already; nothing was sent\n"
        pulling.terminate()


def test_two_copies_at_once_into_a_folder_are_one(release: Release, start: Start, tmp_path: Path) -> None:
    url, out = start(tmp_path / "origin").url, tmp_path / "replica"
    every = [subprocess.Popen([*RUN, url, "--out", out], cwd=ROOT, stdout=subprocess.PIPE, text=True) for _ in range(4)]
    said = {each.communicate()[0].strip() for each in every}
    assert {each.returncode for each in every} == {0}
    assert said == {str(out / "releases" / release.id)}
    assert content(out / "current") == content(release.folder)
    assert {file.name for file in (out / "releases").iterdir()} == {release.id, f".{release.id}.verified"}


def test_a_copy_for_which_there_is_no_room_is_continued_later(release: Release, tmp_path: Path) -> None:
    origin, out = tmp_path / "origin", tmp_path / "replica"
    kg("pull", origin, "--out", out)
    changed = make_release(origin, QUADS + many(6000))
    assert max(facts["bytes"] for facts in changed.manifest["files"].values()) > 200 << 10
    limited = ["sh", "-c", 'ulimit -f 200; exec "$@"', "sh", *RUN, origin, "--out", out]  # in kB
    done = subprocess.run(limited, cwd=ROOT, capture_output=True, text=True)
    assert (done.returncode, done.stdout) == (2, "")
    assert done.stderr == f"kg: error: the release cannot be written to {out}: file too large\n"
    assert content(out / "current") == content(release.folder)
    assert kg("pull", origin, "--out", out).returncode == 0
    assert content(out / "current") == content(changed.folder)


def test_a_folder_that_cannot_be_written_is_named(release: Release, tmp_path: Path) -> None:
    (tmp_path / "file").touch()
    for out in (Path("/proc/replica"), tmp_path / "file", tmp_path / "file" / "replica"):
        for command in (("pull", tmp_path / "origin", "--out", out), ("publish", tmp_path / "origin", out)):
            done = kg(*command)
            assert done.returncode == 2
            assert str(out) in done.stderr
            assert "Traceback" not in done.stderr
            assert not out.is_dir()


def test_a_server_over_a_copy_follows_the_server_that_is_copied(release: Release, start: Start, tmp_path: Path) -> None:
    origin, out = start(tmp_path / "origin"), tmp_path / "replica"
    command = [*RUN, origin.url, "--out", out, "--follow", "1"]
    with subprocess.Popen(command, cwd=ROOT, stderr=subprocess.PIPE, text=True) as pulling:
        until((out / "current").exists)
        replica = start(out)
        assert replica.release() == release.id
        changed = make_release(tmp_path / "origin", QUADS + many(3))
        until(lambda: replica.release() == changed.id)
        origin.end(signal.SIGKILL)
        assert pulling.stderr
        assert any("cannot be reached" in line for line in pulling.stderr)
        pulling.terminate()
        assert pulling.wait() == 130
    assert replica.release() == changed.id
