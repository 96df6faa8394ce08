"""A small release, and functions that read one."""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest

from kg.release import Release, open_release
from tests.server.conftest import start
from tests.server.serving import QUADS, make_release, many

__all__ = ["start"]


@pytest.fixture(scope="session")
def made(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Return an output folder with a release, one file of which has some hundred kB."""
    out = tmp_path_factory.mktemp("made") / "out"
    make_release(out, QUADS + many(4000))
    return out


@pytest.fixture
def release(made: Path, tmp_path: Path) -> Release:
    """Return the release in an output folder of its own."""
    shutil.copytree(made, tmp_path / "origin", symlinks=True)
    return open_release(tmp_path / "origin")


def content(folder: Path) -> dict[str, bytes]:
    """Return path → bytes of every file below a folder."""
    return {file.relative_to(folder).as_posix(): file.read_bytes() for file in folder.rglob("*") if file.is_file()}
