"""A build whose search would find something else makes another release."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from tests.conftest import ROOT, write_site

pytestmark = pytest.mark.slow


def kg(source: Path, *arguments: str | Path) -> list[str]:
    """Run ``kg`` of a copy of the source, and return the lines of its standard output."""
    command = [sys.executable, "-m", "kg", *map(str, arguments)]
    environment = {**os.environ, "PYTHONPATH": str(source)}
    run = subprocess.run(command, cwd=source.parent, env=environment, capture_output=True, text=True, check=False)
    assert run.returncode in {0, 1}, run.stderr
    return run.stdout.splitlines()


def test_words_that_are_added_to_the_synonyms_are_found_though_the_graph_is_the_same(tmp_path: Path) -> None:
    source, out = tmp_path / "source", tmp_path / "out"
    shutil.copytree(ROOT / "kg", source / "kg", ignore=shutil.ignore_patterns("__pycache__"))
    shutil.copytree(ROOT / "ontology", source / "ontology")
    site = write_site(tmp_path / "site", {"zebras.md": "---\ntitle: Zebras\n---\nStriped.\n"})
    build = ("build", site, "--out", out, "--reasoner", "owlrl")
    (before,) = kg(source, *build)
    assert kg(source, "search", "stripehorse", "--release", out) == []
    with (source / "ontology" / "crosswalks" / "synonyms.tsv").open("a", encoding="utf-8") as table:
        table.write("stripehorse\tzebras\n")
    (after,) = kg(source, *build)
    graphs = [Path(folder, "graph.nq").read_bytes() for folder in (before, after)]
    assert (before == after, graphs[0] == graphs[1]) == (False, True)
    (hit,) = kg(source, "search", "stripehorse", "--release", out)
    assert "Zebras" in hit
    assert kg(source, *build) == [after]
