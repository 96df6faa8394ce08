"""What commands say of a misspelt or missing name, option or file."""

from __future__ import annotations

from pathlib import Path

import pytest

from kg.cli import main
from tests.conftest import write_site


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (["export", "--format", "ttll"], "did you mean 'ttl'?"),
        (["query", "--format", "tvs"], "did you mean 'tsv'?"),
        (["serve", "--prt", "1"], "Did you mean '--port'?"),
        (["update", "--config", "nowhere.toml"], '[[sites]]\nsource = "https://'),
        (["build", "nowhere", "-o", "out"], "kg: error: there is no folder nowhere"),
    ],
)
def test_the_nearest_name_or_the_lines_to_write_are_named(
    arguments: list[str], said: str, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.chdir(tmp_path)
    assert main(arguments) == 2
    assert said in capsys.readouterr().err


@pytest.mark.parametrize(
    ("given", "meant"), [("sit", "site"), ("sites/a.md", "site/a.md"), ("site/page", None), ("sites/b.md", None)]
)
def test_a_misspelt_folder_is_told_the_one_beside_it(
    given: str, meant: str | None, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    write_site(tmp_path / "site", {"a.md": "---\ntitle: A\n---\n"})
    monkeypatch.chdir(tmp_path)
    hint = f"; did you mean {meant}?" if meant else ""
    assert main(["check", given]) == 2
    assert capsys.readouterr().err == f"kg: error: there is no file or folder {given}{hint}\n"
    assert main(["build", given, "-o", "out"]) == 2
    assert capsys.readouterr().err == f"kg: error: there is no folder {given}{hint}\n"


def test_a_name_of_two_lines_is_told_in_one(
    capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    (tmp_path / "new\nline").mkdir()
    monkeypatch.chdir(tmp_path)
    for command in ("check", "build"):
        assert main([command, "newlin"]) == 2
        assert capsys.readouterr().err.endswith("newlin; did you mean new\\nline?\n")


def test_the_help_names_every_command_with_an_exit_code_of_its_own(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["--help"]) == 0
    codes = " ".join(capsys.readouterr().out.split()).partition("The exit code is")[2].partition("Colours")[0]
    for command in ("check", "diff", "fix", "doctor", "search", "update"):
        assert command in codes, command


def test_a_thing_is_suggested_by_its_name(content_release: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["explain", "dicomm", "--release", str(content_release)]) == 2
    assert "similar names: DICOM (fairsharing:b7z8by)" in capsys.readouterr().err


def test_an_error_names_the_file_that_was_wanted_and_no_draft_of_it(
    content_release: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    file = tmp_path / f"{'x' * 245}.ttl"  # with which a draft's name is too long
    assert main(["export", "-o", str(file), "--release", str(content_release)]) == 2
    assert f"kg: error: cannot write {file}: file name too long\n" in capsys.readouterr().err
    site = write_site(tmp_path / "site", {f"{'x' * 245}.md": "---\ntitle: A\n---\n[a]((https://a.example))\n"})
    assert main(["fix", "--yes", str(site)]) == 2
    assert ".md cannot be rewritten: file name too long\n" in capsys.readouterr().err


def test_a_configuration_that_is_not_utf_8_is_said_with_its_line(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    site = write_site(tmp_path, {"a.md": "---\ntitle: A\n---\n"})
    (site / "_config.yml").write_bytes(b"title: A\ndescription: Bl\xe5\n")
    assert main(["check", str(site)]) == 2
    assert "_config.yml:2: the file is not UTF-8: " in capsys.readouterr().err


@pytest.mark.slow
@pytest.mark.parametrize(("options", "is_named"), [([], True), (["--then-serve"], False)])
def test_a_build_that_is_served_does_not_say_to_serve(
    options: list[str], is_named: bool, tmp_path: Path, capfd: pytest.CaptureFixture[str]
) -> None:
    site = write_site(tmp_path / "site", {"a.md": "---\ntitle: A\n---\nText\n"})
    assert main(["build", str(site), "-o", str(tmp_path / "out"), "--reasoner", "owlrl", *options]) == 0
    assert ("next: kg serve" in capfd.readouterr().err) == is_named
