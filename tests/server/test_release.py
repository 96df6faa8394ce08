"""Damaged releases: which are refused, and which a build repairs."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from kg.errors import ReleaseError
from kg.release import find_release, new_release, open_release, publish

GOOD = {"bytes": 3, "sha256": "0"}
WHOLE: dict[str, Any] = {"format": 1, "release": "x", "counts": {}, "sites": [], "files": {"graph.nq": GOOD}}


def written(folder: Path, manifest: object) -> Path:
    (folder / "dumps").mkdir(parents=True)
    (folder / "graph.nq").write_text("abc")
    (folder / "manifest.json").write_text(json.dumps(manifest))
    return folder


def test_a_manifest_of_the_right_shape_is_taken(tmp_path: Path) -> None:
    assert open_release(written(tmp_path / "x", WHOLE)).id == "x"


@pytest.mark.parametrize(
    "manifest",
    [
        [],
        {"format": 1},
        WHOLE | {"release": 7},
        WHOLE | {"counts": []},
        WHOLE | {"sites": {}},
        WHOLE | {"files": []},
        WHOLE | {"files": {"graph.nq": 3}},
        WHOLE | {"files": {"graph.nq": {"sha256": "0"}}},
        WHOLE | {"files": {"graph.nq": {"bytes": 3}}},
        WHOLE | {"files": {"graph.nq": {"bytes": "3", "sha256": "0"}}},
        WHOLE | {"files": {"": GOOD}},
        WHOLE | {"files": {".": GOOD}},
        WHOLE | {"files": {"../secret": GOOD}},
        WHOLE | {"files": {"dumps/../../secret": GOOD}},
        WHOLE | {"files": {"/etc/hostname": GOOD}},
        WHOLE | {"files": {"a\0b": GOOD}},
        WHOLE | {"files": {"x" * 5000: GOOD}},
    ],
)
def test_a_manifest_of_another_shape_is_a_release_error(tmp_path: Path, manifest: object) -> None:
    (tmp_path / "secret").write_text("abc")
    with pytest.raises(ReleaseError):
        open_release(written(tmp_path / "x", manifest))


def test_a_link_out_of_the_folder_is_no_file_of_a_release(tmp_path: Path) -> None:
    (tmp_path / "secret").write_text("abc")
    folder = written(tmp_path / "x", WHOLE | {"files": {"link": GOOD}})
    (folder / "link").symlink_to(tmp_path / "secret")
    with pytest.raises(ReleaseError, match="damaged: wrong files: link"):
        open_release(folder)


@pytest.mark.parametrize("text", ["[" * 100_000, "{", "\ufeff{}"])
def test_a_manifest_that_is_no_json_is_a_release_error(tmp_path: Path, text: str) -> None:
    (written(tmp_path / "x", WHOLE) / "manifest.json").write_text(text, encoding="utf-8")
    with pytest.raises(ReleaseError):
        open_release(tmp_path / "x")


def test_links_in_a_circle_are_a_release_error(tmp_path: Path) -> None:
    (tmp_path / "current").symlink_to("current")
    with pytest.raises(ReleaseError):
        open_release(tmp_path)


def build(out: Path) -> Path:
    with new_release(out) as draft:
        (draft / "graph.nq").write_text("abc")
        return publish(draft, {"counts": {}, "sites": [], "inputs": "same"}).folder


@pytest.mark.parametrize("damage", [lambda file: file.write_text("abd"), lambda file: file.unlink()])
def test_a_damaged_file_is_seen_and_mended_by_the_next_build(tmp_path: Path, damage: Callable[[Path], Any]) -> None:
    file = build(tmp_path) / "graph.nq"
    found = find_release(tmp_path, "same")
    assert found is not None
    assert found.graph == file
    damage(file)
    assert find_release(tmp_path, "same") is None
    assert build(tmp_path) == file.parent
    assert file.read_text() == "abc"
    assert find_release(tmp_path, "same") is not None
