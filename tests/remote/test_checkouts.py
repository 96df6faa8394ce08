"""Copies of sites are fetched from a real git server; no repository and no server can do more than be read."""

from __future__ import annotations

import contextlib
import os
import re
import subprocess
from pathlib import Path

import pytest

from kg.errors import SiteError
from kg.remote.address import parse_address
from kg.remote.checkouts import Checkout, GoodVersion
from kg.site.git import Limits
from kg.site.history import LastChange, State, read_history
from tests.change.checkout import commit, git
from tests.conftest import write_site
from tests.remote.server import GitServer, ask_for_password, endless_branches, redirect, stall
from tests.server.serving import until

pytestmark = pytest.mark.slow

PAGE = "---\ntitle: Mice\npage_id: mice\n---\nMice need cages.\n"


def files(site: Path) -> dict[str, int]:
    """Return path → size of each file of a copy but git's."""
    return {
        file.relative_to(site).as_posix(): file.stat().st_size
        for file in site.rglob("*")
        if file.is_file() and ".git" not in file.parts
    }


def test_a_site_is_fetched_with_its_history_and_without_what_no_build_reads(server: GitServer, tmp_path: Path) -> None:
    site = write_site(tmp_path / "site", {"mice.md": PAGE, "rats.md": PAGE})
    (site / "film.mp4").write_bytes(os.urandom(3_000_000))
    first = commit(site, day=1)
    write_site(site, {"rats.md": PAGE + "Rats too.\n"})
    second = commit(site, day=2)
    checkout = Checkout(tmp_path / "copies", parse_address(server.publish(site, "lab/site")))
    git(server.folder / "lab" / "site", "repack", "-a", "-d", "-b")  # a server with an index of what commits have
    assert checkout.fetch() == second
    copy = checkout.site(second)
    assert files(copy) == {**files(site), "film.mp4": 0}
    assert read_history(copy, ["mice.md", "rats.md"]) == {
        "mice.md": LastChange(State.COMMITTED, first, "2026-03-01T10:00:00Z"),
        "rats.md": LastChange(State.COMMITTED, second, "2026-03-02T10:00:00Z"),
    }
    assert sum(file.stat().st_size for file in checkout.folder.rglob("*") if file.is_file()) < 100_000
    assert checkout.date(second) == "2026-03-02"
    assert git(copy, "config", "--local", "--get", "remote.origin.url") == checkout.address.url


@pytest.fixture
def hostile(tmp_path: Path) -> Path:
    """Create a site with what other programs obey: attributes with filters, submodules and links."""
    site = write_site(tmp_path / "hostile", {"mice.md": PAGE, "docs/rats.md": PAGE})
    write_site(site, {".gitattributes": "*.md filter=lfs\n", ".lfsconfig": "[lfs]\nurl = https://elsewhere.example\n"})
    write_site(site, {".gitmodules": '[submodule "x"]\npath = x\nurl = ext::sh -c false\nupdate = !false\n'})
    (site / "passwd.md").symlink_to("/etc/passwd")
    (site / "_data").symlink_to("/etc")
    commit(site)
    git(site, "update-index", "--add", "--cacheinfo", f"160000,{'1' * 40},x")
    git(site, "commit", "--quiet", "--message", "submodule")
    return site


def test_filters_submodules_and_links_are_not_obeyed(server: GitServer, tmp_path: Path, hostile: Path) -> None:
    checkout = Checkout(tmp_path / "copies", parse_address(server.publish(hostile, "lab/site")))
    copy = checkout.site(checkout.fetch())
    assert (copy / "mice.md").read_text(encoding="utf-8") == PAGE
    expected = {"_config.yml", "mice.md", "docs/rats.md", ".gitattributes", ".gitmodules", ".lfsconfig"}
    assert files(copy).keys() == expected
    assert not [file for file in copy.rglob("*") if file.is_symlink()]
    assert all("/lab/site/" in request for request in server.requests)


def tree(repository: Path, *entries: str) -> str:
    """Write a tree that git itself would not make, and return its name."""
    made = subprocess.run(
        ["git", "mktree", "--missing"],
        cwd=repository,
        input="\n".join(entries),
        capture_output=True,
        text=True,
        check=True,
    )
    return made.stdout.strip()


def commit_tree(site: Path, name: str) -> None:
    """Make a commit of a tree the newest of a site."""
    git(site, "reset", "--quiet", "--soft", git(site, "commit-tree", "-m", "odd", name))


def test_no_file_leaves_the_copy_or_comes_into_its_repository(server: GitServer, tmp_path: Path) -> None:
    site = write_site(tmp_path / "site", {"mice.md": PAGE})
    commit(site)
    blob, config = (git(site, "rev-parse", f"HEAD:{name}") for name in ("mice.md", "_config.yml"))
    inner = tree(site, f"100644 blob {blob}\tout.md")
    hooks = tree(site, f"100755 blob {blob}\tpost-checkout.md")
    odd = [f"040000 tree {inner}\t..", f"040000 tree {hooks}\t.GIT", f"120000 blob {blob}\tpages"]
    commit_tree(site, tree(site, *odd, f"100644 blob {config}\t_config.yml", f"040000 tree {inner}\tsub"))
    checkout = Checkout(tmp_path / "copies", parse_address(server.publish(site, "lab/site")))
    copy = checkout.site(checkout.fetch())
    assert files(copy).keys() == {"_config.yml", "sub/out.md"}
    assert {file.name for file in (copy / ".git").iterdir()} == {"HEAD", "commondir"}
    assert not list((tmp_path / "copies").rglob("post-checkout*"))


