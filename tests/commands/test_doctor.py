"""``kg doctor`` without an engine."""

from __future__ import annotations

import platform
from pathlib import Path

import pytest

from kg.release import open_release
from tests.engines.engines import doctor

pytestmark = pytest.mark.slow


def test_it_says_what_is_there(content_release: Path) -> None:
    done = doctor("--release", content_release)
    assert done.returncode == 0, done.stderr
    lines = dict(line.split(": ", 1) for line in done.stdout.splitlines())
    assert lines["Python"] == platform.python_version()
    assert "pyoxigraph " in lines["packages"]
    assert lines["extra online"].startswith("httpx ")
    assert lines["release"] == f"{open_release(content_release).id} in {content_release}"
    assert {"java", "git", "query editor", "sandbox", "extra mcp"} <= set(lines)
    assert "extra test" not in lines


def test_without_a_release_it_says_how_to_make_one(tmp_path: Path) -> None:
    done = doctor("--release", tmp_path)
    assert done.returncode == 1
    assert f"release: none; no release in {tmp_path}; make one with: kg build --out {tmp_path}" in done.stdout


def test_an_engine_that_is_not_there_is_said(content_release: Path) -> None:
    done = doctor("--release", content_release, "--engine", "http://127.0.0.1:9/query")
    assert done.returncode == 1
    assert "engine, release: none; the engine cannot be reached" in done.stdout
