"""A site of ten thousand pages is built in bounded memory."""

import json
import resource
import subprocess
import sys
from pathlib import Path

import pytest

pytestmark = pytest.mark.slow

PAGES = 10_000
MEMORY = 1 << 30
"""Bytes of data that each process may have."""


def limited() -> None:
    resource.setrlimit(resource.RLIMIT_DATA, (MEMORY, MEMORY))


def write_pages(site: Path) -> None:
    site.mkdir()
    (site / "_config.yml").write_text("title: Many\nurl: https://many.example\n")
    for number in range(PAGES):
        link = f"[next](p{(number + 1) % PAGES}.md)"
        (site / f"p{number}.md").write_text(f"---\ntitle: Page {number}\ndescription: A page.\n---\n{link}\n")


def test_ten_thousand_pages(tmp_path: Path) -> None:
    write_pages(tmp_path / "site")
    command = [sys.executable, "-m", "kg", "build", tmp_path / "site", "--out", tmp_path / "out", "--reasoner", "owlrl"]
    done = subprocess.run(command, capture_output=True, text=True, preexec_fn=limited, check=False)
    assert done.returncode == 0, done.stderr[-2000:]
    assert "Traceback" not in done.stderr
    manifest = json.loads((tmp_path / "out" / "current" / "manifest.json").read_text())
    assert [site["pages"] for site in manifest["sites"]] == [PAGES]
    assert manifest["counts"]["graphs"] >= PAGES
    with (tmp_path / "out" / "current" / "graph.nq").open() as graph:
        assert sum("#m-" in quad and "rdm-kg/ont#target>" in quad for quad in graph) == PAGES
