"""Addresses, titles, headings, links and words of our own sites are those that Jekyll publishes."""

from __future__ import annotations

from pathlib import Path

import pytest

from kg.build.compile import read_site
from tests.conftest import write_site
from tests.oracle.jekyll import differences, needs_jekyll, publish

pytestmark = needs_jekyll
SITES = sorted(Path(__file__).with_name("sites").iterdir())


@pytest.mark.parametrize("site", SITES, ids=lambda site: site.name)
def test_a_site_is_read_as_jekyll_publishes_it(site: Path, tmp_path: Path) -> None:
    assert differences(site, tmp_path) == []


@pytest.mark.parametrize("yaml", ["only words", "- a\n- b", "title:\u00a0Pasted"])
def test_front_matter_that_is_no_mapping_ends_the_build(yaml: str, tmp_path: Path) -> None:
    site = write_site(tmp_path / "site", {"a.md": f"---\n{yaml}\n---\nText\n"})
    assert "Invalid YAML front matter" in str(publish(site, tmp_path))
    (finding,) = read_site(site).findings
    assert finding.message.startswith("the front matter has no 'key: value', and ends Jekyll's build")
