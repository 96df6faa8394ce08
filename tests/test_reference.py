"""Builds of real sites held against hand-made truth, where the folder ``KG_REFERENCE`` has them."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest

from kg.release import open_release
from tests.conftest import kg

REFERENCE = Path(os.environ.get("KG_REFERENCE", ""))

pytestmark = pytest.mark.skipif(
    not (REFERENCE / "gold").is_dir() or "KG_REFERENCE" not in os.environ,
    reason="KG_REFERENCE names no folder with reference sites",
)


@pytest.fixture(scope="module")
def lookup(tmp_path_factory: pytest.TempPathFactory) -> Path:
    out = tmp_path_factory.mktemp("lookup")
    done = kg("build", REFERENCE / "corpus" / "lookup", "--out", out, "--reasoner", "owlrl")
    assert done.returncode == 0, done.stderr
    return open_release(out).graph


def test_the_gold_standard_is_met_in_full(lookup: Path) -> None:
    command = [sys.executable, str(REFERENCE / "tools" / "score.py"), str(lookup), str(REFERENCE / "gold"), "-v"]
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stdout


def test_a_large_site_builds_without_losing_a_page(tmp_path: Path) -> None:
    done = kg("build", REFERENCE / "corpus" / "rdmkit", "--out", tmp_path, "--reasoner", "owlrl")
    assert done.returncode == 0, done.stderr
    (site,) = json.loads(open_release(tmp_path).report.read_text(encoding="utf-8"))["sites"]
    facts = json.loads((REFERENCE / "gold" / "rdmkit_facts.json").read_text(encoding="utf-8"))
    assert len(site["pages"]) + len(site["kept_out"]) == facts["pages"]["md_with_front_matter"]
