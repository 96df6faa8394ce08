"""A file of settings that is a pipe, a device or far too large is an error, and no command waits for it."""

from __future__ import annotations

import os
import shutil
from pathlib import Path

import pytest

from tests.conftest import ROOT, kg

pytestmark = pytest.mark.slow

PIPE, DEVICE, HUGE = "pipe", "device", "huge"
NO_FILE, LARGE = "it is no regular file", "it is larger than 5 MB"


def put(file: Path, kind: str) -> None:
    """Put something at the place of a file of settings."""
    file.parent.mkdir(exist_ok=True)
    file.unlink(missing_ok=True)
    if kind == PIPE:
        os.mkfifo(file)
    elif kind == DEVICE:
        file.symlink_to("/dev/zero")
    else:
        with file.open("wb") as opened:
            opened.truncate(1 << 40)


@pytest.mark.parametrize(("kind", "reason"), [(PIPE, NO_FILE), (DEVICE, NO_FILE), (HUGE, LARGE)])
def test_settings_of_the_program_are_a_small_file(tmp_path: Path, kind: str, reason: str) -> None:
    put(tmp_path / "kg.toml", kind)
    for arguments in (("settings",), ("serve",), ("update",), ("update", "--config", "kg.toml")):
        done = kg(*arguments, cwd=tmp_path)
        assert done.returncode == 2
        assert done.stderr.strip().endswith(f"kg.toml cannot be read: {reason}")


@pytest.mark.parametrize(("kind", "reason"), [(PIPE, NO_FILE), (HUGE, LARGE)])
def test_settings_of_a_site_are_a_small_file(tmp_path: Path, kind: str, reason: str) -> None:
    shutil.copytree(ROOT / "content", tmp_path / "site")
    put(tmp_path / "site" / "rdm-kg.toml", kind)
    done = kg("check", "site", cwd=tmp_path)
    assert done.returncode == 2
    assert done.stderr.strip().endswith(f"site/rdm-kg.toml cannot be read: {reason}")


@pytest.mark.parametrize("name", ["CNAME", "Gemfile", "_plugins/tags.rb"])
@pytest.mark.parametrize("kind", [PIPE, HUGE])
def test_what_a_site_has_beside_its_settings_is_not_waited_for(tmp_path: Path, name: str, kind: str) -> None:
    shutil.copytree(ROOT / "content", tmp_path / "site")
    expected = kg("check", "site", cwd=tmp_path)
    put(tmp_path / "site" / name, kind)
    done = kg("check", "site", cwd=tmp_path)
    assert (done.returncode, done.stdout) == (expected.returncode, expected.stdout)
