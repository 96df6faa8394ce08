"""A backup has every confirmed write, is made beside a server that writes, and is restored whole or not at all."""

from __future__ import annotations

import hashlib
import signal
import subprocess
import sys
import threading
from collections.abc import Callable
from pathlib import Path

import pyoxigraph as ox
import pytest

from kg.errors import BackupError, ReleaseError
from kg.store.overlay.backup import back_up, restore
from tests.conftest import kg
from tests.server.serving import QUADS, gone, make_release, run_server, until
from tests.writing.clients import PROLOGUE, Client
from tests.writing.conftest import StartWritable

Damage = Callable[[bytes], bytes]
ODD = r"""INSERT DATA { e:s e:p "a\nb\"c\u202e"@en-GB , _:b . GRAPH e:g { _:b e:p 1.50 } } ; CREATE GRAPH e:empty"""


def signed(text: str) -> bytes:
    """Return a file with the right checksum."""
    body = f"# kg overlay 1\n{text}".encode()
    return body + f"# sha256 {hashlib.sha256(body).hexdigest()}\n".encode()


@pytest.fixture
def file(tmp_path: Path) -> Path:
    """A backup of one statement and one empty graph."""
    file = tmp_path / "written.nq"
    file.write_bytes(signed("# graph <urn:empty>\n<urn:s> <urn:p> <urn:o> <urn:g> .\n"))
    return file


def test_the_commands_say_how_many_statements_there_are(file: Path, tmp_path: Path) -> None:
    overlay = tmp_path / "overlay"
    assert kg("restore", "--overlay", overlay, file).stderr == f"restored {overlay}; statements: 1\n"
    assert kg("backup", "--overlay", overlay, file).stderr == f"wrote {overlay} to {file}; statements: 1\n"


