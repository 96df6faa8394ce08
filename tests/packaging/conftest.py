"""The two files that are published: built once from the files that git knows, and from the sdist again."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
import tarfile
from pathlib import Path
from typing import NamedTuple

import pytest

from tests.conftest import ROOT

VENDOR = Path("server", "static", "vendor")


class PublishedFiles(NamedTuple):
    """The files of one build."""

    sdist: Path
    wheel: Path


def build(source: Path, folder: Path) -> PublishedFiles:
    """Build both files from a source tree without a program to fetch anything."""
    folder.mkdir()
    hooks = "import sys, hatchling.build as b; b.build_sdist(sys.argv[1]); b.build_wheel(sys.argv[1])"
    environ = {**os.environ, "SOURCE_DATE_EPOCH": "1700000000", "PATH": str(folder / "nothing")}
    subprocess.run([sys.executable, "-c", hooks, str(folder)], cwd=source, env=environ, check=True, capture_output=True)
    (sdist,), (wheel,) = folder.glob("*.tar.gz"), folder.glob("*.whl")
    return PublishedFiles(sdist, wheel)


@pytest.fixture(scope="session")
def clean_tree(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Copy what git knows of this checkout, and the browser libraries if they were fetched."""
    listed = subprocess.run(["git", "ls-files", "-z"], cwd=ROOT, capture_output=True, text=True, check=False)
    if listed.returncode:
        pytest.skip("not a git checkout")
    tree = tmp_path_factory.mktemp("clean") / "tree"
    for name in filter(None, listed.stdout.split("\0")):
        if (ROOT / name).exists():
            (tree / name).parent.mkdir(parents=True, exist_ok=True)
            shutil.copy(ROOT / name, tree / name, follow_symlinks=False)
    if (ROOT / VENDOR).is_dir():
        shutil.copytree(ROOT / VENDOR, tree / VENDOR)
    return tree


@pytest.fixture(scope="session")
def published(clean_tree: Path) -> PublishedFiles:
    return build(clean_tree, clean_tree.parent / "dist")


@pytest.fixture(scope="session")
def unpacked(published: PublishedFiles, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Unpack the sdist and return its only folder."""
    folder = tmp_path_factory.mktemp("sdist")
    with tarfile.open(published.sdist) as archive:
        archive.extractall(folder, filter="data")
    (only,) = folder.iterdir()
    return only


def alone(folder: Path) -> dict[str, str]:
    """Return an environment without this checkout and without programs such as npm, Java and git."""
    kept = {name: text for name, text in os.environ.items() if not name.startswith(("PYTHON", "VIRTUAL_ENV"))}
    return {**kept, "PATH": str(folder)}


def size_of(environment: Path) -> float:
    """Return the size of the packages in an environment in MB, without those that every environment has."""
    (packages,) = environment.glob("lib/python*/site-packages")
    tools = {"pip", "setuptools", "pkg_resources", "_distutils_hack"}
    files = [file for file in packages.rglob("*") if file.relative_to(packages).parts[0].partition("-")[0] not in tools]
    return sum(file.stat().st_size for file in files) / 1_000_000
