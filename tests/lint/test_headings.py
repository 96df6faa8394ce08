"""Misspelt headings of sections in cheat sheets, and the headings that are proposed for them."""

from __future__ import annotations

from pathlib import Path

import pytest

from kg.lint.check import check, select
from kg.site import Profile
from tests.conftest import write_site

THEME = Profile.load(None)


def test_every_heading_that_is_proposed_opens_its_section() -> None:
    headings = THEME.table("headings")
    assert headings.keys() == THEME.table("sections").keys()
    wrong = {text for name, texts in headings.items() for text in texts if THEME.section(text) != name}
    assert wrong == set()


def test_a_misspelt_heading_is_told_at_its_line(tmp_path: Path) -> None:
    text = "---\ntitle: A\ntype: cheat_sheet\n---\n## Data types\n\n- mzML\n\n### Metadata standarts\n\n- MIAPE\n"
    (selection,) = select([write_site(tmp_path / "site", {"a.md": text}, "title: A site\n")])
    (found,) = [each for each in check(selection).findings if each.rule == "misspelt-section"]
    assert found.place.line == 9
    assert found.message == "'Metadata standarts' opens no section of a cheat sheet; did you mean 'Metadata Standards'?"


def test_a_heading_that_means_nothing_in_a_site_is_not_proposed(tmp_path: Path) -> None:
    (tmp_path / "rdm-kg.toml").write_text("[sections]\nreplace = true\nservices = ['help']\n", encoding="utf-8")
    own = Profile.load(tmp_path)
    assert (THEME.heading_meant("Servises"), own.heading_meant("Servises")) == ("Services", None)


@pytest.mark.parametrize("topic", ["Decryption", "Metadata Standardisation", "Sources for Reliable Data"])
def test_a_topic_is_no_misspelt_heading(topic: str) -> None:
    assert THEME.heading_meant(topic) is None
