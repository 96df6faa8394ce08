"""BibTeX files of a site: what is read of entries however they are written, and of which files."""

from __future__ import annotations

from pathlib import Path

import pytest

from kg.site import open_site
from kg.site.bibliography import LARGEST, BibliographyEntry, entries
from kg.site.sources import sources
from tests.conftest import write_site
from tests.growth import LINEAR, TIMES, growth

ENTRY = "@article{%s, title = {%s}}\n"


@pytest.mark.parametrize(
    ("written", "title"),
    [
        ("@article{a, title = {A {nested {pair}} of braces}}", "A nested pair of braces"),
        ('@article{a, title = "A {"}quote{"} in quotes"}', 'A "quote" in quotes'),
        ('@article{a, title = "One" # { and } # "two"}', "One and two"),
        ("@Article ( a , TITLE = {In brackets} )", "In brackets"),
        ("@article{a, year = 2016, title = {After a number}}", "After a number"),
        ("@article{a, note = {x = {y}, title = {no}}, title = {Outside}}", "Outside"),
        ("@article{a,\n  title = {Over\n    lines}\n}", "Over lines"),
        ("@article{a, title = {Accents \\'{e} {\\\"o} {\\aa} \\v{s}}}", "Accents é ö å š"),
        ("@article{a, title = {Never {ends}, year = 2016", ""),
        ("@article{a, title}", ""),
    ],
)
def test_a_title_is_read_however_it_is_delimited(written: str, title: str) -> None:
    assert list(entries(written)) == [("a", BibliographyEntry(title, ""))]


@pytest.mark.parametrize(
    ("written", "doi"),
    [
        ("10.1038/SDATA.2016.18", "10.1038/sdata.2016.18"),
        ("https://doi.org/10.1038/sdata.2016.18", "10.1038/sdata.2016.18"),
        ("doi:10.1000/a\\_b", "10.1000/a_b"),
        ("forthcoming", ""),
    ],
)
def test_a_doi_is_read_however_it_is_written(written: str, doi: str) -> None:
    assert list(entries(f"@misc{{a, doi = {{{written}}}}}")) == [("a", BibliographyEntry("", doi))]


def test_an_entry_that_does_not_end_spoils_no_other() -> None:
    text = "see a@b{c\n" + ENTRY % ("a", "{One") + ENTRY % ("b", "Two") + "@comment{c, title = {Three}}@misc{d,}"
    assert [key for key, _ in entries(text)] == ["a", "b", "d"]


@pytest.mark.slow
@pytest.mark.parametrize("piece", ["@a{", "@a{a,b={", "{", '"', "@", " ", "\n@a{a,b=", "a#", "\\'", "@a{a,b=a#"])
def test_a_text_without_end_is_read_in_linear_time(piece: str) -> None:
    most = LARGEST // len(piece) // 10
    for begin in ("@a{a,title=", ""):
        assert growth(lambda n, begin=begin: list(entries(begin + piece * n)), most // TIMES) < LINEAR


def test_the_configuration_names_the_folder_and_only_files_within_the_site_are_read(tmp_path: Path) -> None:
    (tmp_path / "outside.bib").write_text(ENTRY % ("outside", "Outside"), encoding="utf-8")
    files = {"refs/b.bib": ENTRY % ("b", "B") + ENTRY % ("a", "Again"), "refs/a.bib": ENTRY % ("a", "A")}
    folder = write_site(tmp_path / "site", files, "title: A\nscholar: {source: ./refs}\n")
    (folder / "refs" / "c.bib").symlink_to(tmp_path / "outside.bib")
    assert {key: source.title for key, source in open_site(folder).bibliography.sources.items()} == {"a": "A", "b": "B"}
    assert folder / "refs" / "a.bib" in set(sources(folder))


def test_a_file_that_is_too_large_is_told_and_no_citation_is_unknown(tmp_path: Path) -> None:
    folder = write_site(tmp_path, {"_bibliography/a.bib": ENTRY % ("a", "x" * LARGEST)})
    site = open_site(folder)
    assert [str(found.place) for found in site.directory.findings] == ["_bibliography/a.bib:1"]
    assert site.bibliography.sources == {}
