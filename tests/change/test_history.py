"""The git history of a site's files, in real checkouts, including hostile ones."""

from __future__ import annotations

import os
import stat
import subprocess
from pathlib import Path

import pytest

from kg.errors import SiteError
from kg.site.history import LastChange, State, changed_since, digest, read_history
from kg.site.revisions import take_out
from tests.change.checkout import commit, git


def write(folder: Path, **files: str) -> None:
    folder.mkdir(parents=True, exist_ok=True)
    for name, text in files.items():
        (folder / f"{name}.md").write_text(text, encoding="utf-8")


def test_each_file_has_the_commit_that_made_it_what_it_is(tmp_path: Path) -> None:
    write(tmp_path, a="one\n", b="one\n")
    first = commit(tmp_path, day=1)
    write(tmp_path, b="two\n")
    second = commit(tmp_path, day=2)
    assert read_history(tmp_path, ["a.md", "b.md"]) == {
        "a.md": LastChange(State.COMMITTED, first, "2026-03-01T10:00:00Z"),
        "b.md": LastChange(State.COMMITTED, second, "2026-03-02T10:00:00Z"),
    }


def test_a_change_that_is_not_committed_is_no_commits(tmp_path: Path) -> None:
    write(tmp_path, a="one\n", b="one\n", staged="one\n")
    first = commit(tmp_path)
    write(tmp_path, a="two\n", new="one\n", staged="two\n")
    git(tmp_path, "add", "staged.md")
    found = read_history(tmp_path, ["a.md", "b.md", "new.md", "staged.md"])
    assert found["a.md"] == found["staged.md"] == LastChange(State.MODIFIED, first, "")
    assert found["b.md"].state is State.COMMITTED
    assert found["new.md"] == LastChange(State.NEW, "", "")


def test_an_earlier_version_put_back_by_hand_is_a_change(tmp_path: Path) -> None:
    write(tmp_path, a="one\n")
    commit(tmp_path)
    write(tmp_path, a="two\n")
    second = commit(tmp_path)
    write(tmp_path, a="one\n")
    assert read_history(tmp_path, ["a.md"]) == {"a.md": LastChange(State.MODIFIED, second, "")}


def test_line_ends_of_windows_are_no_change(tmp_path: Path) -> None:
    (tmp_path / "a.md").write_bytes(b"one\n")
    first = commit(tmp_path)
    (tmp_path / "a.md").write_bytes(b"one\r\n")
    assert read_history(tmp_path, ["a.md"])["a.md"].commit == first
    assert read_history(tmp_path, ["a.md"])["a.md"].state is State.COMMITTED


def test_a_site_in_a_folder_of_a_checkout(tmp_path: Path) -> None:
    site = tmp_path / "docs" / "a site"
    write(site, **{"å page": "one\n", "b": "one\n"})
    write(tmp_path, b="another\n")
    first = commit(tmp_path)
    write(tmp_path, b="changed\n")
    commit(tmp_path, day=2)
    assert {path: change.commit for path, change in read_history(site, ["å page.md", "b.md"]).items()} == {
        "å page.md": first,
        "b.md": first,
    }


def test_a_merge_counts_only_where_it_decided_something(tmp_path: Path) -> None:
    site = tmp_path / "site"
    write(site, clash="one\n", theirs="one\n")
    commit(tmp_path)
    git(tmp_path, "checkout", "--quiet", "-b", "branch")
    write(site, clash="theirs\n", theirs="theirs\n")
    branch = commit(tmp_path, day=2)
    git(tmp_path, "checkout", "--quiet", "main")
    write(site, clash="ours\n")
    commit(tmp_path, day=3)
    with pytest.raises(subprocess.CalledProcessError):
        git(tmp_path, "merge", "branch")
    write(site, clash="both\n")
    merge = commit(tmp_path, "merge", day=4)
    found = read_history(site, ["clash.md", "theirs.md"])
    assert {path: change.commit for path, change in found.items()} == {"clash.md": merge, "theirs.md": branch}


