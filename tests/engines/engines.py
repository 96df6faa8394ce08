"""Engines that serve the dumps of a release on the loopback interface, each in a folder of its own."""

from __future__ import annotations

import json
import shutil
import socket
import subprocess
import sys
import time
from collections.abc import Collection, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from urllib.error import HTTPError, URLError
from urllib.parse import urlencode
from urllib.request import Request, urlopen

from kg.vocab import UNION_GRAPH

SECONDS = 120
"""Time limit of a start, of loading a dump, and of a query."""
NAMES = ("oxigraph", "virtuoso")
_ISQL = ("isql-vt", "isql")
_VIRTUOSO = """\
[Database]
DatabaseFile = {folder}/virtuoso.db
ErrorLogFile = {folder}/virtuoso.log
LockFile = {folder}/virtuoso.lck
TransactionFile = {folder}/virtuoso.trx
xa_persistent_file = {folder}/virtuoso.pxa
[TempDatabase]
DatabaseFile = {folder}/temporary.db
TransactionFile = {folder}/temporary.trx
[Parameters]
ServerPort = 127.0.0.1:{sql}
DirsAllowed = {folder}
[HTTPServer]
ServerPort = 127.0.0.1:{http}
ServerThreads = 4
[SPARQL]
ResultSetMaxRows = 1000000
"""


@dataclass(frozen=True)
class Engine:
    """A running engine."""

    name: str
    url: str
    """Address of its SPARQL endpoint."""

    def rows(self, query: str) -> list[dict[str, str]]:
        """Ask a query by a form and return its rows: variable → value as text."""
        headers = {"Accept": "application/sparql-results+json"}
        request = Request(self.url, urlencode({"query": query}).encode(), headers)
        try:
            with urlopen(request, timeout=SECONDS) as answer:
                found = json.load(answer)
        except HTTPError as error:
            raise AssertionError(f"{self.name}: {error.read().decode()}") from None
        return [{name: term["value"] for name, term in row.items()} for row in found["results"]["bindings"]]


def doctor(*arguments: str | Path) -> subprocess.CompletedProcess[str]:
    """Run ``kg doctor`` as a process of its own."""
    run = "import sys; from server.doctor_command import doctor; sys.exit(doctor.main(standalone_mode=False))"
    command = [sys.executable, "-c", run, *map(str, arguments)]
    return subprocess.run(command, capture_output=True, text=True, check=False, timeout=SECONDS)


def is_here(name: str) -> bool:
    """Return whether an engine is installed on this machine."""
    return _oxigraph() is not None if name == "oxigraph" else bool(shutil.which("virtuoso-t") and _isql())


@contextmanager
def engine(name: str, folder: Path, *dumps: tuple[Path, str]) -> Iterator[Engine]:
    """Run an engine over dumps, each with the graph that its triples go to; its default graph is the union of all."""
    folder.mkdir()
    with (_run_oxigraph if name == "oxigraph" else _run_virtuoso)(folder, dumps) as url:
        yield Engine(name, url)


@contextmanager
def engine_for_release(name: str, folder: Path, file: Path) -> Iterator[Engine]:
    """Run an engine over a file of ``kg export --format engine``, as the documentation says."""
    folder.mkdir()
    if name == "virtuoso":
        with _run_virtuoso(folder, ((file, UNION_GRAPH),)) as url:
            yield Engine(name, url)
        return
    _load(folder, file)
    with oxigraph(folder, free_port()) as started:
        yield started


@contextmanager
def oxigraph(folder: Path, port: int, *options: str, how: str = "serve-read-only") -> Iterator[Engine]:
    """Run Oxigraph over the store in a folder."""
    with run_oxigraph([how, "-l", folder, *options, "-b", f"127.0.0.1:{port}"], folder.parent) as started:
        yield started


@contextmanager
def run_oxigraph(arguments: Sequence[str | Path], folder: Path) -> Iterator[Engine]:
    """Run Oxigraph with arguments, the last of which is its host and port, and its output in a folder."""
    with _running([str(_oxigraph()), *arguments], folder):
        yield Engine("oxigraph", _answering(f"http://{arguments[-1]}/query"))


def _load(folder: Path, file: Path, into: Collection[str] = ()) -> None:
    subprocess.run([str(_oxigraph()), "load", "-l", folder, "-f", file, *into], check=True, capture_output=True)


@contextmanager
def _run_oxigraph(folder: Path, dumps: tuple[tuple[Path, str], ...]) -> Iterator[str]:
    for file, graph in dumps:
        _load(folder, file, ["--graph", graph] if file.suffix == ".ttl" else [])
    with oxigraph(folder, free_port(), "--union-default-graph") as started:
        yield started.url


@contextmanager
def _run_virtuoso(folder: Path, dumps: tuple[tuple[Path, str], ...]) -> Iterator[str]:
    sql, http = free_port(), free_port()
    (folder / "virtuoso.ini").write_text(_VIRTUOSO.format(folder=folder, sql=sql, http=http))
    with _running(["virtuoso-t", "+configfile", "virtuoso.ini", "+foreground"], folder):
        url = _answering(f"http://127.0.0.1:{http}/sparql")
        for file, graph in dumps:
            shutil.copy(file, folder)
            _isql_run(sql, f"ld_dir('{folder}', '{file.name}', '{graph}'); rdf_loader_run();")
        listed = _isql_run(sql, "SELECT ll_state, ll_error FROM DB.DBA.load_list;")
        assert listed.count("NULL") >= len(dumps), listed
        yield url


@contextmanager
def _running(command: list[str | Path], folder: Path) -> Iterator[None]:
    with (folder / "output").open("wb") as output:
        process = subprocess.Popen(command, cwd=folder, stdout=output, stderr=output)
        try:
            yield
        finally:
            process.kill()
            process.wait()


def _answering(url: str) -> str:
    """Wait until an endpoint answers, and return its address."""
    until = time.monotonic() + SECONDS
    while True:
        try:
            with urlopen(f"{url}?{urlencode({'query': 'ASK {}'})}", timeout=SECONDS):
                return url
        except (URLError, ConnectionError):
            if time.monotonic() > until:
                raise
            time.sleep(0.1)


def _isql_run(port: int, statements: str) -> str:
    command = [str(_isql()), f"127.0.0.1:{port}", "dba", "dba", "ERRORS=STDOUT", f"EXEC={statements}"]
    return subprocess.run(command, check=True, capture_output=True, text=True, timeout=SECONDS).stdout


def _isql() -> str | None:
    return next(filter(None, map(shutil.which, _ISQL)), None)


def _oxigraph() -> str | None:
    return shutil.which("oxigraph", path=str(Path(sys.executable).parent)) or shutil.which("oxigraph")


def free_port() -> int:
    """Return a port that nothing listens on."""
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        return int(free.getsockname()[1])
