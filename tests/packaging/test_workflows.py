"""The workflows and the action: no text of strangers becomes part of a script, and a step may do only what it must."""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
import yaml

from kg import __version__
from tests.conftest import ROOT

WORKFLOWS = sorted((ROOT / ".github" / "workflows").glob("*.yml"))
ACTION = ROOT / "action.yml"


def read(file: Path) -> dict[Any, Any]:
    found: dict[Any, Any] = yaml.safe_load(file.read_text(encoding="utf-8"))
    return found


def steps(file: Path) -> Iterator[dict[str, Any]]:
    content = read(file)
    for job in content.get("jobs", {"": content.get("runs")}).values():
        yield from job["steps"]


@pytest.mark.parametrize("file", [*WORKFLOWS, ACTION], ids=lambda file: file.name)
def test_a_script_takes_values_only_from_its_environment(file: Path) -> None:
    for step in steps(file):
        assert "${{" not in step.get("run", ""), step


@pytest.mark.parametrize("file", [*WORKFLOWS, ACTION], ids=lambda file: file.name)
def test_an_action_of_others_has_a_version(file: Path) -> None:
    for step in steps(file):
        assert re.fullmatch(r"[\w-]+/[\w/-]+@(v\d+(\.\d+){0,2}|[0-9a-f]{40})", step.get("uses", "own/script@v1"))


@pytest.mark.parametrize("file", WORKFLOWS, ids=lambda file: file.name)
def test_a_workflow_may_only_read_and_keeps_no_credentials(file: Path) -> None:
    content = read(file)
    assert content["permissions"] == {"contents": "read"}
    assert "pull_request_target" not in content[True]  # YAML 1.1 reads the word on as true
    for step in steps(file):
        if step.get("uses", "").startswith("actions/checkout@"):
            assert step["with"]["persist-credentials"] is False


def test_the_versions_of_python_that_are_tested_are_those_that_are_promised() -> None:
    job = read(ROOT / ".github" / "workflows" / "ci.yml")["jobs"]["test"]
    promised = re.findall(r'"Programming Language :: Python :: (3\.\d+)"', (ROOT / "pyproject.toml").read_text("utf-8"))
    assert job["strategy"]["matrix"]["python"] == promised


def test_the_citation_names_the_version() -> None:
    assert read(ROOT / "CITATION.cff")["version"] == __version__