def test_a_shallow_clone_claims_no_more_than_it_has(tmp_path: Path) -> None:
    write(tmp_path / "full", a="one\n", b="one\n")
    commit(tmp_path / "full")
    write(tmp_path / "full", other="one\n")
    second = commit(tmp_path / "full", day=2)
    write(tmp_path / "full", b="two\n")
    third = commit(tmp_path / "full", day=3)
    git(tmp_path, "clone", "--quiet", "--depth=2", f"file://{tmp_path / 'full'}", "shallow")
    assert read_history(tmp_path / "shallow", ["a.md", "b.md"]) == {
        "a.md": LastChange(State.KEPT, second, ""),
        "b.md": LastChange(State.COMMITTED, third, "2026-03-03T10:00:00Z"),
    }


def test_where_git_knows_nothing_nothing_is_said(tmp_path: Path) -> None:
    write(tmp_path / "plain", a="one\n")
    assert read_history(tmp_path / "plain", ["a.md"]) == {}
    write(tmp_path / "checkout", a="one\n")
    (tmp_path / "checkout" / ".gitignore").write_text("build/\n", encoding="utf-8")
    commit(tmp_path / "checkout")
    write(tmp_path / "checkout" / "build" / "site", a="one\n")
    assert read_history(tmp_path / "checkout" / "build" / "site", ["a.md"]) == {}
    git(tmp_path / "empty", "init", "--quiet")
    write(tmp_path / "empty", a="one\n")
    assert read_history(tmp_path / "empty", ["a.md"]) == {}


