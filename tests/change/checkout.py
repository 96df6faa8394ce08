"""Git checkouts and releases for tests."""

from __future__ import annotations

import os
import subprocess
from collections.abc import Iterable
from dataclasses import asdict
from pathlib import Path

from kg.release import new_release, publish
from kg.store.oxigraph import create

DAY = "2026-03-0{}T12:00:00+0200"
"""A time of a commit, by the day."""


def git(folder: Path, *arguments: str, day: int = 1) -> str:
    """Run git with a fixed author and date."""
    folder.mkdir(parents=True, exist_ok=True)
    own = {name: value for name, value in os.environ.items() if not name.startswith("GIT_")}
    who = {f"GIT_{role}_{what}": value for role in ("AUTHOR", "COMMITTER") for what, value in _WHO.items()}
    when = {"GIT_AUTHOR_DATE": DAY.format(day), "GIT_COMMITTER_DATE": DAY.format(day)}
    quiet = {"GIT_CONFIG_GLOBAL": os.devnull, "GIT_CONFIG_SYSTEM": os.devnull}
    done = subprocess.run(
        ["git", "-c", "init.defaultBranch=main", *arguments],
        cwd=folder,
        env=own | who | when | quiet,
        capture_output=True,
        text=True,
        check=True,
    )
    return done.stdout.strip()


_WHO = {"NAME": "Committing Tester", "EMAIL": "committing.tester@example.org"}


def commit(folder: Path, words: str = "change", day: int = 1) -> str:
    """Commit all files below the folder and return the commit's hash."""
    if not (folder / ".git").exists():
        git(folder, "init", "--quiet")
    git(folder, "add", "--all")
    git(folder, "commit", "--quiet", "--allow-empty", "--message", words, day=day)
    return git(folder, "rev-parse", "HEAD")


def release_of(out: Path, quads: Iterable[str]) -> Path:
    """Publish a release with these N-Quads in a folder of its own below ``out``."""
    with new_release(out) as draft:
        graph = draft / "graph.nq"
        graph.write_text("".join(sorted(f"{quad} .\n" for quad in quads)), encoding="utf-8")
        counts = create(draft / "store", graph)
        return publish(draft, {"counts": asdict(counts), "sites": [], "created": "2026-03-01T12:00:00Z"}).folder
