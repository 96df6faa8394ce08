"""Comunica, a federated JavaScript engine, which plans its requests by the endpoint's service description.

It is installed once, beside pytest's cache, if node and npm are available.
"""

from __future__ import annotations

import json
import shutil
import subprocess
from collections.abc import Callable
from pathlib import Path
from urllib.parse import quote

import pytest

from tests.server.serving import RDM, SHEET, Server

pytestmark = pytest.mark.slow

PACKAGE = "@comunica/query-sparql"
VERSION = "4.5.0"
"""The newest that runs on Node.js 20: a dependency of 5 needs zstd, which Node.js 22.15 has."""
TIMEOUT = 300

Ask = Callable[..., str]


@pytest.fixture(scope="module")
def ask(request: pytest.FixtureRequest) -> Ask:
    """Run Comunica over these sources and return its output."""
    program = _installed(Path(request.config.cache.mkdir(f"comunica-{VERSION}")))  # type: ignore[union-attr]

    def run(*arguments: str) -> str:
        command = ["node", str(program), *arguments]
        return subprocess.run(command, check=True, capture_output=True, text=True, timeout=TIMEOUT).stdout

    return run


def _installed(folder: Path) -> Path:
    program = folder / "node_modules" / PACKAGE / "bin" / "query.js"
    done = folder / "installed"
    if not done.exists():
        if not (shutil.which("node") and shutil.which("npm")):
            pytest.skip("node and npm are not here")
        options = ["--prefer-offline", "--ignore-scripts", "--no-audit", "--no-fund", "--no-save", "--loglevel=error"]
        command = ["npm", "install", "--prefix", str(folder), *options, f"{PACKAGE}@{VERSION}"]
        try:
            installed = subprocess.run(command, check=False, capture_output=True, timeout=TIMEOUT)
        except subprocess.TimeoutExpired:
            pytest.skip("npm takes too long to install Comunica")
        if installed.returncode:
            pytest.skip("npm cannot install Comunica here")
        done.touch()
    return program


@pytest.mark.parametrize("source", ["sparql@{}/sparql", "{}/sparql"], ids=["told", "found out"])
def test_it_asks_the_endpoint(server: Server, ask: Ask, source: str) -> None:
    query = f"SELECT ?sheet ?id {{ ?sheet a <{RDM}CheatSheet> ; <http://purl.org/dc/terms/identifier> ?id }}"
    assert json.loads(ask(source.format(server.url), query)) == [{"sheet": SHEET, "id": '"mice"'}]


def test_it_gets_graphs(server: Server, ask: Ask) -> None:
    written = ask(f"{server.url}/sparql", f"CONSTRUCT WHERE {{ <{SHEET}> a ?type }}", "-t", "application/n-triples")
    assert f"<{SHEET}> <http://www.w3.org/1999/02/22-rdf-syntax-ns#type> <{RDM}CheatSheet> ." in written.splitlines()


def test_it_joins_the_endpoint_with_a_document(server: Server, ask: Ask) -> None:
    service = "<http://www.w3.org/ns/sparql-service-description#Service>"
    sources = (f"sparql@{server.url}/sparql", f"file@{server.url}/.well-known/void")
    found = json.loads(ask(*sources, f"SELECT ?sheet ?service {{ ?sheet a <{RDM}CheatSheet> . ?service a {service} }}"))
    assert found == [{"sheet": SHEET, "service": f"{server.url}/sparql#service"}]


@pytest.mark.parametrize("path", [SHEET.removeprefix("https://w3id.org/rdm-kg"), f"/id/?iri={quote(SHEET, safe='')}"])
def test_it_dereferences_a_thing_with_its_named_graphs(server: Server, ask: Ask, path: str) -> None:
    query = "SELECT ?id ?graph { GRAPH ?graph { ?sheet <http://purl.org/dc/terms/identifier> ?id } }"
    assert json.loads(ask(server.url + path, query)) == [{"id": '"mice"', "graph": f"{SHEET}#graph"}]