@pytest.mark.skipif(os.geteuid() != 0, reason="only root can give a folder away")
def test_a_checkout_of_somebody_else_is_not_asked(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("GIT_CONFIG_GLOBAL", os.devnull)
    write(tmp_path / "theirs", a="one\n")
    commit(tmp_path / "theirs")
    assert read_history(tmp_path / "theirs", ["a.md"]) != {}
    for path in (tmp_path / "theirs", tmp_path / "theirs" / ".git"):
        os.chown(path, 12345, 12345)
    assert read_history(tmp_path / "theirs", ["a.md"]) == {}


def test_the_digest_differs_where_only_the_commit_does(tmp_path: Path) -> None:
    write(tmp_path, a="one\n")
    commit(tmp_path)
    before = digest(read_history(tmp_path, ["a.md"]))
    assert digest(read_history(tmp_path, ["a.md"])) == before
    write(tmp_path, other="one\n")
    commit(tmp_path, day=2)
    assert digest(read_history(tmp_path, ["a.md"])) == before
    git(tmp_path, "reset", "--quiet", "--soft", "HEAD~1")
    git(tmp_path, "commit", "--quiet", "--amend", "--message", "the same bytes", day=3)
    assert digest(read_history(tmp_path, ["a.md"])) != before


def test_what_differs_from_a_commit_is_changed_deleted_staged_or_new(tmp_path: Path) -> None:
    site = tmp_path / "docs"
    write(site, same="one\n", changed="one\n", deleted="one\n", staged="one\n", dropped="one\n")
    write(site / "sub", same="one\n")
    commit(tmp_path)
    (site / ".gitignore").write_text("ignored.md\ndropped.md\n", encoding="utf-8")
    commit(tmp_path)
    write(site, changed="two\n", dropped="two\n", staged="two\n", added="one\n", ignored="one\n", **{"ny å": "one\n"})
    git(site, "add", "staged.md", "added.md")
    git(site, "rm", "--quiet", "--cached", "dropped.md")
    (site / "deleted.md").unlink()
    differing = {"changed.md", "deleted.md", "staged.md", "dropped.md", "added.md", "ny å.md"}
    assert changed_since(site, "HEAD") == differing
    commit(tmp_path)
    assert changed_since(site, "HEAD") == set()
    assert changed_since(site, "HEAD~1") == differing


def test_what_git_would_not_look_at_counts_as_changed(tmp_path: Path) -> None:
    write(tmp_path, assumed="one\n", skipped="one\n", rewritten="one\n", windows="one\n")
    (tmp_path / "link.md").symlink_to("assumed.md")
    (tmp_path / ".gitattributes").write_text("rewritten.md filter=upper\n", encoding="utf-8")
    commit(tmp_path)
    git(tmp_path, "update-index", "--assume-unchanged", "assumed.md")
    git(tmp_path, "update-index", "--skip-worktree", "skipped.md")
    write(tmp_path, assumed="two\n", skipped="two\n", rewritten="ONE\n", windows="one\r\n")
    write(tmp_path / "other", a="one\n")
    commit(tmp_path / "other")
    assert changed_since(tmp_path, "HEAD") == {"assumed.md", "skipped.md", "rewritten.md", "link.md", "other"}


def test_a_pipe_in_the_place_of_a_file_is_not_read(tmp_path: Path) -> None:
    write(tmp_path, a="one\n")
    commit(tmp_path)
    (tmp_path / "a.md").unlink()
    os.mkfifo(tmp_path / "a.md")
    assert changed_since(tmp_path, "HEAD") == {"a.md"}


def trap(folder: Path) -> tuple[Path, Path]:
    """Create a program that leaves a file when it is run, and return both paths."""
    program, sprung = folder / "trap.sh", folder / "sprung"
    program.write_text(f"#!/bin/sh\ntouch '{sprung}'\nexit 0\n", encoding="utf-8")
    program.chmod(program.stat().st_mode | stat.S_IXUSR)
    return program, sprung


def test_what_a_partial_clone_lacks_is_not_fetched(tmp_path: Path) -> None:
    """A server's address may be a program to run."""
    program, sprung = trap(tmp_path)
    write(tmp_path / "full" / "pages", a="one\n")
    (tmp_path / "full" / "_config.yml").write_text("title: A site\n", encoding="utf-8")
    commit(tmp_path / "full")
    git(tmp_path / "full", "config", "uploadpack.allowFilter", "true")
    git(tmp_path, "clone", "--quiet", "--filter=tree:0", "--no-checkout", f"file://{tmp_path / 'full'}", "partial")
    partial = tmp_path / "partial"
    write(partial / "pages", a="one\n")
    git(partial, "config", "remote.origin.uploadpack", str(program))
    git(partial, "config", "protocol.allow", "always")
    assert read_history(partial, ["pages/a.md"]) == {}
    with pytest.raises(SiteError, match="git"):
        take_out(partial, "HEAD", tmp_path / "out")
    assert not sprung.exists()


def test_a_commit_is_taken_out_without_what_leads_elsewhere(tmp_path: Path) -> None:
    site = tmp_path / "docs"
    write(site / "pages", a="one\n")
    (site / "_config.yml").write_text("title: A site\n", encoding="utf-8")
    (site / "picture.png").write_bytes(b"\x89PNG")
    (site / "pages" / "link.md").symlink_to("/etc/hostname")
    first = commit(tmp_path)
    write(site / "pages", a="two\n", b="two\n")
    commit(tmp_path)
    assert take_out(site, "HEAD~1", tmp_path / "out") == first
    files = {file.relative_to(tmp_path / "out").as_posix() for file in (tmp_path / "out").rglob("*") if file.is_file()}
    assert files == {"_config.yml", "pages/a.md", "picture.png"}
    assert (tmp_path / "out" / "picture.png").read_bytes() == b""
    assert (tmp_path / "out" / "pages" / "a.md").read_text(encoding="utf-8") == "one\n"
    with pytest.raises(SiteError, match=r"no commit 'v9'.*git log"):
        take_out(site, "v9", tmp_path / "out")
    with pytest.raises(SiteError, match="no commit '--all'"):
        take_out(site, "--all", tmp_path / "out")
    with pytest.raises(SiteError, match=r"was no site in HEAD"):
        take_out(tmp_path, "HEAD", tmp_path / "out")
