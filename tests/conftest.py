"""Fixtures for all tests: small sites, one release of the shipped content, and the mark of slow tests."""

from __future__ import annotations

import fcntl
import os
import subprocess
import sys
from collections.abc import Callable, Mapping
from pathlib import Path

import pytest
from hypothesis import settings

from tests import guidance_site

TESTS = Path(__file__).parent
ROOT = TESTS.parent
SLOW_FOLDERS = {"hostile", "screens", "w3c", "writing"}
"""Folders of tests that attack a server, write into one, take pictures in a browser, or run the W3C suites."""
SLOW_FIXTURES = {"browser", "start"}
"""Fixtures that start a browser, or a server for one test alone; the servers that many tests share are fast."""

settings.register_profile("any machine", deadline=None)
settings.load_profile("any machine")


def pytest_addoption(parser: pytest.Parser) -> None:
    parser.addoption("--accept", action="store_true", help="write what came out as what is expected")


def pytest_itemcollected(item: pytest.Item) -> None:
    """Mark a test as slow if its folder or one of its fixtures is slow; other slow tests are marked in their files."""
    if item.path.parent.name in SLOW_FOLDERS or SLOW_FIXTURES & set(getattr(item, "fixturenames", ())):
        item.add_marker("slow")


def kg(*arguments: str | Path, cwd: Path = ROOT) -> subprocess.CompletedProcess[str]:
    """Run the command ``kg`` as a process of its own."""
    command = [sys.executable, "-m", "kg", *map(str, arguments)]
    return subprocess.run(command, cwd=cwd, capture_output=True, text=True, check=False)


def write_site(
    folder: Path,
    files: Mapping[str, str],
    config: str = "title: A site\nurl: https://site.example\nlicense: CC-BY-4.0\n",
) -> Path:
    """Write a site of these files, path → text, with this ``_config.yml``, and return its folder."""
    for name, text in {"_config.yml": config, **files}.items():
        file = folder / name
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_text(text, encoding="utf-8")
    return folder


@pytest.fixture(scope="session")
def guidance_release(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Build a small site with a guidance page and return the output folder."""
    folder = tmp_path_factory.mktemp("guidance")
    site = write_site(folder / "spectra", guidance_site.FILES, guidance_site.CONFIG)
    done = kg("build", site, "--out", folder / "out", "--reasoner", "owlrl")
    assert done.returncode == 0, done.stderr
    return folder / "out"


@pytest.fixture(scope="session")
def reference_release(tmp_path_factory: pytest.TempPathFactory) -> Callable[..., Path]:
    """Return a function that builds sites of reference, once for all processes of the run, for tests that only read."""
    folder = tmp_path_factory.getbasetemp()
    shared = folder.parent if "PYTEST_XDIST_WORKER" in os.environ else folder

    def build(*names: str) -> Path:
        out = shared / "-".join(names)
        with out.with_suffix(".lock").open("w") as lock:
            fcntl.flock(lock, fcntl.LOCK_EX)
            if not (out / "current").exists():
                sites = (Path(os.environ["KG_REFERENCE"], "corpus", name) for name in names)
                done = kg("build", *sites, "--out", out, "--reasoner", "owlrl")
                assert done.returncode == 0, done.stderr
        return out

    return build


@pytest.fixture(scope="session")
def content_release(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Build the shipped content and return the output folder."""
    out = tmp_path_factory.mktemp("content")
    done = kg("build", "--out", out, "--reasoner", "owlrl")
    assert done.returncode == 0, done.stderr
    return out
