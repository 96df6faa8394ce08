"""What commands say of the findings in a repository at a host that shows lines."""

from __future__ import annotations

from pathlib import Path

import click
import pytest

from kg.commands._releases import FetchedVersion, WantedRelease, say_report
from kg.remote.address import parse_address
from kg.repositories import commit_at, repository


@pytest.mark.parametrize(
    ("repository", "place"),
    [
        ("https://github.com/lab/mice", "/blob/1a2b/docs/my%20page.md?plain=1#L3"),
        ("https://gitlab.com/lab/animals/mice", "/-/blob/1a2b/docs/my%20page.md?plain=1#L3"),
        ("https://gitlab.example.org/lab/mice", "/-/blob/1a2b/docs/my%20page.md?plain=1#L3"),
        ("https://forgejo.example.org/lab/mice", "/src/commit/1a2b/docs/my%20page.md?display=source#L3"),
        ("https://codeberg.org/lab/mice", "/src/commit/1a2b/docs/my%20page.md?display=source#L3"),
        ("https://bitbucket.org/lab/mice", "/src/1a2b/docs/my%20page.md#lines-3"),
    ],
)
def test_a_finding_leads_to_its_line_at_the_host(
    capsys: pytest.CaptureFixture[str], repository: str, place: str
) -> None:
    copy = Path("copy")
    address = parse_address(f"{repository}:docs")
    finding = {"path": "my page.md", "line": 3, "severity": "error", "rule": "front-matter", "message": "it is no YAML"}
    report = {"sites": [{"key": "mice", "findings": [finding], "pages": [], "kept_out": {}}]}
    with click.Context(click.Command("build")).scope():
        say_report(report, WantedRelease([copy], Path("out"), {}, fetched={copy: FetchedVersion(address, "1a2b")}))
    named = f"mice: docs/my page.md:3: error: front-matter: it is no YAML ({repository}{place})"
    assert named in capsys.readouterr().err


@pytest.mark.parametrize(
    "address",
    [
        "",
        "lab/mice",
        "https://git.example.org/lab/mice",
        "https://gitlabs.example.org/lab/mice",
        "https://my.gitlab.com/lab/mice",
        "http://github.com/lab/mice",
        "https://github.com/lab",
        "https://github.com@evil.example/lab/mice",
        "https://github.com/lab/../mice",
        "https://github.com/lab/mice?x#y",
        "https://[::1/lab/mice",
        'https://github.com/lab/mice"onclick',
    ],
)
def test_no_other_address_is_a_repository_whose_host_is_known(address: str) -> None:
    assert repository(address) is None
    assert commit_at(f"{address}/commit/1a2b") is None


@pytest.mark.parametrize("host", ["github.com", "gitlab.com", "codeberg.org", "gitea.com", "bitbucket.org"])
def test_the_address_of_a_commit_is_read_as_it_is_written(host: str) -> None:
    written = repository(f"https://{host}/lab/mice.git")
    assert written
    assert written.url == f"https://{host}/lab/mice"
    assert commit_at(written.commit("1a2b")) == (written, "1a2b")
    assert commit_at(f"{written.commit('1a2b')}/x") is None
    assert commit_at(written.commit("1a2b").replace("/commit", "/other")) is None
