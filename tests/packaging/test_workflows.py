"""The workflows and the action: no text of strangers becomes part of a script, and a step may do only what it must."""

from __future__ import annotations

import re
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
import yaml

from kg import __version__
from tests.conftest import ROOT
from tests.replication.nginx import DEPLOY

WORKFLOWS = sorted((ROOT / ".github" / "workflows").glob("*.yml"))
ACTION = ROOT / "action.yml"
DOCUMENTS = [file for file in sorted((ROOT / "docs").glob("*.md")) if "uses: " in file.read_text(encoding="utf-8")]
PINNED = re.compile(r"[\w-]+/[\w/-]+@[0-9a-f]{40} # v\d+\.\d+\.\d+")
OURS = "<owner>/<this repository>@<tag>"


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


@pytest.mark.parametrize("file", [*WORKFLOWS, ACTION, *DOCUMENTS], ids=lambda file: file.name)
def test_an_action_of_others_is_pinned_to_a_commit_whose_version_is_told(file: Path) -> None:
    for action in re.findall(r"^ *(?:- )?uses: (.+)", file.read_text(encoding="utf-8"), re.MULTILINE):
        assert PINNED.fullmatch(action) or action == OURS, action


def test_an_action_has_the_same_version_everywhere() -> None:
    texts = [file.read_text(encoding="utf-8") for file in (*WORKFLOWS, ACTION, *DOCUMENTS)]
    used = {action for text in texts for action in PINNED.findall(text)}
    assert len(used) == len({action.partition("@")[0] for action in used})


def test_zizmor_finds_nothing_in_the_workflows_and_in_those_of_the_documents(tmp_path: Path) -> None:
    program = Path(sys.executable).with_name("zizmor")
    if not program.exists():
        pytest.skip("zizmor is not installed")
    folder = tmp_path / ".github" / "workflows"
    folder.mkdir(parents=True)
    for document in DOCUMENTS:
        blocks = re.findall(r"^```yaml\n(.+?)^```", document.read_text(encoding="utf-8"), re.MULTILINE | re.DOTALL)
        for number, block in enumerate(block for block in blocks if "\njobs:" in block):
            workflow = block.replace(OURS, f"owner/repository@{'0' * 40} # v1.0.0")
            (folder / f"{document.stem}-{number}.yml").write_text(workflow, encoding="utf-8")
    assert len(list(folder.iterdir())) > 2
    command = [program, "--offline", "--no-progress", ROOT / ".github", ACTION, tmp_path]
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stdout + done.stderr


def test_advisories_are_asked_for_all_that_is_shipped() -> None:
    scripts = "\n".join(step.get("run", "") for step in steps(ROOT / ".github" / "workflows" / "audit.yml"))
    for constraints in DEPLOY.rglob("constraints.txt"):
        assert f"-r {constraints.relative_to(ROOT)}" in scripts
    assert "npm audit" in scripts


@pytest.mark.parametrize("file", WORKFLOWS, ids=lambda file: file.name)
def test_a_workflow_may_only_read(file: Path) -> None:
    content = read(file)
    assert content["permissions"] == {"contents": "read"}
    assert "pull_request_target" not in content[True]  # YAML 1.1 reads the word on as true


@pytest.mark.parametrize("file", [*WORKFLOWS, *DOCUMENTS], ids=lambda file: file.name)
def test_a_checkout_keeps_no_credentials(file: Path) -> None:
    text = file.read_text(encoding="utf-8")
    assert text.count("persist-credentials: false") == text.count("actions/checkout@")


def test_the_versions_of_python_that_are_tested_are_those_that_are_promised() -> None:
    job = read(ROOT / ".github" / "workflows" / "ci.yml")["jobs"]["test"]
    promised = re.findall(r'"Programming Language :: Python :: (3\.\d+)"', (ROOT / "pyproject.toml").read_text("utf-8"))
    assert job["strategy"]["matrix"]["python"] == promised


def test_the_citation_names_the_version() -> None:
    assert read(ROOT / "CITATION.cff")["version"] == __version__
