"""What ``kg.open`` gives is typed, also for programs that install the wheel."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest

from tests.conftest import ROOT
from tests.server.test_ask_package import build_wheel

pytestmark = pytest.mark.slow

PROGRAM = """
import kg
from kg.client import KnowledgeGraph, Result

with kg.open("build", timeout=5) as graph:
    opened: KnowledgeGraph = graph
    answer: Result = graph.ask("where-to-deposit", page="pic")
    wrong: int = answer.rows()
"""


def test_a_type_checker_knows_the_values(tmp_path: Path) -> None:
    program = tmp_path / "program.py"
    program.write_text(PROGRAM, encoding="utf-8")
    options = ["--strict", "--cache-dir", str(tmp_path / "cache"), "--config-file", str(ROOT / "pyproject.toml")]
    command = [sys.executable, "-m", "mypy", *options, "--follow-imports", "silent", str(program)]
    done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=False)
    lines = [line for line in done.stdout.splitlines() if ": error:" in line]
    assert len(lines) == 1, done.stdout
    assert "program.py:8: error: Incompatible types in assignment" in lines[0]


def test_the_wheel_says_that_it_is_typed(tmp_path: Path) -> None:
    names, _ = build_wheel(tmp_path, {"PATH": str(tmp_path / "nothing")})
    assert {"kg/py.typed", "kg/client/graph.py"} <= set(names)
