"""A tool that a guidance page recommends has the name of its tag in the page's graph, as the page shows it."""

from __future__ import annotations

import json
from pathlib import Path

from kg.release import open_release


def test_no_recommended_tool_is_reported_as_nameless(guidance_release: Path) -> None:
    report = json.loads((open_release(guidance_release).folder / "report.json").read_text(encoding="utf-8"))
    (site,) = report["sites"]
    assert [each for each in site["findings"] if each["rule"] == "shape/thing-title"] == []
