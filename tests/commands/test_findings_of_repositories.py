"""What commands say of the findings in a repository at a host that shows lines."""

from __future__ import annotations

from pathlib import Path

import click
import pytest

from kg.commands._releases import FetchedVersion, WantedRelease, say_report
from kg.remote.address import parse_address


def test_a_finding_leads_to_its_line_at_the_host(capsys: pytest.CaptureFixture[str]) -> None:
    copy = Path("copy")
    address = parse_address("https://github.com/lab/mice:docs")
    finding = {"path": "my page.md", "line": 3, "severity": "error", "rule": "front-matter", "message": "it is no YAML"}
    report = {"sites": [{"key": "mice", "findings": [finding], "pages": [], "kept_out": {}}]}
    with click.Context(click.Command("build")).scope():
        say_report(report, WantedRelease([copy], Path("out"), {}, fetched={copy: FetchedVersion(address, "1a2b")}))
    place = "https://github.com/lab/mice/blob/1a2b/docs/my%20page.md?plain=1#L3"
    assert f"mice: docs/my page.md:3: error: front-matter: it is no YAML ({place})" in capsys.readouterr().err
