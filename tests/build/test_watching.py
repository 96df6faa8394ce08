"""What ``--watch`` keeps between builds, says of them, and removes."""

from __future__ import annotations

import gc
import subprocess
from collections.abc import Callable
from dataclasses import asdict, replace
from functools import partial
from pathlib import Path
from typing import Any

import click
import pytest

from kg.build.watching import MadeReleases, changes, once
from kg.build_cache import FOLDER, BuildCache
from kg.commands._releases import WantedRelease, make_or_reuse, say_report
from kg.commands.build import command
from kg.query.rows import rows
from kg.release import Release, is_verified, new_release, open_release, publish, release_ids, remove_release
from kg.release.verifying import remember
from kg.store import oxigraph
from tests.conftest import write_site


def make(out: Path, number: int) -> Release:
    with new_release(out) as draft:
        (draft / "graph.nq").write_text(f'<http://a.example/{number}> <http://a.example/p> "" <http://a.example/g> .\n')
        counts = oxigraph.create(draft / "store", draft / "graph.nq")
        return publish(draft, {"created": "2026-01-01T00:00:00Z", "counts": asdict(counts), "sites": []})


def test_the_last_three_releases_stay_and_a_store_that_is_open_can_be_read(tmp_path: Path) -> None:
    before = make(tmp_path, 0)
    made = MadeReleases(tmp_path)
    first = make(tmp_path, 1)
    made.tidy()
    reading = oxigraph.open_store(first.store)
    others = []
    for number in (2, 3, 4):
        others.append(make(tmp_path, number).id)
        made.tidy()
    assert release_ids(tmp_path) == {before.id, *others}
    assert not list(first.folder.parent.glob(f"*{first.id}*"))
    assert len(rows(reading, "SELECT * { ?s ?p ?o }")) == 1
    assert open_release(tmp_path).id == others[-1]


def test_after_an_older_release_is_removed_the_current_one_is_known_to_be_whole(tmp_path: Path) -> None:
    older, current = make(tmp_path, 1), make(tmp_path, 2)
    (current.folder / "graph.nq").unlink()
    (current.folder / "graph.nq").hardlink_to(older.graph)
    remember(current)
    remove_release(tmp_path, older.id)
    assert is_verified(current)


def report(*findings: tuple[str, int, str]) -> dict[str, Any]:
    entries = [
        {"path": path, "line": line, "severity": severity, "rule": "rule", "message": "words"}
        for path, line, severity in findings
    ]
    return {"sites": [{"key": "a", "pages": [], "kept_out": {}, "findings": entries}]}


def git(folder: Path, *arguments: str) -> None:
    person = ("-c", "user.name=A", "-c", "user.email=nobody@example.org")
    subprocess.run(["git", "-C", folder, *person, *arguments], check=True, capture_output=True)


@pytest.mark.parametrize(
    "change",
    [
        lambda site: (site / "index.md").write_text("---\ntitle: Another\n---\nWords.\n"),
        lambda site: (site / "img" / "new.png").write_bytes(b""),
        lambda site: (site / "style.css").write_text("---\n---\n"),
        lambda site: (site / "style.css").unlink(),
        lambda site: git(site, "commit", "-q", "-m", "Words", "--allow-empty"),
        lambda site: git(site, "checkout", "-q", "HEAD~1"),
    ],
)
@pytest.mark.parametrize("where", ["site", "worktree"])
def test_whatever_a_build_depends_on_is_looked_at(tmp_path: Path, where: str, change: Callable[[Path], object]) -> None:
    write_site(tmp_path / "site", {"index.md": "---\ntitle: A\n---\nWords.\n", "style.css": "a {}", "img/a.png": ""})
    git(tmp_path / "site", "init", "-q")
    git(tmp_path / "site", "add", ".")
    for words in ("One", "Two"):
        git(tmp_path / "site", "commit", "-q", "--allow-empty", "-m", words)
    git(tmp_path / "site", "worktree", "add", "-q", tmp_path / "worktree")
    looks = iter(range(20))
    watched = changes([tmp_path / where], lambda: next(looks, None) is None)
    next(watched)
    change(tmp_path / where)
    next(watched)
    assert next(watched, "no more") == "no more"


def test_findings_that_were_told_are_counted_and_errors_come_last(capsys: pytest.CaptureFixture[str]) -> None:
    old = ("a.md", 1, "warning")
    now = report(old, ("b.md", 1, "error"), ("c.md", 1, "warning"))
    with click.Context(command):
        say_report(now, WantedRelease([Path("site")], Path("out"), {}), report(old))
    assert capsys.readouterr().err.splitlines()[:3] == [
        "site/c.md:1: warning: rule: words",
        "site/b.md:1: error: rule: words",
        "1 finding as before",
    ]


@pytest.mark.slow
def test_a_fault_of_a_build_is_written(capfd: pytest.CaptureFixture[str]) -> None:
    once(partial(divmod, 1, 0))
    assert "ZeroDivisionError" in capfd.readouterr().err


@pytest.mark.slow
def test_many_builds_in_one_process_leave_nothing(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    site = write_site(
        tmp_path / "site", {f"p{number}.md": f"---\ntitle: Page {number}\n---\nText\n" for number in range(9)}
    )
    wanted = WantedRelease([site], tmp_path / "out", {}, cache=BuildCache(tmp_path / "out" / FOLDER))
    objects = []
    with click.Context(command):
        for number in range(12):
            (site / "p1.md").write_text(f"---\ntitle: Page 1\n---\n[Site {number}](https://site{number}.example)\n")
            once(partial(make_or_reuse, wanted))
            gc.unfreeze()
            objects.append(len(gc.get_objects()))
    assert max(objects[-3:]) - objects[3] < 9 * 200, objects  # bounded caches of texts fill a little more each time
    assert len(release_ids(tmp_path / "out")) == 12


@pytest.mark.slow
def test_a_release_that_is_there_is_made_again_to_have_read_all_for_the_next(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    site = write_site(tmp_path / "site", {"a.md": "---\ntitle: A\n---\nText\n"})
    cache = BuildCache(tmp_path / "out" / FOLDER, memory=1 << 20)
    wanted = WantedRelease([site], tmp_path / "out", {}, cache=cache)
    with click.Context(command):
        first, _ = make_or_reuse(wanted)
        assert first
        assert make_or_reuse(wanted)[0] == first
        assert "reusing the existing release" in capsys.readouterr().err
        again, _ = make_or_reuse(replace(wanted, reuses=False))
    assert again
    assert again.id == first.id
    assert "reading" in capsys.readouterr().err
    assert {path.name for path in (tmp_path / "out" / "releases").glob("*")} == {first.id, f".{first.id}.verified"}
