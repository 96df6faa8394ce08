"""``kg check --online`` as a process: findings among those of other rules, the cache, and what is said of it."""

from __future__ import annotations

import json
import os
import pty
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest

from kg.cli import INTERRUPTED
from tests.conftest import ROOT, kg, write_site
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
    findings = json.loads(done.stdout)
    rules = [(each["line"], each["rule"]) for each in findings if each["rule"] != "local-link"]
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
    rule = next(each for each in run["tool"]["driver"]["rules"] if each["id"] == "dead-link")
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


@pytest.mark.usefixtures("ignoring")
def test_what_was_asked_is_kept_when_the_check_is_interrupted(tmp_path: Path) -> None:
    with playing({**PLAYS, "/slow": Plays(seconds=3.0)}) as server:
        site = site_with(tmp_path, server, "/page", "/slow")
        command = [sys.executable, "-m", "kg", "check", str(site), "--online", "--private", "--delay", "0"]
        with subprocess.Popen(command, cwd=ROOT, stdout=subprocess.PIPE, stderr=subprocess.PIPE) as running:
            while not server.count("/slow") and running.poll() is None:
                time.sleep(0.02)
            running.send_signal(signal.SIGINT)
            running.communicate(timeout=30)
    assert running.returncode == INTERRUPTED
    kept = json.loads((site / ".cache/rdm-kg/links.json").read_text(encoding="utf-8"))["verdicts"]
    assert list(kept) == [f"{server.address}/page"]


def test_without_httpx_it_says_what_to_install(tmp_path: Path) -> None:
    site = write_site(tmp_path / "site", {"a.md": "---\ntitle: A\n---\n"})
    program = f"import sys; sys.modules['httpx'] = None; from kg.cli import main; sys.exit(main(['check', {str(site)!r}"
    for option, code, words in ((", '--online'", 2, "needs httpx: pip install 'rdm-kg[online]'"), ("", 0, "1 page")):
        command = [sys.executable, "-c", f"{program}{option}]))"]
        done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=False)
        assert done.returncode == code
        assert words in done.stderr


def test_a_terminal_shows_how_far_it_is(tmp_path: Path) -> None:
    ours, theirs = pty.openpty()
    with playing(PLAYS) as server:
        site = site_with(tmp_path, server, "/page")
        (site / "rdm-kg.toml").write_text("[online]\nallow = ['127.0.0.1']\n", encoding="utf-8")
        command = [sys.executable, "-m", "kg", "check", str(site), "--online", "--private"]
        done = subprocess.run(command, cwd=ROOT, stdout=subprocess.PIPE, stderr=theirs, text=True, check=False)
    os.close(theirs)
    assert "outside links  [####################################]  100%" in os.read(ours, 10_000).decode()
    os.close(ours)
    assert "outside links" not in done.stdout
