"""What a process of the server does not load."""

from __future__ import annotations

import subprocess
import sys

import pytest

from tests.server.serving import ROOT


@pytest.mark.parametrize(
    ("module", "absent"),
    [
        ("server.command", {"rdflib", "owlready2", "pyoxigraph", "frontmatter", "kg.build.compile"}),
        ("server.workers.master", {"rdflib", "owlready2", "flask", "werkzeug", "waitress", "kg.build.compile"}),
        ("server.http.protocol", {"flask", "werkzeug", "pyoxigraph"}),
    ],
)
def test_each_process_loads_its_own_part_alone(module: str, absent: set[str]) -> None:
    program = f"import sys, {module}; print(*sys.modules)"
    loaded = subprocess.run([sys.executable, "-c", program], capture_output=True, check=True, cwd=ROOT).stdout
    assert module in loaded.decode().split()
    assert not absent & set(loaded.decode().split())
