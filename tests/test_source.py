"""Static checks: style, types and layers of the source, and the README's commands."""

from __future__ import annotations

import re
import shlex
import subprocess
import sys
from pathlib import Path

import pytest

from tests.conftest import ROOT
from tests.readme_command import README, readme_command


@pytest.mark.parametrize(
    "command",
    ["ruff check .", "ruff format --check .", "mypy", "lint-imports --no-cache"],
)
def test_source_passes(command: str) -> None:
    program, *arguments = command.split()
    module = {"lint-imports": "importlinter.cli"}.get(program)
    start = [sys.executable, "-c", f"import sys; from {module} import *; sys.exit(lint_imports_command())"]
    done = subprocess.run(
        [*(start if module else [sys.executable, "-m", program]), *arguments],
        cwd=ROOT,
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stdout + done.stderr


def test_the_readme_has_its_two_commands() -> None:
    run, test = readme_command("run"), readme_command("test")
    assert run.endswith("kg serve")
    assert " && .venv/bin/pytest" in test
    assert all(command.startswith("python3 -m venv .venv && ") for command in (run, test))


def examples() -> list[str]:
    """Return the README's console examples of ``kg`` that only read a release, in order."""
    blocks = re.findall(r"```console\n(.+?)```", README.read_text(encoding="utf-8"), re.DOTALL)
    lines = [line[2:] for block in blocks for line in block.splitlines() if line.startswith("$ kg ")]
    return [line for line in lines if not line.startswith("kg serve")]


@pytest.mark.slow
@pytest.mark.parametrize("example", examples())
def test_the_readmes_examples_run(example: str, content_release: Path, tmp_path: Path) -> None:
    (tmp_path / "content").symlink_to(ROOT / "content")
    (tmp_path / "build").symlink_to(content_release)
    done = subprocess.run(
        [sys.executable, "-m", *shlex.split(example)], cwd=tmp_path, capture_output=True, text=True, check=False
    )
    assert done.returncode == 0, done.stderr
    assert done.stdout.strip()


def test_no_file_names_what_has_no_place_here() -> None:
    """No host of a package registry, no e-mail address of anybody, no path of somebody's machine."""
    hosts = [r"py" + r"pi\.org", "python" + "hosted", r"registry\.np" + "mjs", r"deb\.debian"]
    pattern = re.compile("|".join([*hosts, r"(?<![\w.])/(?:home|root|Users)/\w"]))
    listed = subprocess.run(["git", "ls-files"], cwd=ROOT, capture_output=True, text=True, check=False)
    named = [ROOT / name for name in listed.stdout.splitlines()]
    files = [file for file in named if file.is_file()]  # a link may lead to a folder
    if listed.returncode:
        pytest.skip("not a git checkout")
    texts = [file for file in files if file.suffix != ".png" and file.is_file()]  # a link may lead to a folder
    found = [file for file in texts if pattern.search(file.read_text(encoding="utf-8"))]
    assert not found
