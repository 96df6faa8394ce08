"""The commands in the documents for users run, or have the options that stand there."""

from __future__ import annotations

import os
import re
import shlex
import subprocess
import sys
from pathlib import Path

import click
import pytest

from kg.cli import cli
from tests.conftest import ROOT
from tests.documents.texts import DOCS, examples, written
from tests.readme_command import readme_command


def test_the_readme_has_its_two_commands() -> None:
    run, test = readme_command("run"), readme_command("test")
    assert run.endswith("kg serve")
    assert " && .venv/bin/pytest" in test
    assert all(command.startswith("python3 -m venv .venv && ") for command in (run, test))


@pytest.mark.slow
@pytest.mark.parametrize("example", examples())
def test_the_examples_run(example: str, content_release: Path, tmp_path: Path) -> None:
    (tmp_path / "content").symlink_to(ROOT / "content")
    (tmp_path / "build").symlink_to(content_release)
    done = subprocess.run(
        [sys.executable, "-m", *shlex.split(example)], cwd=tmp_path, capture_output=True, text=True, check=False
    )
    assert done.returncode == 0, done.stderr
    assert done.stdout.strip()


@pytest.mark.parametrize("line", written())
def test_a_command_has_the_options_that_stand_there(line: str) -> None:
    words = shlex.split(line, comments=True)[1:]
    command: click.Command = cli
    while isinstance(command, click.Group):
        found = command.get_command(click.Context(command), words.pop(0))
        assert found, line
        command = found
    known = {option for parameter in command.params for option in (*parameter.opts, *parameter.secondary_opts)}
    assert {word.partition("=")[0] for word in words if word.startswith("-")} <= known


@pytest.mark.slow
def test_the_operators_table_has_every_setting_with_its_default(tmp_path: Path) -> None:
    environ = {key: value for key, value in os.environ.items() if not key.startswith("KG_")}
    environ["PYTHONPATH"] = str(ROOT)
    done = subprocess.run(
        [sys.executable, "-m", "kg", "settings"], cwd=tmp_path, env=environ, capture_output=True, text=True, check=False
    )
    shown = re.findall(r"^\S+ +(\S+) +default +(KG_\w+)", done.stdout, re.MULTILINE)
    values = {name: {"-": "none"}.get(value, value) for value, name in shown} | {"KG_QUERY_WORKERS": "by cores"}
    rows = re.findall(r"^\| `(KG_\w+)` \| ([^|]+?) \|", (DOCS / "operators.md").read_text("utf-8"), re.MULTILINE)
    assert dict(rows) == values
