"""``kg check --online`` as a process: findings among those of other rules, the cache, and what is said of it."""

from __future__ import annotations

import json
import subprocess
from pathlib import Path

import pytest

from tests.conftest import kg, write_site
from tests.online.server import PlayedServer, Plays, html, playing, redirect

pytestmark = pytest.mark.slow

PLAYS = {"/page": html('<h1 id="a">A</h1>'), "/moved": redirect("/page"), "/fails": Plays(403)}


def site_with(tmp_path: Path, server: PlayedServer, *paths: str) -> Path:
    body = "\n".join(f"[link]({server.address}{path})" for path in paths)
    return write_site(tmp_path / "site", {"a.md": f"---\ntitle: A\n---\n{body}\n[b]((https://b.example/))\n"})


def check(site: Path, *arguments: str | Path) -> subprocess.CompletedProcess[str]:
    return kg("check", site, "--online", "--private", "--delay", "0", *arguments)


@pytest.fixture
def ignoring(tmp_path: Path) -> None:
    """Leave out the links that the local server does not play."""
    write_site(tmp_path / "site", {"rdm-kg.toml": "[online]\nallow = ['127.0.0.1']\n"})


@pytest.mark.usefixtures("ignoring")
def test_findings_about_outside_links_stand_among_the_others(tmp_path: Path) -> None:
    with playing(PLAYS) as server:
        done = check(site_with(tmp_path, server, "/gone", "/moved", "/page#b", "/fails"), "--format", "json")
    rules = [(finding["line"], finding["rule"]) for finding in json.loads(done.stdout)]
    assert rules == [
        (4, "dead-link"),
        (5, "moved-link"),
        (6, "dead-fragment"),
        (7, "unchecked-link"),
        (8, "doubled-brackets"),
    ]
    assert done.returncode == 1
    assert "4 outside addresses, 0 of them known from the cache\n" in done.stderr


@pytest.mark.usefixtures("ignoring")
def test_sarif_explains_the_rules_of_outside_links(tmp_path: Path) -> None:
    with playing(PLAYS) as server:
        done = check(site_with(tmp_path, server, "/gone"), "--format", "sarif")
    (run,) = json.loads(done.stdout)["runs"]
    (rule, _) = run["tool"]["driver"]["rules"]
    assert (rule["id"], rule["shortDescription"]["text"]) == ("dead-link", "An outside link leads to nothing.")


@pytest.mark.usefixtures("ignoring")
def test_the_next_check_asks_only_for_what_may_have_passed(tmp_path: Path) -> None:
    with playing(PLAYS) as server:
        site = site_with(tmp_path, server, "/gone", "/page#a", "/fails")
        first = check(site)
        asked = len(server.asked)
        second = check(site)
        assert second.stdout == first.stdout
        assert "3 outside addresses, 2 of them known from the cache\n" in second.stderr
        assert {path for _, path in server.asked[asked:]} == {"/fails"}
        named = check(site, "--cache", tmp_path / "links.json")
        assert "0 of them known" in named.stderr
        assert "0 of them known" in check(site, "--max-age", "0").stderr
    assert (site / ".cache/rdm-kg/links.json").is_file()
    assert (tmp_path / "links.json").is_file()


def test_without_the_option_nothing_is_asked_or_kept(tmp_path: Path) -> None:
    with playing(PLAYS) as server:
        site = site_with(tmp_path, server, "/gone")
        done = kg("check", site)
    assert server.asked == []
    assert "outside" not in done.stderr
    assert not (site / ".cache").exists()


def test_a_private_host_is_not_asked(tmp_path: Path) -> None:
    with playing(PLAYS) as server:
        site = site_with(tmp_path, server, "/gone")
        (site / "a.md").write_text(f"---\ntitle: A\n---\n[link]({server.address}/gone)\n", encoding="utf-8")
        done = kg("check", site, "--online")
    assert server.asked == []
    assert f"unchecked-link: not checked: {server.address}/gone has a host without a public address" in done.stdout
    assert done.returncode == 0


def test_a_file_that_is_no_cache_is_an_error(tmp_path: Path) -> None:
    with playing(PLAYS) as server:
        site = site_with(tmp_path, server)
        done = check(site, "--cache", site / "a.md")
    assert (done.returncode, done.stdout) == (2, "")
    assert "a.md is no cache of kg check --online" in done.stderr
