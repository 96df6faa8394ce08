"""The constraints of the images name what they need, each in one version with hashes."""

from __future__ import annotations

import re
import subprocess
import sys
import tomllib
from importlib.metadata import requires
from pathlib import Path

import pytest
from packaging.requirements import Requirement
from packaging.utils import canonicalize_name

from tests.conftest import ROOT
from tests.replication.nginx import DEPLOY

CONSTRAINTS = DEPLOY / "constraints.txt"
SERVING = DEPLOY / "serving.txt"
FILES = [CONSTRAINTS, SERVING, DEPLOY / "engine" / "constraints.txt"]


def pinned(file: Path) -> dict[str, str]:
    """Return package → version."""
    found = re.findall(r"^([\w.-]+)==([^\s;]+)", file.read_text(encoding="utf-8"), re.MULTILINE)
    return {canonicalize_name(name): version for name, version in found}


def needed(*extras: str) -> list[Requirement]:
    """Return what the program with these extras and its packages need here, as the installed packages say it."""
    project = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]
    found = list[Requirement]()
    fresh = [*project["dependencies"], *(each for extra in extras for each in project["optional-dependencies"][extra])]
    while fresh:
        requirement = Requirement(fresh.pop())
        if requirement in found or (requirement.marker and not requirement.marker.evaluate({"extra": ""})):
            continue
        found.append(requirement)
        fresh += requires(requirement.name) or []
    return found


def test_every_requirement_is_pinned_to_a_version_that_it_allows() -> None:
    versions = pinned(CONSTRAINTS)
    for requirement in needed("compression"):
        version = versions.get(canonicalize_name(requirement.name))
        assert version, f"{requirement} is missing"
        assert requirement.specifier.contains(version, prereleases=True), requirement


def packages(file: Path) -> list[str]:
    """Return what a file says of each package."""
    text = re.sub(r"^#.*\n", "", file.read_text(encoding="utf-8"), flags=re.MULTILINE)
    return re.split(r"^(?=\w)", text, flags=re.MULTILINE)[1:]


@pytest.mark.parametrize("file", FILES, ids=lambda file: f"{file.parent.name}/{file.name}")
def test_every_package_has_a_hash_and_none_an_address(file: Path) -> None:
    assert len(packages(file)) == len(pinned(file)) > 0
    assert all(re.search(r"--hash=sha256:[0-9a-f]{64}$", package, re.MULTILINE) for package in packages(file))
    assert not re.search(r"://|--(?:extra-)?index|--find-links", "".join(packages(file)))


def test_a_server_alone_has_the_same_versions_and_hashes() -> None:
    assert set(packages(SERVING)) < set(packages(CONSTRAINTS))


def test_an_image_installs_these_and_nothing_else() -> None:
    _, build, engine, image = (DEPLOY / "Dockerfile").read_text(encoding="utf-8").split("\nFROM ")
    assert "pip install" not in build
    for stage, file in ((image, CONSTRAINTS), (engine, FILES[-1])):
        assert f"source={file.relative_to(ROOT)},target=/constraints.txt" in stage
        for install in stage.split("pip install ")[1:]:
            assert "--require-hashes -r /constraints.txt" in install or "--no-deps /wheels/" in install


def test_hadolint_finds_nothing_in_the_dockerfile() -> None:
    program = Path(sys.executable).with_name("hadolint")
    if not program.exists():
        pytest.skip("hadolint is not installed")
    done = subprocess.run([program, DEPLOY / "Dockerfile"], capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stdout + done.stderr
