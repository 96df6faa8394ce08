"""Of two pages with one identifier, the one that is no template has it."""

from __future__ import annotations

from pathlib import Path

import pytest

from kg.build.compile import read_site
from tests.conftest import write_site

REAL = "---\ntitle: Sand\npage_id: sand\n---\nText\n"


@pytest.mark.parametrize(
    ("template", "text"),
    [
        ("a.md", "---\ntitle: <!-- title -->\ndescription: <!-- what it says -->\npage_id: sand\n---\nText\n"),
        ("A_template.md", "---\ntitle: Title of your page\npage_id: sand\n---\nText\n"),
    ],
)
def test_a_template_does_not_win(template: str, text: str, tmp_path: Path) -> None:
    build = read_site(write_site(tmp_path, {template: text, "b.md": REAL, "c.md": REAL.replace("sand", "other")}))
    assert [page.path for page in build.pages] == ["b.md", "c.md"]
    (finding,) = (finding for finding in build.findings if finding.rule == "duplicate-id")
    assert (finding.place.path, finding.message) == (template, "page_id 'sand' is that of b.md already")


def test_of_two_others_the_first_path_wins(tmp_path: Path) -> None:
    build = read_site(write_site(tmp_path, {"b.md": REAL, "c.md": REAL}))
    assert [page.path for page in build.pages] == ["b.md"]
