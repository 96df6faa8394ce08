"""A command ends while the engine is at work that was given up, which nothing can interrupt."""

from __future__ import annotations

import subprocess
import sys

import pytest

from tests.conftest import ROOT

PROGRAM = """
import atexit, sys, time
from kg import cli
from kg.errors import KgError
from kg.store.deep_stack import with_deep_stack

def main():
    print("a result")
    try:
        with_deep_stack("", lambda: time.sleep({work}), 0.5)
    except KgError:
        return 2
    return 0

atexit.register(print, "and an end in which memory of the engine is freed")
cli.main = main
cli.run()
"""


@pytest.mark.parametrize(
    ("work", "code", "lines"),
    [
        (600, 2, ["a result"]),
        (0, 0, ["a result", "and an end in which memory of the engine is freed"]),
    ],
)
def test_memory_that_the_engine_uses_is_not_freed(work: int, code: int, lines: list[str]) -> None:
    done = subprocess.run(
        [sys.executable, "-c", PROGRAM.format(work=work)], cwd=ROOT, capture_output=True, text=True, timeout=60
    )
    assert (done.returncode, done.stdout.splitlines(), done.stderr) == (code, lines, "")
