"""Settings of ``kg serve``: kg.toml, the environment and options, from the weakest to the strongest."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest

from tests.conftest import ROOT, kg
from tests.server.serving import run_server
from tests.server.test_endpoint import ENDLESS

pytestmark = pytest.mark.slow

RUN = [sys.executable, "-c", "from server.settings_command import settings; settings(prog_name='kg settings')"]


def shown(folder: Path, **environ: str) -> subprocess.CompletedProcess[str]:
    env = {**os.environ, "PYTHONPATH": str(ROOT), **environ}
    return subprocess.run(RUN, cwd=folder, env=env, capture_output=True, text=True, check=False)


def line(folder: Path, key: str, **environ: str) -> list[str]:
    """Return value, source and variable of a setting."""
    (found,) = (words for text in shown(folder, **environ).stdout.splitlines() if (words := text.split())[0] == key)
    return found[1:4]


def test_a_setting_comes_from_the_strongest_place(tmp_path: Path) -> None:
    assert line(tmp_path, "cache") == ["64", "default", "KG_CACHE"]
    (tmp_path / "kg.toml").write_text(
        "[serve]\ncache = 7.5\nallow_service = ['http://a.example/', 'http://b.example/']\n"
    )
    assert line(tmp_path, "cache") == ["7.5", "kg.toml", "KG_CACHE"]
    assert line(tmp_path, "cache", KG_CACHE="9") == ["9", "environment", "KG_CACHE"]
    assert line(tmp_path, "allow_service")[:3] == ["http://a.example/", "http://b.example/", "kg.toml"]
    assert line(tmp_path, "allow_service", KG_ALLOW_SERVICE="http://c.example/")[0] == "http://c.example/"


def test_a_server_takes_the_setting_from_the_strongest_place(releases: Path, tmp_path: Path) -> None:
    (tmp_path / "kg.toml").write_text("[serve]\nquery_timeout = 0.5\n")
    arguments = ["--release", str(releases), "--port", "0"]
    for seconds, options, environ in (
        ("0.5", [], {}),
        ("0.6", [], {"KG_QUERY_TIMEOUT": "0.6"}),
        ("0.7", ["--query-timeout", "0.7"], {"KG_QUERY_TIMEOUT": "0.6"}),
    ):
        server = run_server(tmp_path, [*arguments, *options], **environ)
        assert f"longer than {seconds} s" in server.query(ENDLESS).text
        assert server.end() == 0


@pytest.mark.parametrize(
    ("text", "message"),
    [
        (
            "[serve]\nquery_timout = 3\n",
            "kg.toml: [serve] has no setting 'query_timout'; did you mean 'query_timeout'?",
        ),
        ("[serve]\nquery_timeout = 'soon'\n", "kg.toml: [serve] query_timeout: 'soon' is not a valid number"),
        ("[serve]\nquery_timeout = true\n", "kg.toml: [serve] query_timeout: it must be a number or a text"),
        ("[serve]\nport = 70000\n", "kg.toml: [serve] port: 70000 is not in the range 0<=x<=65535"),
        (
            "[serve]\nallow_service = 'http://a.example/'\n",
            "allow_service: it must be a list",
        ),
        ("[serve]\nallow_service = ['file:///etc/passwd']\n", "must be a web address without user and fragment"),
        ("[serv]\n", "kg.toml: there is no setting 'serv'; did you mean 'serve'?"),
        ("serve = 3\n", "kg.toml: 'serve' must be a table, [serve]"),
        ("[serve\n", "kg.toml: Expected"),
        ("[serve]\nwrite_token = 'x'\n", "kg.toml: [serve] has no setting 'write_token'"),
    ],
)
def test_a_wrong_file_is_an_error_that_says_where_and_what(tmp_path: Path, text: str, message: str) -> None:
    (tmp_path / "kg.toml").write_text(text)
    done = shown(tmp_path)
    assert (done.returncode, done.stdout) == (2, "")
    assert message in done.stderr
    server = run_server(tmp_path, [])
    assert server.process.wait() == 2
    assert message in server.log.read_text()


def test_a_misspelt_variable_is_an_error_and_others_are_not_ours(tmp_path: Path) -> None:
    done = shown(tmp_path, KG_QUERY_TIMOUT="3")
    assert done.returncode == 2
    assert "the variable KG_QUERY_TIMOUT is no setting; did you mean KG_QUERY_TIMEOUT?" in done.stderr
    assert shown(tmp_path, KG_PORT="tcp://192.0.2.1:80", KG_SERVICE_HOST="192.0.2.1").returncode == 0


def test_secrets_are_not_shown(tmp_path: Path) -> None:
    done = shown(tmp_path, KG_WRITE_TOKEN="hush-hush", KG_ENGINE_TOKEN="hush-hush")
    assert done.returncode == 0
    assert "hush" not in done.stdout + done.stderr
    assert [text.split()[1] for text in done.stdout.splitlines() if "_TOKEN" in text] == ["set", "set"]


def test_a_file_with_settings_alone_lists_no_sites(tmp_path: Path) -> None:
    (tmp_path / "kg.toml").write_text("[serve]\ncache = 1\n")
    done = kg("update", cwd=tmp_path)
    assert done.returncode == 2
    assert "no [[sites]] with a source" in done.stderr
