"""A format added to a copy of the program, by a row of the table and a writer, is served everywhere."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

import pytest

from kg.release import Release
from tests.server.serving import QUADS, ROOT, SHEET, Server, make_release, run_server

pytestmark = pytest.mark.slow

TABLE, WRITERS = "kg/query/formats.py", "kg/writers"
IRI = "https://example.org/formats/"
CONSTRUCT = f"CONSTRUCT WHERE {{ <{SHEET}> <http://purl.org/dc/terms/identifier> ?o }}"
STRING = "http://www.w3.org/2001/XMLSchema#string"
IDENTIFIER = [SHEET, "http://purl.org/dc/terms/identifier", "mice", STRING, ""]


@dataclass(frozen=True)
class Added:
    """A format, the row after it, and the source of its writer."""

    name: str
    media_type: str
    before: str
    writer: str

    @property
    def row(self) -> str:
        return (
            f'    Format(name="{self.name}", label="{self.name.title()}", media_type="{self.media_type}", '
            f'extension="{self.name}", iri="{IRI}{self.name}", is_readable=False),\n'
        )


HEXTUPLES_WRITER = '''"""HexTuples, a JSON array a line."""

import json

import pyoxigraph as ox


def write(statements, out):
    """Write statements with or without graphs."""
    for statement in statements:
        thing = statement.object
        graph = statement.graph_name.value if isinstance(statement, ox.Quad) else ""
        kind = thing.datatype.value if isinstance(thing, ox.Literal) else "globalId"
        language = getattr(thing, "language", None) or ""
        row = [statement.subject.value, statement.predicate.value, thing.value, kind, language, graph]
        out.write(json.dumps(row).encode() + b"\\n")
'''
LINES_WRITER = '''"""A JSON object a row."""

import json

import pyoxigraph as ox


def write(results, out):
    """Write rows, or true or false."""
    if isinstance(results, ox.QueryBoolean):
        out.write(json.dumps(bool(results)).encode())
        return
    for row in results:
        out.write(json.dumps({name.value: row[name.value].value for name in results.variables}).encode() + b"\\n")
'''
HEXTUPLES = Added("hextuples", "application/x-ndjson", '    Format(\n        name="trig"', HEXTUPLES_WRITER)
ONE_GRAPH = Added("quintuples", "application/x-quintuples", '    Format(\n        name="ntriples"', HEXTUPLES_WRITER)
LINES = Added("lines", "application/jsonl", '    Format(\n        name="xml"', LINES_WRITER)


@dataclass(frozen=True)
class Program:
    """A copy of the program with one more format, and a release."""

    folder: Path
    added: Added
    release: Release

    def run(self, *arguments: str) -> str:
        command = [sys.executable, *arguments]
        env = {**os.environ, "PYTHONPATH": str(self.folder)}
        return subprocess.run(command, cwd=self.folder, env=env, capture_output=True, text=True, check=True).stdout

    def kg(self, command: str, *arguments: str) -> str:
        wanted = ("--format", self.added.name, "--release", str(self.release.folder))
        return self.run("-m", "kg", command, *arguments, *wanted)


def with_format(added: Added, tmp_path: Path) -> Program:
    """Copy the program and change two files of the copy."""
    folder = tmp_path / "program"
    for name in ("kg", "server", "ontology", "content"):
        shutil.copytree(ROOT / name, folder / name, ignore=shutil.ignore_patterns("__pycache__", "vendor"))
    table = folder / TABLE
    text = table.read_text(encoding="utf-8")
    assert text.count(added.before) == 1
    table.write_text(text.replace(added.before, added.row + added.before), encoding="utf-8")
    (folder / WRITERS / f"{added.name}.py").write_text(added.writer, encoding="utf-8")
    return Program(folder, added, make_release(tmp_path / "out", QUADS))


@contextmanager
def served(program: Program, tmp_path: Path) -> Iterator[Server]:
    release = str(program.release.folder)
    server = run_server(tmp_path, ["--release", release, "--port", "0"], PYTHONPATH=str(program.folder))
    try:
        yield server
    finally:
        assert server.end() == 0


def rows(text: str) -> list[list[str]]:
    return [json.loads(line) for line in text.splitlines()]


def enumerated(server: Server, path: str) -> list[str]:
    parameters = json.loads(server.ask("/openapi.json").body)["paths"][path]["get"]["parameters"]
    names: list[str] = next(each["schema"]["enum"] for each in parameters if each["name"] == "format")
    return names


@pytest.mark.parametrize("added", [HEXTUPLES, ONE_GRAPH], ids=lambda added: added.name)
def test_a_format_of_graphs_is_served_everywhere_once_it_is_in_the_table(added: Added, tmp_path: Path) -> None:
    program = with_format(added, tmp_path)
    assert rows(program.kg("query", CONSTRUCT)) == [[*IDENTIFIER, ""]]
    exported = rows(program.kg("export"))
    graph = f"{SHEET}#graph" if added == HEXTUPLES else ""
    assert len(exported) == len(QUADS)
    assert [*IDENTIFIER, graph] in exported
    with served(program, tmp_path) as server:
        reply = server.query(CONSTRUCT, added.media_type)
        assert (reply.status, reply.media_type, rows(reply.text)) == (200, added.media_type, [[*IDENTIFIER, ""]])
        assert f"<{IRI}{added.name}>" in server.ask("/sparql").text
        described = server.ask(f"/sparql?format={added.name}")
        assert f"{IRI}{added.name}" in {row[2] for row in rows(described.text)}
        assert added.name in enumerated(server, "/sparql")
        assert f"<option>{added.name}</option>" in server.ask("/sparql", headers={"Accept": "text/html"}).text
        assert added.media_type in json.loads(server.query(CONSTRUCT, "image/png").body)["available"]


def test_a_format_that_is_only_written_is_not_taken_for_uploads(tmp_path: Path) -> None:
    program = with_format(HEXTUPLES, tmp_path)
    code = (
        "from server.http.protocol import Problem\n"
        "from server.writing.requests import format_of\n"
        f"try: format_of({HEXTUPLES.media_type!r})\n"
        "except Problem as problem: print(int(problem.status), problem.headers['Accept-Post'])"
    )
    status, _, taken = program.run("-c", code).partition(" ")
    assert status == "415"
    assert "text/turtle" in taken
    assert HEXTUPLES.media_type not in taken


def test_pages_and_files_of_the_ontology_have_each_format_of_one_graph(tmp_path: Path) -> None:
    program = with_format(ONE_GRAPH, tmp_path)
    code = "import pathlib, kg.page_html.ontology as made; made.document_ontology(pathlib.Path('made'))"
    program.run("-c", code)
    file = program.folder / "made" / f"ont.{ONE_GRAPH.name}"
    assert ["https://w3id.org/rdm-kg/ont", "owl#Ontology"] in [
        [subject, thing.rpartition("/")[2]] for subject, _, thing, *_ in rows(file.read_text(encoding="utf-8"))
    ]
    with served(program, tmp_path) as server:
        page = server.ask("/id/?iri=https://doi.org/10.25504/FAIRsharing.b7z8by", headers={"Accept": "text/html"})
        assert f'type="{ONE_GRAPH.media_type}">{ONE_GRAPH.name.title()}</a>' in page.text
        assert rows(server.ask(f"/id/test/page/mice.{ONE_GRAPH.name}").text)


def test_a_format_of_bindings_is_served_everywhere_once_it_is_in_the_table(tmp_path: Path) -> None:
    program = with_format(LINES, tmp_path)
    select = f"SELECT ?id {{ <{SHEET}> <http://purl.org/dc/terms/identifier> ?id }}"
    assert json.loads(program.kg("query", select)) == {"id": "mice"}
    with served(program, tmp_path) as server:
        reply = server.query(select, LINES.media_type)
        assert (reply.status, reply.media_type, json.loads(reply.body)) == (200, LINES.media_type, {"id": "mice"})
        assert server.query("ASK {}", LINES.media_type).body == b"true"
        assert f"<{IRI}{LINES.name}>" in server.ask("/sparql").text
        assert LINES.name in enumerated(server, "/queries/shared-recommendations")
