"""Which site ``kg show`` takes, how it writes paths, and what it says of a page that is not there."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.conftest import kg, write_site

pytestmark = pytest.mark.slow

PAGE = "---\ntitle: Mice\npage_id: mice\n---\n## Where to deposit\n\n- Mouse Bank: [link](https://bank.example/)\n"


@pytest.fixture(scope="module")
def site(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return write_site(tmp_path_factory.mktemp("show") / "site", {"pages/mice.md": PAGE})


def test_the_site_of_the_working_folder_is_shown_with_relative_paths(site: Path) -> None:
    shown = kg("show", "mice", cwd=site / "pages")
    assert "site: .." in shown.stderr.splitlines()
    assert "next: kg check ../pages/mice.md" in shown.stderr
    assert "Mouse Bank" in shown.stdout


def test_the_example_is_not_shown_beside_a_release_of_other_sites(site: Path) -> None:
    built = kg("build", site, "--reasoner", "owlrl", cwd=site.parent)
    assert built.returncode == 0, built.stderr
    shown = kg("show", "pic", cwd=site.parent)
    assert shown.returncode == 2
    assert "the release in build is of A site; give the file of the page" in shown.stderr


def test_a_misspelt_file_and_a_folder_are_told_what_to_give(site: Path) -> None:
    for command in ("show", "check"):
        done = kg(command, "site/pages/mise.md", cwd=site.parent)
        assert done.stderr.endswith("there is no file or folder site/pages/mise.md; did you mean site/pages/mice.md?\n")
    assert "site is a folder; give the file of a page" in kg("show", "site", cwd=site.parent).stderr


def test_what_is_named_among_laws_is_cited_only_where_the_graph_cites_it(tmp_path: Path) -> None:
    law = "https://lovdata.no/dokument/NL/lov/2018-06-15-38"
    text = (
        f"---\ntitle: Mice\ntype: cheat_sheet\n---\n## Legislation\n\n- [MIAPE](https://a.example/)\n- [Act]({law})\n"
    )
    site = write_site(tmp_path / "site", {"mice.md": text})
    shown = kg("show", "mice", cwd=site).stdout
    said = [line.partition("(rule")[0] for line in shown.splitlines() if "→" in line]
    assert [line.split(": ")[0] for line in said] == [
        "line 7 → names MIAPE as regulation",
        "line 8 → cites legislation Act",
    ]
    assert shown.count("citesLegislation <") == 1
