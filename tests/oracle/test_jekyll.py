"""Addresses, titles, headings, links and words of our own sites are those that Jekyll publishes."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.oracle.jekyll import differences, needs_jekyll

pytestmark = needs_jekyll
SITES = sorted(Path(__file__).with_name("sites").iterdir())


@pytest.mark.parametrize("site", SITES, ids=lambda site: site.name)
def test_a_site_is_read_as_jekyll_publishes_it(site: Path, tmp_path: Path) -> None:
    assert differences(site, tmp_path) == []
