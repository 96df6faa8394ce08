"""A small release, and functions that read one."""

from __future__ import annotations

from pathlib import Path

import pytest

from kg.release import Release
from tests.server.conftest import start
from tests.server.serving import QUADS, make_release, many

__all__ = ["start"]


@pytest.fixture
def release(tmp_path: Path) -> Release:
    """Return a release of an output folder of its own, with one file of some hundred kB."""
    return make_release(tmp_path / "origin", QUADS + many(4000))


def content(folder: Path) -> dict[str, bytes]:
    """Return path → bytes of every file below a folder."""
    return {file.relative_to(folder).as_posix(): file.read_bytes() for file in folder.rglob("*") if file.is_file()}