@pytest.mark.slow
def test_a_backup_beside_writes_has_all_that_was_confirmed_and_no_half(tmp_path: Path, start: StartWritable) -> None:
    make_release(tmp_path / "out", QUADS)
    client = start("--release", str(tmp_path / "out"))
    confirmed: list[int] = []
    finished = threading.Event()
    sender = threading.Thread(target=_send, args=(client, confirmed, finished))
    sender.start()
    backups = []
    while not finished.is_set():
        before = list(confirmed)
        file = tmp_path / f"{len(backups)}.nq"
        back_up(tmp_path / "out" / "overlay", file)
        backups.append((before, file))
    sender.join()
    assert len(confirmed) == 30
    assert len({len(before) for before, _ in backups}) > 3
    family = client.server.family()
    client.server.end(signal.SIGKILL)
    until(lambda: gone(family))
    for before, file in backups:
        halves = [
            {
                quad.object.value
                for quad in ox.parse(path=str(file), format=ox.RdfFormat.N_QUADS)
                if (quad.graph_name == ox.DefaultGraph()) is default
            }
            for default in (True, False)
        ]
        assert halves[0] == halves[1] >= {str(number) for number in before}
    before, file = backups[len(backups) // 2]
    restore(file, tmp_path / "out" / "overlay", replace=True)
    again = start("--release", str(tmp_path / "out"))
    assert len(before) <= again.count("GRAPH e:g { e:s e:p ?o }") < len(confirmed)
    assert again.count("GRAPH ?g { ?s ?p ?o } FILTER(?g != e:g)") == len(QUADS)
    assert again.update(f"{PROLOGUE}INSERT DATA {{ e:s e:p 100 }}").status == 204


def _send(client: Client, confirmed: list[int], finished: threading.Event) -> None:
    for number in range(30):
        both = f"INSERT DATA {{ e:s e:p {number} }} ; INSERT {{ GRAPH e:g {{ e:s e:p {number} }} }} WHERE {{}}"
        if client.update(PROLOGUE + both).status == 204:
            confirmed.append(number)
    finished.set()


@pytest.mark.slow
def test_what_is_restored_elsewhere_is_what_was_written(tmp_path: Path, start: StartWritable) -> None:
    first = start("--no-release")
    assert first.update(PROLOGUE + ODD).status == 204
    file = tmp_path / "written.nq"
    assert back_up(tmp_path / "build" / "overlay", file) == 3
    with pytest.raises(ReleaseError, match="is locked by another server"):
        restore(file, tmp_path / "build" / "overlay", replace=True)
    assert first.server.end() == 0
    elsewhere = tmp_path / "elsewhere"
    assert restore(file, elsewhere, replace=False) == 3
    second = start("--no-release", "--overlay", str(elsewhere))
    assert second.holds("GRAPH e:empty {} e:s e:p ?b . GRAPH e:g { ?b e:p 1.50 }")
    assert second.server.end() == 0
    back_up(elsewhere, tmp_path / "again.nq")
    assert sorted((tmp_path / "again.nq").read_text().splitlines()[:-1]) == sorted(file.read_text().splitlines()[:-1])


@pytest.mark.parametrize(
    "damage",
    [
        lambda content: content[:-1],
        lambda content: content[: len(content) // 2],
        lambda content: content.replace(b"<urn:o>", b"<urn:x>"),
        lambda content: content + b"<urn:s> <urn:p> <urn:more> .\n",
        lambda content: content.replace(b"overlay 1", b"overlay 2"),
        lambda content: b"",
        lambda content: b"# kg overlay 1\n",
        lambda content: signed("<urn:s> <urn:p> .\n"),
        lambda content: signed("# graph <../../x>\n"),
        lambda content: signed("# graph <urn:a> . <urn:b> <urn:c> <urn:d>\n"),
        lambda content: signed("# graph \xff\n"),
    ],
)
@pytest.mark.parametrize("replace", [False, True])
def test_a_damaged_backup_changes_nothing(file: Path, tmp_path: Path, damage: Damage, replace: bool) -> None:
    folder = tmp_path / "overlay"
    if replace:
        restore(file, folder, replace=False)
    file.write_bytes(damage(file.read_bytes()))
    with pytest.raises(BackupError, match=r"written\.nq is (damaged|no backup)"):
        restore(file, folder, replace=replace)
    assert [entry.name for entry in folder.glob("snapshots/*")] == (["1"] if replace else [])
    assert (folder / "current").exists() is replace


def test_data_are_replaced_only_if_it_is_said_and_other_files_never(file: Path, tmp_path: Path) -> None:
    folder = tmp_path / "overlay"
    assert restore(file, folder, replace=False) == 1
    with pytest.raises(BackupError, match="has written data already; --replace deletes them"):
        restore(file, folder, replace=False)
    file.write_bytes(signed(""))
    assert restore(file, folder, replace=True) == 0
    assert [entry.name for entry in (folder / "snapshots").iterdir()] == ["2"]
    with pytest.raises(BackupError, match=r"has other files, such as overlay"):
        restore(file, tmp_path, replace=True)


@pytest.mark.parametrize("damaged", [slice(0, 20), slice(-50, None)], ids=["a statement", "the end"])
def test_a_backup_that_fails_leaves_the_older_one(file: Path, tmp_path: Path, damaged: slice) -> None:
    folder = tmp_path / "overlay"
    restore(file, folder, replace=False)
    older = file.read_bytes()
    for table in folder.glob("current/written/*.sst"):
        content = bytearray(table.read_bytes())
        content[damaged] = bytes(len(content[damaged]))
        table.write_bytes(content)
    with pytest.raises(BackupError, match="Corruption"):
        back_up(folder, file)
    with pytest.raises(BackupError, match=r"there are no written data in .*; kg serve --writable"):
        back_up(tmp_path / "nothing", file)
    assert file.read_bytes() == older
    assert {entry.name for entry in tmp_path.iterdir()} == {file.name, "overlay"}


@pytest.mark.slow
@pytest.mark.parametrize("name", ["fsync", "replace", "symlink", "rename", "rmdir", "mkdir"])
def test_a_restore_that_is_killed_leaves_the_old_data_or_the_new(file: Path, tmp_path: Path, name: str) -> None:
    """The process is killed at each of its calls of a function of the operating system, one after another."""
    folder = tmp_path / "overlay"
    restore(file, folder, replace=False)
    old = dump(folder, tmp_path)
    newer = tmp_path / "newer.nq"
    newer.write_bytes(signed("<urn:s> <urn:p> <urn:new> .\n"))
    seen = []
    for call in range(1, 100):
        done = subprocess.run([sys.executable, "-c", KILLED, name, str(call), newer, folder], check=False)
        seen.append(dump(folder, tmp_path))
        if done.returncode == 0:
            break
        assert done.returncode == -signal.SIGKILL
    new = seen[-1]
    assert new != old
    assert set(seen) <= {old, new}
    assert seen == sorted(seen, key=[old, new].index)
    assert len(list((folder / "snapshots").iterdir())) == 1


KILLED = """
import os, signal, sys
from pathlib import Path
from kg.store.overlay.backup import restore
name, call, file, folder = sys.argv[1:]
real, left = getattr(os, name), int(call)
def counted(*arguments, **named):
    global left
    left -= 1
    if not left:
        os.kill(os.getpid(), signal.SIGKILL)
    return real(*arguments, **named)
setattr(os, name, counted)
restore(Path(file), Path(folder), replace=True)
"""


def dump(folder: Path, beside: Path) -> bytes:
    back_up(folder, beside / "dump.nq")
    return (beside / "dump.nq").read_bytes()


@pytest.mark.slow
def test_a_server_says_in_one_line_that_the_written_data_are_damaged(file: Path, tmp_path: Path) -> None:
    folder = tmp_path / "overlay"
    restore(file, folder, replace=False)
    for table in folder.glob("current/written/*.sst"):
        table.write_bytes(bytes(table.stat().st_size))
    damaged = {path: path.read_bytes() for path in folder.glob("snapshots/*/written/*.sst")}
    server = run_server(
        tmp_path, ["--writable", "--no-release", "--overlay", str(folder), "--port", "0"], KG_WRITE_TOKEN="x"
    )
    assert server.process.wait() == 2
    assert "Traceback" not in server.log.read_text()
    assert f"the overlay in {folder} cannot be opened: Corruption" in server.log.read_text()
    assert {path: path.read_bytes() for path in damaged} == damaged
