"""The wheel in an environment of its own: what ``pip install`` gives without npm and without a checkout."""

from __future__ import annotations

import json
import re
import shutil
import signal
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from urllib.parse import urljoin

import pytest
from packaging.utils import canonicalize_name

from server.views.ask import has_editor
from tests.conftest import ROOT
from tests.packaging.conftest import PublishedFiles, alone, size_of
from tests.packaging.test_constraints import needed
from tests.server.serving import Server, until

pytestmark = pytest.mark.slow


@pytest.fixture(scope="module")
def installed(published: PublishedFiles, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Install the wheel with its dependencies and return the folder of the programs."""
    folder = tmp_path_factory.mktemp("installed") / "venv"
    subprocess.run([sys.executable, "-m", "venv", folder], check=True)
    pip = [folder / "bin" / "python", "-m", "pip", "install", "--quiet", "--retries", "1", published.wheel]
    done = subprocess.run(pip, env=alone(folder), capture_output=True, text=True, check=False)
    if "No matching distribution" in done.stderr:
        pytest.skip("no package registry answers")
    assert done.returncode == 0, done.stderr
    return folder / "bin"


def run(installed: Path, folder: Path, *arguments: str) -> subprocess.CompletedProcess[str]:
    command = [installed / "kg", *arguments]
    return subprocess.run(command, cwd=folder, env=alone(installed), capture_output=True, text=True, check=False)


@pytest.fixture(scope="module")
def built(installed: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Build the example in an empty folder and return it."""
    folder = tmp_path_factory.mktemp("work")
    done = run(installed, folder, "build")
    assert done.returncode == 0, done.stderr
    return folder


@pytest.fixture(scope="module")
def server(installed: Path, built: Path) -> Iterator[Server]:
    """Serve what was built on a free port."""
    log = built / "log"
    with log.open("wb") as out:
        command = [installed / "kg", "serve", "--port", "0"]
        process = subprocess.Popen(command, cwd=built, env=alone(installed), stdout=out, stderr=out)
    started = Server(process, log)
    until(lambda: "Serving release" in log.read_text() or process.poll() is not None)
    started.url = log.read_text().partition(" at ")[2].partition("/ (Ctrl-C")[0]
    yield started
    assert started.end(signal.SIGINT) == 0, log.read_text()


def test_the_program_says_what_it_does(installed: Path, tmp_path: Path) -> None:
    done = run(installed, tmp_path, "--help")
    assert done.returncode == 0, done.stderr
    assert {"build", "check", "doctor", "serve", "site"} <= set(re.findall(r"^  (\w+)  ", done.stdout, re.MULTILINE))


def test_the_example_is_checked(installed: Path, tmp_path: Path) -> None:
    shutil.copytree(ROOT / "content", tmp_path / "content")
    done = run(installed, tmp_path, "check", "content")
    assert done.stdout.startswith("content/"), done.stderr


def test_every_command_can_be_started(installed: Path, tmp_path: Path) -> None:
    listed = run(installed, tmp_path, "--help").stdout.partition("Commands:")[2]
    for command in re.findall(r"^  ([\w-]+)  ", listed, re.MULTILINE):
        done = run(installed, tmp_path, command, "--help")
        assert done.returncode == 0, done.stderr


def test_the_doctor_finds_the_release(installed: Path, built: Path) -> None:
    done = run(installed, built, "doctor")
    assert done.returncode == 0, done.stdout
    assert re.search(r"^release: \S+ in build$", done.stdout, re.MULTILINE)
    assert "java: none" in done.stdout
    assert re.search(r"^query editor: (?!none)", done.stdout, re.MULTILINE) or not has_editor()


@pytest.mark.parametrize("page", ["/", "/ask", "/browse", "/id/lookup/page/pic"])
def test_pages_are_served_with_all_their_assets(page: str, server: Server) -> None:
    text = server.ask(page, headers={"Accept": "text/html"}).text
    assets = re.findall(r'<(?:script|link)\b[^>]*\b(?:src|href)="([^"]*/static/[^"]+)"', text)
    assert any(".css" in asset for asset in assets)
    for asset in assets:
        reply = server.ask(urljoin(page, asset))
        assert reply.status == 200, asset
        assert reply.body


def test_the_endpoint_answers(server: Server) -> None:
    reply = server.query("SELECT (COUNT(*) AS ?n) { ?sheet a <https://w3id.org/rdm-kg/ont#CheatSheet> }", "text/csv")
    assert reply.status == 200
    assert int(reply.text.split()[1]) > 0


def test_an_installation_is_as_large_as_the_documents_say(installed: Path) -> None:
    told = re.search(r"An installation takes about (\d+) MB", (ROOT / "docs" / "start.md").read_text(encoding="utf-8"))
    assert told
    assert size_of(installed.parent) == pytest.approx(int(told[1]), rel=0.1)


def test_the_bill_of_materials_names_every_package_with_its_licence(installed: Path, tmp_path: Path) -> None:
    pytest.importorskip("cyclonedx_py")
    made = tmp_path / "sbom.json"
    command = [sys.executable, "-m", "cyclonedx_py", "environment", installed / "python", "--output-file", made]
    subprocess.run(command, check=True, capture_output=True)
    components = json.loads(made.read_text(encoding="utf-8"))["components"]
    named = {canonicalize_name(each["name"]) for each in components}
    assert {"rdm-kg", *(canonicalize_name(requirement.name) for requirement in needed())} <= named
    assert not [each["name"] for each in components if not each.get("licenses")]
