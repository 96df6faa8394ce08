"""Every import contract of ``pyproject.toml`` is broken by an import that it forbids, and by no other."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
import tomllib
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.conftest import ROOT

pytestmark = pytest.mark.slow

CONTRACTS = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["tool"]["importlinter"]["contracts"]
NAMES = [contract["name"] for contract in CONTRACTS]
IMPORTERS = {
    "The server reads releases and compiles nothing": "server/pages/rows.py",
    "kg does not know the server": "kg/commands/build.py",
    "Flask and Werkzeug: the server": "kg/commands/query.py",
    "httptools and h11: the front": "server/app.py",
    "owlready2 and owlrl: the reasoner": "kg/diff/words.py",
    "pySHACL: validation": "kg/infer/kinds.py",
    "python-frontmatter: the readers": "kg/search_index/words.py",
    "markdown-it-py: Markdown": "kg/page_html/terms.py",
    "python-liquid: Liquid": "kg/readers/markdown.py",
    "PyYAML: YAML": "kg/site/profile.py",
    "pyoxigraph: stores and writers": "kg/search_index/search.py",
    "nh3 and Jinja2: HTML of a release": "kg/commands/show.py",
    "pandas: tables for Python programs": "kg/commands/query.py",
    "The SDK of the Model Context Protocol: agents": "server/agents/tools.py",
    "prometheus-client: metrics": "server/views/metrics.py",
    "httpx: outside links": "kg/fairsharing/client.py",
    "Programs are started in few places, git in one": "kg/lint/check.py",
}
"""Contract → a file that may import none of the modules which the contract protects or forbids."""
PLANTED = {
    "The layers of kg": ("kg/markdown/scan.py", "import kg.writers.turtle"),
    "The layers of server": ("server/front/threads.py", "import server.app"),
    "No package imports in a circle": ("kg/markdown/scan.py", "import kg.markdown.blocks"),
    "A module whose name begins with an underscore is used by its own package only": (
        "kg/commands/export.py",
        "from kg.writers._graph import *",
    ),
}
"""Contract → a file and an import that breaks no other contract."""


def plants() -> Iterator[tuple[str, str, str]]:
    """Return contract, file and import; several for a contract that names several modules."""
    for contract in CONTRACTS:
        name = contract["name"]
        if name in PLANTED:
            yield name, *PLANTED[name]
        for module in contract.get("protected_modules", contract.get("forbidden_modules", ())):
            yield name, IMPORTERS.get(name, ""), f"import {module}"


@pytest.fixture(scope="module")
def broken(tmp_path_factory: pytest.TempPathFactory) -> dict[tuple[str, str], list[str]]:
    """Return (file, import) → the contracts that it breaks in a copy of the source."""
    copy = tmp_path_factory.mktemp("source")
    shutil.copy(ROOT / "pyproject.toml", copy)
    for package in ("kg", "server"):
        for file in (ROOT / package).rglob("*.py"):
            target = copy / file.relative_to(ROOT)
            target.parent.mkdir(parents=True, exist_ok=True)
            shutil.copy(file, target)
    planted = [(file, statement) for _, file, statement in plants() if file] + [("kg/errors.py", "")]
    done = subprocess.run(
        [sys.executable, "-P", str(Path(__file__).with_name("planted_imports.py"))],
        cwd=copy,
        env={**os.environ, "PYTHONPATH": str(copy)},
        input=json.dumps(planted),
        capture_output=True,
        text=True,
        check=True,
    )
    return dict(zip(planted, json.loads(done.stderr), strict=True))


def test_every_contract_has_a_plant() -> None:
    assert {name for name, file, _ in plants() if file} == set(NAMES)


def test_without_a_plant_every_contract_is_kept(broken: dict[tuple[str, str], list[str]]) -> None:
    assert broken["kg/errors.py", ""] == []


@pytest.mark.parametrize(("contract", "file", "statement"), list(plants()))
def test_a_forbidden_import_breaks_its_contract_alone(
    contract: str, file: str, statement: str, broken: dict[tuple[str, str], list[str]]
) -> None:
    assert broken[file, statement] == [contract]
