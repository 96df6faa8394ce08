"""File names in a manifest: names that lead out of the release's folder are refused, even if the file exists."""

from __future__ import annotations

from pathlib import Path

import pytest

from kg.errors import ReleaseError
from kg.release import open_release, text_file, verify
from tests.server.test_release import GOOD, WHOLE, written


def with_file(folder: Path, name: str, content: str = "abc") -> Path:
    """Return a release with one file of that name, which exists."""
    file = written(folder, WHOLE | {"files": {name: GOOD}}) / name
    file.parent.mkdir(parents=True, exist_ok=True)
    file.write_text(content)
    return folder


@pytest.mark.parametrize("name", ["a", "dumps/a", "dumps/x/a", ".a", "a..b", "..a", "dumps/..a", "a b"])
def test_a_name_below_the_folder_is_a_file_of_a_release(name: str, tmp_path: Path) -> None:
    assert list(open_release(with_file(tmp_path / "x", name)).manifest["files"]) == [name]


@pytest.mark.parametrize(
    "name", ["./a", "../a", "dumps/../a", "dumps/../../a", "..\\a", "dumps\\a", "a\\..\\b", "../x/a", "dumps/../../x/a"]
)
def test_a_name_that_climbs_is_none(name: str, tmp_path: Path) -> None:
    with pytest.raises(ReleaseError, match="is damaged: wrong files: "):
        open_release(with_file(tmp_path / "x", name))


def test_an_absolute_name_is_none_even_in_the_folder(tmp_path: Path) -> None:
    with pytest.raises(ReleaseError, match="is damaged: wrong files: /"):
        open_release(with_file(tmp_path / "x", str(tmp_path / "x" / "a")))


@pytest.mark.parametrize("name", ["", ".", "a\0b"])
def test_a_name_that_no_file_can_have_is_none(name: str, tmp_path: Path) -> None:
    with pytest.raises(ReleaseError, match="is damaged: wrong files: "):
        open_release(written(tmp_path / "x", WHOLE | {"files": {name: GOOD}}))


@pytest.mark.parametrize("target", ["../secret", "/", "dumps/../../secret"])
def test_a_link_that_leads_out_is_none(target: str, tmp_path: Path) -> None:
    (tmp_path / "secret").write_text("abc")
    folder = written(tmp_path / "x", WHOLE | {"files": {"link": GOOD}})
    (folder / "link").symlink_to(target)
    with pytest.raises(ReleaseError, match="is damaged: wrong files: link"):
        open_release(folder)


@pytest.mark.parametrize(
    ("changes", "named"),
    [
        ({"release": None}, "wrong release"),
        ({"release": 1, "counts": 1, "sites": 1, "files": 1}, "wrong release, counts, sites"),
        ({"files": {"a": GOOD | {"bytes": True}}}, "wrong files: a"),
        ({"files": {"a": GOOD | {"bytes": 3.0}}}, "wrong files: a"),
        ({"files": {"a": GOOD | {"sha256": None}}}, "wrong files: a"),
        ({"files": {"a": ["bytes", "sha256"]}}, "wrong files: a"),
    ],
)
def test_what_is_wrong_with_a_manifest_is_named(changes: dict[str, object], named: str, tmp_path: Path) -> None:
    with pytest.raises(ReleaseError, match=f"manifest.json is damaged: {named}$"):
        open_release(written(tmp_path / "x", WHOLE | changes))


def test_a_file_of_another_size_and_a_folder_are_damaged(tmp_path: Path) -> None:
    for name, content in {"a": "abcd", "dumps": None}.items():
        folder = written(tmp_path / name, WHOLE | {"files": {name: GOOD}})
        if content:
            (folder / name).write_text(content)
        with pytest.raises(ReleaseError, match=f"{name} is missing or damaged; build the release again"):
            open_release(folder)


@pytest.mark.parametrize("version", [0, 2, "1", None])
def test_another_format_asks_to_build_again(version: object, tmp_path: Path) -> None:
    with pytest.raises(ReleaseError, match="is not in release format 1; build it again with this version"):
        open_release(written(tmp_path / "x", WHOLE | {"format": version}))


def test_without_a_release_the_command_that_makes_one_is_told(tmp_path: Path) -> None:
    for path in (tmp_path, tmp_path / "absent"):
        with pytest.raises(ReleaseError, match=f"no release in {path}; make one with: kg build --out {path}"):
            open_release(path)


def test_only_a_look_at_every_byte_sees_a_changed_one(tmp_path: Path) -> None:
    folder = with_file(tmp_path / "x", "a")
    assert open_release(folder).id == "x"
    with pytest.raises(ReleaseError, match=f"{folder / 'a'} is damaged"):
        verify(open_release(folder))


def test_a_page_whose_name_is_too_long_for_a_file_has_a_shorter_one_of_its_own() -> None:
    base = "https://w3id.org/rdm-kg/id/"
    assert text_file(f"{base}{'a' * 200}") == f"pages/{'a' * 200}.html"
    one, other = text_file(f"{base}{'a' * 201}"), text_file(f"{base}{'a' * 202}")
    assert one != other
    assert all(name.startswith(f"pages/{'a' * 200}-") and len(name) == 6 + 200 + 1 + 16 + 5 for name in (one, other))