@pytest.mark.parametrize("kind", ["a file and a folder of one name", "a name that is too long"])
def test_a_tree_that_no_folder_can_be_is_an_error_of_the_site(server: GitServer, tmp_path: Path, kind: str) -> None:
    site = write_site(tmp_path / "site", {"mice.md": PAGE})
    commit(site)
    blob, config = (git(site, "rev-parse", f"HEAD:{name}") for name in ("mice.md", "_config.yml"))
    inner = tree(site, f"100644 blob {blob}\tout.md")
    both = [f"100644 blob {blob}\ta.md", f"040000 tree {inner}\ta.md"]
    odd = both if "folder" in kind else [f"100644 blob {blob}\t{'a' * 300}.md"]
    commit_tree(site, tree(site, f"100644 blob {config}\t_config.yml", *odd))
    checkout = Checkout(tmp_path / "copies", parse_address(server.publish(site, "lab/site")))
    with pytest.raises(
        SiteError, match=r"the files of https://127\S+ cannot be written: (file exists|file name too long)"
    ):
        checkout.fetch()
    assert not [*checkout.folder.glob(".new-*")]


def test_a_tree_of_trees_without_end_is_refused(server: GitServer, tmp_path: Path) -> None:
    site = write_site(tmp_path / "site", {"mice.md": PAGE})
    commit(site)
    blob, config = (git(site, "rev-parse", f"HEAD:{name}") for name in ("mice.md", "_config.yml"))
    layer = tree(site, *(f"100644 blob {blob}\t{letter}.md" for letter in "abcdefghij"))
    for _ in range(9):
        layer = tree(site, *(f"040000 tree {layer}\t{letter}" for letter in "abcdefghij"))
    commit_tree(site, tree(site, f"100644 blob {config}\t_config.yml", f"040000 tree {layer}\tz"))
    checkout = Checkout(tmp_path / "copies", parse_address(server.publish(site, "lab/site")))
    with pytest.raises(SiteError, match=r"the list of the files of https://127\S+ in \w+ has more than 16 MiB"):
        checkout.fetch()
    assert not [*checkout.folder.glob(".new-*")]


def running(url: str) -> list[str]:
    """Return the commands of the processes that have an address among their arguments."""
    commands = list[str]()
    for file in Path("/proc").glob("[0-9]*/cmdline"):
        with contextlib.suppress(OSError):  # the process has ended
            commands.append(file.read_text(encoding="utf-8", errors="replace"))
    return [command for command in commands if url in command]


def test_a_limit_of_size_or_time_ends_a_fetch_and_the_good_version_stays(server: GitServer, tmp_path: Path) -> None:
    site = write_site(tmp_path / "site", {"mice.md": PAGE})
    good = commit(site)
    address = parse_address(server.publish(site, "lab/site"))
    checkout = Checkout(tmp_path / "copies", address)
    assert checkout.fetch() == good
    checkout.keep(GoodVersion(good, "site-example", 1))
    write_site(site, {"rats.md": PAGE + os.urandom(2_000_000).hex()})
    newest = commit(site)
    server.publish(site, "lab/site")
    server.cut = 1_500_000
    with pytest.raises(SiteError, match="the repository has more than 1,000,000 bytes"):
        Checkout(tmp_path / "copies", address, Limits(size=1_000_000)).fetch()
    with pytest.raises(SiteError, match="it took more than 3 seconds"):
        Checkout(tmp_path / "copies", address, Limits(seconds=3)).fetch()
    server.cut = None
    server.answers["/lab/site/"] = stall
    with pytest.raises(SiteError, match="it took more than 1 seconds"):
        Checkout(tmp_path / "copies", address, Limits(seconds=1)).fetch()
    until(lambda: running(server.url) == [])  # killed processes take a moment to end
    assert checkout.good == GoodVersion(good, "site-example", 1)
    assert (checkout.site(good) / "mice.md").read_text(encoding="utf-8") == PAGE
    server.answers.clear()
    assert checkout.fetch() == newest
    assert not [*checkout.folder.rglob("tmp_*"), *checkout.folder.glob(".new-*")]


def test_a_list_of_branches_without_end_takes_no_more_memory_than_a_limit(server: GitServer, tmp_path: Path) -> None:
    server.answers["/lab/site/"] = endless_branches
    with pytest.raises(SiteError, match="Out of memory"):
        Checkout(tmp_path / "copies", parse_address(f"{server.url}/lab/site"), Limits(memory=1 << 29)).fetch()


