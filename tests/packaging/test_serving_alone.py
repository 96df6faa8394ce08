"""A server in an environment with the packages alone that the documents name for it."""

from __future__ import annotations

import re
import shlex
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.conftest import ROOT, kg
from tests.packaging.conftest import PublishedFiles, alone, size_of
from tests.server.serving import Server, until

pytestmark = pytest.mark.slow

DOCUMENT = (ROOT / "docs" / "operators.md").read_text(encoding="utf-8")


@pytest.fixture(scope="module")
def serving(published: PublishedFiles, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Install as the document says, but the wheel in place of the checkout, and return the environment."""
    folder = tmp_path_factory.mktemp("serving")
    block = DOCUMENT.partition("## A server alone\n")[2].partition("```bash\n")[2].partition("```")[0]
    make, *installs, _ = (shlex.split(line) for line in block.splitlines())
    assert make == ["python3", "-m", "venv", "serving"]
    subprocess.run([sys.executable, *make[1:]], cwd=folder, check=True)
    for _, *command in installs:
        known = {".": str(published.wheel), "docs/deploy/serving.txt": str(ROOT / "docs" / "deploy" / "serving.txt")}
        pip = [folder / "serving" / "bin" / "python", *(known.get(word, word) for word in command), "--retries", "1"]
        done = subprocess.run(pip, env=alone(folder), capture_output=True, text=True, check=False)
        if "No matching distribution" in done.stderr:
            pytest.skip("no package registry answers")
        assert done.returncode == 0, done.stderr
    return folder / "serving"


@pytest.fixture(scope="module")
def server(serving: Path) -> Iterator[Server]:
    """Serve the example, which another installation has built, to readers and writers."""
    folder = serving.parent
    assert kg("build", ROOT / "content", "--out", folder / "build").returncode == 0
    log = folder / "log"
    with log.open("wb") as out:
        command = [serving / "bin" / "kg", "serve", "--port", "0", "--writable"]
        environ = {**alone(serving), "KG_WRITE_TOKEN": "the-token"}
        process = subprocess.Popen(command, cwd=folder, env=environ, stdout=out, stderr=out)
    started = Server(process, log)
    until(lambda: "Serving release" in log.read_text() or process.poll() is not None)
    started.url = log.read_text().partition(" at ")[2].partition("/ (Ctrl-C")[0]
    yield started
    assert started.end() == 0
    assert "Traceback" not in log.read_text()


PAGES = """
    / /ask /browse /browse/matrix /search?words=mouse /have?words=mouse+MRI /id/lookup/page/pic /ont /madmp?page=pic
    /queries/ /queries/where-to-deposit?page=pic /dumps/ /openapi.json /llms.txt /health/ready /current/manifest.json
    """
RDF = "/id/lookup/page/pic.ttl /id/lookup/page/pic.rdf /id/lookup/page/pic.jsonld /catalog.ttl /ont.ttl"


@pytest.mark.parametrize("page", [*PAGES.split(), *RDF.split()])
def test_every_kind_of_page_is_served(page: str, server: Server) -> None:
    reply = server.ask(page, headers={"Accept": "text/html, */*;q=0.1"})
    assert reply.status == 200, reply.text
    assert reply.body


def test_queries_and_updates_are_answered(server: Server) -> None:
    headers = {"Authorization": "Bearer the-token", "Content-Type": "application/sparql-update"}
    assert server.ask("/update", "POST", b"INSERT DATA { <urn:a:s> <urn:a:p> 1 }", headers).status == 204
    assert server.query("SELECT ?o { <urn:a:s> <urn:a:p> ?o }", "text/csv").text.split() == ["o", "1"]


def test_a_release_is_copied_and_written_as_a_site(serving: Path, server: Server, tmp_path: Path) -> None:
    for arguments in (
        ("pull", server.url, "--out", "copy", "--allow-http"),
        ("site", "copy", "public", "--url", server.url),
    ):
        command = [serving / "bin" / "kg", *arguments]
        done = subprocess.run(command, cwd=tmp_path, env=alone(serving), capture_output=True, text=True, check=False)
        assert done.returncode == 0, done.stderr


def test_a_command_that_needs_more_says_so_in_one_line(serving: Path, tmp_path: Path) -> None:
    command = [serving / "bin" / "kg", "build"]
    done = subprocess.run(command, cwd=tmp_path, env=alone(serving), capture_output=True, text=True, check=False)
    assert done.returncode == 2
    assert re.fullmatch(r"kg: error: No module named '\w+'; all that kg needs is installed by: .+\n", done.stderr)


def test_it_is_as_large_as_the_document_says(serving: Path) -> None:
    told = re.search(r"an installation of (\d+) MB", DOCUMENT)
    assert told
    assert size_of(serving) == pytest.approx(int(told[1]), rel=0.1)
