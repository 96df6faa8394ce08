"""``kg search``."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.conftest import kg

pytestmark = pytest.mark.slow


def test_each_thing_is_a_line_with_kind_name_iri_and_pages(content_release: Path) -> None:
    run = kg("search", "bsg-s000114", "--release", content_release)
    (line,) = run.stdout.splitlines()
    kind, name, iri, pages = (part.strip() for part in line.split("  ") if part)
    assert (kind, iri) == ("data format", "fairsharing:b7z8by")
    assert name == "Digital Imaging and COmmunications in Medicine"
    assert pages.startswith("recommended by ")
    assert run.returncode == 0


def test_a_kind_is_chosen_by_its_name_or_label(content_release: Path) -> None:
    every = kg("search", "imaging", "--limit", "100", "--release", content_release).stdout.splitlines()
    for kind in ("cheat-sheet", "cheat sheet"):
        only = kg("search", "imaging", "--kind", kind, "--release", content_release).stdout.splitlines()
        first = next(line for line in every if line.startswith("cheat sheet "))
        assert first.split("  ")[1] in only[0]
        assert all(line.startswith(("cheat sheet ", "    ")) for line in only)
    run = kg("search", "imaging", "--kind", "repositori", "--release", content_release)
    assert "no kind 'repositori'; did you mean 'repository'?" in run.stderr
    assert run.returncode == 2


def test_a_page_that_is_found_by_its_text_is_followed_by_the_section(content_release: Path) -> None:
    page, excerpt = kg("search", "nanopores", "--release", content_release).stdout.splitlines()
    assert page.startswith("cheat sheet  High-Throughput Sequencing")
    assert excerpt.startswith("    Type of data/experiments/methods / Commonly used raw file formats: ")
    assert "From the nanopores of" in excerpt


def test_nothing_found_is_exit_code_1(content_release: Path) -> None:
    run = kg("search", "xqzzw", "--release", content_release)
    assert (run.returncode, run.stdout) == (1, "")
    assert run.stderr.startswith("0 things\nnext: kg query --list ")


def test_a_limit_says_how_many_there_are(content_release: Path) -> None:
    run = kg("search", "imaging", "--limit", "2", "--release", content_release)
    assert len(run.stdout.splitlines()) == 2
    assert run.stderr.startswith("2 of ")