@pytest.mark.parametrize(
    "place", ["{url}/lab/other", "https://127.0.0.2:{port}/lab/other", "http://127.0.0.1:1/a/b", "file://{folder}"]
)
def test_no_redirect_is_followed(server: GitServer, tmp_path: Path, place: str) -> None:
    commit(write_site(tmp_path / "site", {"mice.md": PAGE}))
    server.publish(tmp_path / "site", "lab/other")
    to = place.format(url=server.url, port=server.url.rpartition(":")[2], folder=server.folder / "lab" / "other")
    server.answers["/lab/site/"] = redirect(f"{to}/info/refs?service=git-upload-pack")
    with pytest.raises(SiteError, match="302"):
        Checkout(tmp_path / "copies", parse_address(f"{server.url}/lab/site")).fetch()
    assert all("/lab/site/" in request for request in server.requests)


def test_nobodys_programs_settings_and_passwords_are_used(
    server: GitServer, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    commit(write_site(tmp_path / "site", {"mice.md": PAGE}))
    other, trap = server.publish(tmp_path / "site", "lab/other"), tmp_path / "trap"
    trap.write_text(f"#!/bin/sh\n: > {tmp_path}/sprung\necho secret\n", encoding="utf-8")
    trap.chmod(0o755)
    home = tmp_path / "home"
    home.mkdir()
    (home / ".netrc").write_text("machine 127.0.0.1 login user password secret\n", encoding="utf-8")
    settings = (
        f'[credential]\nhelper = {trap}\n[core]\naskPass = {trap}\n[url "{other}"]\ninsteadOf = {server.url}/lab/site\n'
    )
    (home / ".gitconfig").write_text(settings, encoding="utf-8")
    monkeypatch.setenv("HOME", str(home))
    for name in ("GIT_ASKPASS", "SSH_ASKPASS"):
        monkeypatch.setenv(name, str(trap))
    for name, value in {"COUNT": "1", "KEY_0": "credential.helper", "VALUE_0": str(trap)}.items():
        monkeypatch.setenv(f"GIT_CONFIG_{name}", value)
    server.answers["/lab/site/"] = ask_for_password
    with pytest.raises(SiteError, match="could not read Username"):
        Checkout(tmp_path / "copies", parse_address(f"{server.url}/lab/site")).fetch()
    assert set(server.requests) == {"GET /lab/site/info/refs?service=git-upload-pack"}
    assert not (tmp_path / "sprung").exists()


def test_a_server_whose_certificate_nobody_knows_is_not_asked(
    server: GitServer, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.delenv("GIT_SSL_CAINFO")
    monkeypatch.setenv("GIT_SSL_NO_VERIFY", "1")
    with pytest.raises(
        SiteError, match=r"certificate.*; if an authority of your own has signed it, set GIT_SSL_CAINFO"
    ):
        Checkout(tmp_path / "copies", parse_address(f"{server.url}/lab/site")).fetch()
    assert server.requests == []


def test_a_branch_a_tag_a_commit_and_a_folder_are_found(server: GitServer, tmp_path: Path) -> None:
    repository = tmp_path / "repository"
    write_site(repository / "docs", {"mice.md": PAGE})
    first = commit(repository, day=1)
    git(repository, "tag", "v1.0")
    git(repository, "branch", "old/one")
    write_site(repository / "docs", {"rats.md": PAGE})
    second = commit(repository, day=2)
    address = server.publish(repository, "lab/site")
    for ref, made in {"": second, "@main": second, "@v1.0": first, "@old/one": first, f"@{first}": first}.items():
        checkout = Checkout(tmp_path / "copies", parse_address(f"{address}{ref}:docs"))
        assert checkout.fetch() == made
        assert ("rats.md" in files(checkout.site(made))) == (made == second)
        assert read_history(checkout.site(made), ["mice.md"])["mice.md"].commit == first
    nearest = re.escape(f"it has no _config.yml; did you mean '{address}:docs'?")
    for wrong, reason in {"@v2": "couldn't find remote ref v2", "": nearest, ":dosc": nearest}.items():
        with pytest.raises(SiteError, match=reason):
            Checkout(tmp_path / "copies", parse_address(f"{address}{wrong}")).fetch()


def test_a_history_that_was_rewritten_is_followed(server: GitServer, tmp_path: Path) -> None:
    site = write_site(tmp_path / "site", {"mice.md": PAGE})
    commit(site)
    checkout = Checkout(tmp_path / "copies", parse_address(server.publish(site, "lab/site")))
    checkout.fetch()
    git(site, "commit", "--quiet", "--amend", "--message", "another", day=2)
    server.publish(site, "lab/site")
    assert checkout.fetch() == git(site, "rev-parse", "HEAD")


def test_a_server_that_sends_all_contents_is_good_as_well(server: GitServer, tmp_path: Path) -> None:
    site = write_site(tmp_path / "site", {"mice.md": PAGE})
    made = commit(site)
    address = server.publish(site, "lab/site")
    git(server.folder / "lab" / "site", "config", "uploadpack.allowFilter", "false")
    assert Checkout(tmp_path / "copies", parse_address(address)).fetch() == made
