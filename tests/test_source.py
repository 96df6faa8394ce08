"""Static checks: style, types and layers of the source."""

from __future__ import annotations

import re
import subprocess
import sys

import pytest

from tests.conftest import ROOT


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
