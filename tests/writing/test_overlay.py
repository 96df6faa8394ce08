"""Written data persists over a new release, a restart, and the end of any process."""

from __future__ import annotations

import os
import random
import shutil
import signal
import threading
from pathlib import Path

import pytest

from tests.server.serving import QUADS, SHEET, gone, make_release, run_server, until
from tests.writing.clients import PROLOGUE, Client, has_writer, writer_of
from tests.writing.conftest import StartWritable

GRAPH = f"{SHEET}#graph"
ADDED = '<http://example.org/new> <http://example.org/p> "a new release"'


def test_the_overlay_survives_a_new_release(tmp_path: Path, start: StartWritable) -> None:
    out = tmp_path / "out"
    make_release(out, QUADS)
    client = start("--release", str(out))
    written = f"INSERT DATA {{ e:default e:p 1 . {QUADS[0]} . GRAPH e:g {{ _:b e:p 2 }} }}; CREATE GRAPH e:empty"
    assert client.update(PROLOGUE + written).status == 204
    make_release(out, [*QUADS[1:], ADDED])
    until(lambda: client.holds("e:new e:p ?new"))
    assert client.holds("e:default e:p 1 . GRAPH e:g { ?b e:p 2 } GRAPH e:empty {}")
    assert client.holds(QUADS[0])
    assert not client.holds(f"GRAPH <{GRAPH}> {{ {QUADS[0]} }}")
    assert client.update(PROLOGUE + f"DELETE WHERE {{ {QUADS[0].replace('CheatSheet', 'X')} }}").status == 204
    assert client.update("DROP ALL").status == 204
    assert set(client.get("").text.splitlines()) == {f"{quad} ." for quad in [*QUADS[1:], ADDED]}


def test_a_new_release_while_nobody_serves(tmp_path: Path, start: StartWritable) -> None:
    out = tmp_path / "out"
    make_release(out, QUADS)
    first = start("--release", str(out))
    assert first.update(f"{PROLOGUE}INSERT DATA {{ GRAPH e:g {{ e:s e:p 2 }} }}").status == 204
    assert first.server.end() == 0
    make_release(out, [*QUADS, ADDED])
    second = start("--release", str(out))
    assert second.holds("e:new e:p ?new . GRAPH e:g { e:s e:p 2 }")


def test_a_graph_that_comes_to_be_compiled_says_what_was_compiled(tmp_path: Path, start: StartWritable) -> None:
    out = tmp_path / "out"
    old = make_release(out, QUADS[:1])
    shutil.move(old.folder, tmp_path / "aside")
    with (tmp_path / "aside" / "graph.nq").open() as file:
        assert GRAPH in file.read()
    empty = start("--no-release", "--overlay", str(tmp_path / "overlay"))
    assert empty.update(f"INSERT DATA {{ GRAPH <{GRAPH}> {{ {ADDED} }} }}").status == 204
    assert empty.server.end() == 0
    make_release(out, QUADS)
    compiled = start("--release", str(out), "--overlay", str(tmp_path / "overlay"))
    assert set(compiled.get(GRAPH).text.splitlines()) == {f"{quad} ." for quad in QUADS}
    assert compiled.server.end() == 0
    again = start("--no-release", "--overlay", str(tmp_path / "overlay"))
    assert again.get(GRAPH).text.splitlines() == [f"{ADDED} ."]


def test_without_a_release_there_is_what_was_written(start: StartWritable) -> None:
    client = start("--no-release")
    assert client.count("?s ?p ?o") == client.count("GRAPH ?g {}") == 0
    for path in ("/", "/health", "/dumps/"):
        assert client.ask(path).status == 200
    assert client.ask("/sparql", Accept="text/turtle").status == 200
    assert client.update(f"{PROLOGUE}INSERT DATA {{ e:s e:p 1 }}").status == 204
    assert client.count("?s ?p ?o") == 1


def test_a_release_that_is_removed_is_served_on(tmp_path: Path, start: StartWritable) -> None:
    out = tmp_path / "out"
    old = make_release(out, QUADS)
    client = start("--release", str(out))
    make_release(out, [*QUADS, ADDED])
    until(lambda: client.holds("e:new e:p ?new"))
    shutil.rmtree(old.folder)
    assert client.update(f"{PROLOGUE}INSERT DATA {{ e:s e:p 1 }}").status == 204
    assert client.holds("e:s e:p 1 . e:new e:p ?new")


def test_one_server_alone_writes_an_overlay(tmp_path: Path, start: StartWritable) -> None:
    start("--no-release")
    second = run_server(tmp_path, ["--writable", "--no-release", "--port", "0"], KG_WRITE_TOKEN="x")
    assert second.process.wait() == 2
    assert "is locked by another server" in second.log.read_text()


