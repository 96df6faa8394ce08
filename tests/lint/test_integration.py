"""The hooks for pre-commit and the action for GitHub, run as in practice."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest
import yaml

from server.views.ask import has_editor, has_engine
from tests.conftest import ROOT, write_site

pytestmark = pytest.mark.slow

WRONG = "---\ntitle: A\n---\n[EGA]((https://ega-archive.org/))\n"


@pytest.fixture
def site(tmp_path: Path) -> Path:
    return write_site(tmp_path / "site", {"a.md": WRONG, "b c.md": WRONG, "README.md": "No front matter.\n"})


@pytest.fixture
def programs(tmp_path: Path) -> Path:
    """Create a folder with the command ``kg``, as an installation does."""
    folder = tmp_path / "rdm-kg" / "bin"
    folder.mkdir(parents=True)
    kg = folder / "kg"
    kg.write_text(f'#!/bin/sh\nPYTHONPATH="{ROOT}" exec "{sys.executable}" -m kg "$@"\n', encoding="utf-8")
    kg.chmod(0o755)
    return folder


@pytest.mark.parametrize(("hook", "code", "left"), [("kg-check", 1, True), ("kg-fix", 0, False)])
def test_a_hook_takes_the_names_of_files(hook: str, code: int, left: bool, site: Path, programs: Path) -> None:
    hooks = {entry["id"]: entry for entry in yaml.safe_load((ROOT / ".pre-commit-hooks.yaml").read_text("utf-8"))}
    environment = {**os.environ, "PATH": f"{programs}{os.pathsep}{os.environ['PATH']}"}
    command = [*hooks[hook]["entry"].split(), "a.md", "b c.md", "README.md"]
    done = subprocess.run(command, cwd=site, env=environment, capture_output=True, text=True, check=False)
    assert done.returncode == code, done.stderr
    assert ("((" in (site / "b c.md").read_text(encoding="utf-8")) is left


def run_action(site: Path, programs: Path, step_id: str = "check", **inputs: str) -> subprocess.CompletedProcess[str]:
    """Run a step of the action, as GitHub does; its outputs are in the file ``output`` of its folder."""
    action: Any = yaml.safe_load((ROOT / "action.yml").read_text(encoding="utf-8"))
    chosen = {**{name: str(given["default"]) for name, given in action["inputs"].items()}, **inputs}
    (step,) = (step for step in action["runs"]["steps"] if step.get("id") == step_id)
    given = {key: chosen[value.removeprefix("${{ inputs.").removesuffix(" }}")] for key, value in step["env"].items()}
    told = programs.parents[1] / "output"
    told.touch()
    runner = {
        "RUNNER_TEMP": str(programs.parents[1]),
        "GITHUB_OUTPUT": str(told),
        "GITHUB_REPOSITORY": "Owner/guidance",
    }
    return subprocess.run(
        ["bash", "--noprofile", "--norc", "-eo", "pipefail", "-c", step["run"]],
        cwd=site,
        env={**os.environ, **given, **runner},
        capture_output=True,
        text=True,
        check=False,
    )


def test_the_action_checks_and_tells_its_exit_code(site: Path, programs: Path, tmp_path: Path) -> None:
    done = run_action(site, programs, **{"fail-on": "warning", "output": str(tmp_path / "found.txt")})
    assert done.returncode == 1, done.stderr
    assert done.stdout.startswith("::warning file=a.md,line=4,title=doubled-brackets::")
    assert (tmp_path / "found.txt").read_text(encoding="utf-8") == done.stdout
    assert (tmp_path / "output").read_text(encoding="utf-8") == "exit-code=1\n"


def test_the_action_takes_its_inputs_as_names_and_as_nothing_else(site: Path, programs: Path) -> None:
    names = ["$(touch${IFS}stolen)", "`touch${IFS}stolen`", "--help", "a;touch${IFS}stolen", "*"]
    for name in names:
        write_site(site / name, {"a.md": WRONG})
    done = run_action(site, programs, paths="\n".join(names), output="--version")
    assert done.returncode == 0, done.stderr
    told = [line.partition(",")[0] for line in done.stdout.splitlines()]
    assert [line for line in told if line.startswith("::")] == [f"::warning file={name}/a.md" for name in names]
    assert (site / "--version").read_text(encoding="utf-8") == done.stdout
    assert not (site / "stolen").exists()


@pytest.mark.skipif(not (has_editor() and has_engine()), reason="this checkout was installed without the editor")
def test_the_action_publishes_the_graph_of_a_site_as_files(programs: Path, tmp_path: Path) -> None:
    site = write_site(tmp_path / "guide", {"a.md": "---\ntitle: Backups\n---\nKeep three copies.\n"})
    done = run_action(site, programs, "publish", publish="pages")
    assert done.returncode == 0, done.stderr
    folder = Path((tmp_path / "output").read_text(encoding="utf-8").removeprefix("folder=").strip())
    assert "<loc>https://owner.github.io/guidance/</loc>" in (folder / "sitemap.xml").read_text(encoding="utf-8")
    assert "Backups" in (folder / "index.html").read_text(encoding="utf-8")


@pytest.mark.parametrize("online", ["true", "false"])
def test_the_action_asks_for_outside_links_if_it_is_told_to(online: str, site: Path, programs: Path) -> None:
    (site / "a.md").write_text("---\ntitle: A\n---\n[Here](http://127.0.0.1:9/)\n", encoding="utf-8")
    done = run_action(site, programs, online=online)
    assert ("title=unchecked-link" in done.stdout) is (online == "true"), done.stderr
