"""What is made from the release before is as if it had been made anew."""

from __future__ import annotations

import io
import random
from pathlib import Path

import pyoxigraph as ox
import pytest

from kg.query import TURTLE
from kg.release import open_release
from kg.release.nquads import side_by_side
from kg.store import oxigraph
from kg.vocab import DCT, SCHEMA, SKOS
from kg.writers import turtle, write_release
from tests.change.checkout import release_of

PROPERTIES = (DCT.title, DCT.description, SCHEMA.name)


def statements(choose: random.Random, number: int) -> set[str]:
    return {
        f'<http://e/{choose.randrange(60)}> <{choose.choice(PROPERTIES)}> "{choose.randrange(3)} .\\n\\n"'
        f" <http://g/{choose.randrange(9)}>"
        for _ in range(number)
    }


def graph(file: Path, quads: set[str]) -> Path:
    file.write_text("".join(sorted(f"{quad} .\n" for quad in quads)))
    return file


def union(graph: Path) -> bytes:
    out = io.BytesIO()
    write_release(graph, out, TURTLE)
    return out.getvalue()


def test_two_files_are_read_side_by_side(tmp_path: Path) -> None:
    choose = random.Random(1)
    for number in range(300):
        one, other = (statements(choose, choose.randrange(60)) for _ in range(2))
        files = graph(tmp_path / "one", one), graph(tmp_path / "other", one | other if number % 2 else other)
        pairs = list(side_by_side(*files, size=choose.randrange(1, 12)))
        for at, file in enumerate(files):
            assert b"".join(line for pair in pairs for line in pair[at]) == file.read_bytes()
        subjects = [{line.split()[0] for part in pair for line in part} for pair in pairs]
        assert sum(map(len, subjects)) == len(set().union(*subjects))


def test_a_store_is_updated(tmp_path: Path) -> None:
    choose = random.Random(2)
    old = statements(choose, 300)
    release = open_release(release_of(tmp_path / "out", old))
    for number, new in enumerate([old, {*list(old)[:150], *statements(choose, 100)}, statements(choose, 10)]):
        now = graph(tmp_path / "now.nq", new)
        facts = {"quads": len(old), "triples": len({quad.rpartition(" ")[0] for quad in old})}
        release.manifest["counts"].update(facts)
        counts = oxigraph.update(tmp_path / f"updated{number}", now, release)
        assert counts == oxigraph.create(tmp_path / f"made{number}", now)
        updated, made = (ox.Store.read_only(str(tmp_path / f"{name}{number}")) for name in ("updated", "made"))
        assert set(updated) == set(made)
        assert set(updated.named_graphs()) == set(made.named_graphs())
        assert not list((tmp_path / f"updated{number}").glob("LOG*"))


def test_a_store_is_updated_from_one_that_was_kept_without_its_description(tmp_path: Path) -> None:
    choose = random.Random(5)
    old = statements(choose, 300)
    release = open_release(release_of(tmp_path / "out", old))
    release.manifest["counts"].update(quads=len(old), triples=len({quad.rpartition(" ")[0] for quad in old}))
    oxigraph.create(tmp_path / "filled", release.graph)
    oxigraph.keep(tmp_path / "filled", tmp_path / "kept")
    oxigraph.describe(tmp_path / "filled", "<release/1> a <https://example.org/Release> .")
    kept = {file.name: file.read_bytes() for file in (tmp_path / "kept").iterdir()}
    now = graph(tmp_path / "now.nq", {*list(old)[:250], *statements(choose, 20)})
    counts = oxigraph.update(tmp_path / "updated", now, release, tmp_path / "kept")
    assert counts == oxigraph.create(tmp_path / "made", now)
    assert set(ox.Store.read_only(str(tmp_path / "updated"))) == set(ox.Store.read_only(str(tmp_path / "made")))
    assert {file.name: file.read_bytes() for file in (tmp_path / "kept").iterdir()} == kept
    data = [file for file in (tmp_path / "kept").glob("*.sst") if file.stat().st_nlink == 2]
    assert data, "the data is on disk twice"


@pytest.mark.slow
def test_turtle_is_copied_where_nothing_has_changed(tmp_path: Path) -> None:
    choose = random.Random(3)
    for _ in range(50):
        old = statements(choose, 300)
        new = {*list(old)[: choose.randrange(100, 300)], *statements(choose, choose.randrange(20))}
        before, now = graph(tmp_path / "before.nq", old), graph(tmp_path / "now.nq", new)
        (tmp_path / "before.ttl").write_bytes(union(before))
        out = io.BytesIO()
        assert turtle.rewrite(now, out, before, tmp_path / "before.ttl")
        assert out.getvalue() == union(now)


def test_turtle_is_not_copied_if_prefixes_are_new_or_gone(tmp_path: Path) -> None:
    old = statements(random.Random(4), 300)
    more = {*old, f'<http://e/1> <{SKOS.notation}> "1" <http://g/1>'}
    for one, other in ((old, more), (more, old)):
        before, now = graph(tmp_path / "before.nq", one), graph(tmp_path / "now.nq", other)
        (tmp_path / "before.ttl").write_bytes(union(before))
        assert not turtle.rewrite(now, io.BytesIO(), before, tmp_path / "before.ttl")