def test_a_killed_server_leaves_no_files_elsewhere(tmp_path: Path, start: StartWritable) -> None:
    elsewhere = tmp_path / "elsewhere"
    elsewhere.mkdir()
    server = start("--no-release", TMPDIR=str(elsewhere)).server
    family = server.family()
    server.end(signal.SIGKILL)
    until(lambda: gone(family))
    assert list(elsewhere.iterdir()) == []


def test_leftovers_are_removed_at_the_start(tmp_path: Path, start: StartWritable) -> None:
    first = start("--no-release")
    for number in range(3):
        assert first.update(f"{PROLOGUE}INSERT DATA {{ e:s e:p {number} }}").status == 204
    assert first.server.end(signal.SIGKILL) == -signal.SIGKILL
    overlay = tmp_path / "build" / "overlay"
    (overlay / "snapshots" / "99").mkdir()
    (overlay / "work" / "store-99").mkdir()
    (overlay / "work" / "store-99" / "bulk-1.sst").touch()
    second = start("--no-release")
    assert second.count("e:s e:p ?o") == 3
    assert not list(overlay.rglob("bulk-*.sst"))
    assert [folder.resolve() for folder in (overlay / "snapshots").iterdir()] == [(overlay / "current").resolve()]


def test_old_snapshots_are_removed_while_it_runs(tmp_path: Path, start: StartWritable) -> None:
    client = start("--no-release")
    snapshots = tmp_path / "build" / "overlay" / "snapshots"
    for number in range(5):
        assert client.update(f"{PROLOGUE}INSERT DATA {{ e:s e:p {number} }}").status == 204
    assert len(list(snapshots.iterdir())) > 1
    until(lambda: len(list(snapshots.iterdir())) == 1)
    assert client.count("e:s e:p ?o") == 5


@pytest.mark.parametrize("seed", range(3))
def test_what_was_acknowledged_outlives_kill_9(tmp_path: Path, start: StartWritable, seed: int) -> None:
    """The writer is killed at random moments of a stream of updates, then the server is."""
    chance = random.Random(seed)
    make_release(tmp_path / "out", QUADS)
    client = start("--release", str(tmp_path / "out"))
    acknowledged: list[int] = []
    finished = threading.Event()
    sender = threading.Thread(target=_send, args=(client, acknowledged, finished))
    sender.start()
    while not finished.wait(chance.uniform(0.05, 1.0)):
        if has_writer(client.server):
            os.kill(writer_of(client.server), signal.SIGKILL)
    sender.join()
    _check_all(client, acknowledged)
    assert len(acknowledged) > 1
    family = client.server.family()
    assert client.server.end(signal.SIGKILL) == -signal.SIGKILL
    until(lambda: gone(family))
    _check_all(start("--release", str(tmp_path / "out")), acknowledged)


def _send(client: Client, acknowledged: list[int], finished: threading.Event) -> None:
    """Send updates of two statements each, of which no reader may see only one."""
    for number in range(20):
        both = f"INSERT DATA {{ e:s e:p {number} }} ; INSERT {{ GRAPH e:g {{ e:s e:p {number} }} }} WHERE {{}}"
        reply = client.update(PROLOGUE + both)
        assert reply.status in (204, 503), reply.text
        if reply.status == 204:
            acknowledged.append(number)
    finished.set()


def _check_all(client: Client, acknowledged: list[int]) -> None:
    for number in acknowledged:
        assert client.holds(f"e:s e:p {number}"), number
    assert client.count("{ e:s e:p ?o } MINUS { GRAPH e:g { e:s e:p ?o } }") == 0
    assert client.count("{ GRAPH e:g { e:s e:p ?o } } MINUS { e:s e:p ?o }") == 0
    assert client.count(f"GRAPH <{GRAPH}> {{ ?s ?p ?o }}") == len(QUADS)


def test_a_worker_that_is_killed_loses_nothing(start: StartWritable) -> None:
    client = start("--no-release")
    assert client.update(f"{PROLOGUE}INSERT DATA {{ e:s e:p 1 }}").status == 204
    (master,) = client.server.family() - {client.server.process.pid, writer_of(client.server)} - _workers(client)
    os.kill(master, signal.SIGKILL)
    until(lambda: client.server.query("ASK {}").status == 200)
    assert client.holds("e:s e:p 1")


def _workers(client: Client) -> set[int]:
    family = client.server.family() - {client.server.process.pid, writer_of(client.server)}
    parents = {pid: int(Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[1]) for pid in family}
    return {pid for pid in family if parents[pid] in family}
