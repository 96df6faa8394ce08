"""The image's constraints name what the program needs, each in one version with hashes."""

from __future__ import annotations

import re
import tomllib
from importlib.metadata import requires

from packaging.requirements import Requirement
from packaging.utils import canonicalize_name

from tests.conftest import ROOT
from tests.replication.nginx import DEPLOY

CONSTRAINTS = (DEPLOY / "constraints.txt").read_text(encoding="utf-8")
PINNED = {
    canonicalize_name(name): version
    for name, version in re.findall(r"^([\w.-]+)==([^\s;]+)", CONSTRAINTS, re.MULTILINE)
}


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
    for requirement in needed("compression"):
        pinned = PINNED.get(canonicalize_name(requirement.name))
        assert pinned, f"{requirement} is missing"
        assert requirement.specifier.contains(pinned, prereleases=True), requirement


def test_every_package_has_a_hash_and_none_an_address() -> None:
    packages = re.split(r"^(?=\w)", re.sub(r"^#.*\n", "", CONSTRAINTS, flags=re.MULTILINE), flags=re.MULTILINE)[1:]
    assert len(packages) == len(PINNED)
    assert all(re.search(r"--hash=sha256:[0-9a-f]{64}$", package, re.MULTILINE) for package in packages)
    assert not re.search(r"://|--(?:extra-)?index|--find-links", CONSTRAINTS)


def test_the_image_installs_these_and_nothing_else() -> None:
    dockerfile = (DEPLOY / "Dockerfile").read_text(encoding="utf-8").rpartition("\nFROM ")[2]
    assert "--require-hashes -r /constraints.txt" in dockerfile
    assert "--no-deps /wheels/" in dockerfile
