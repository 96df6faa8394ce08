"""Damaged releases: which are refused, and which a build repairs."""

from __future__ import annotations

import json
import shutil
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from kg.errors import ReleaseError
from kg.release import find_release, new_release, open_release, publish
from tests.server.serving import Start

GOOD = {"bytes": 3, "sha256": "0"}
SITE = {"key": "a-site", "title": "A site", "pages": 3}
MADE: dict[str, Any] = {
    "created": "2026-01-01T00:00:00Z",
    "counts": {"graphs": 1, "quads": 2, "triples": 2},
    "sites": [SITE],
}
WHOLE: dict[str, Any] = {"format": 1, "release": "x", **MADE, "files": {"graph.nq": GOOD}}


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
        *(WHOLE | {"release": wrong} for wrong in ("", "a b", "<x>", "x" * 101, "../x")),
        *(WHOLE | {"created": wrong} for wrong in (None, 7, "yesterday", "2026-13-01T00:00:00Z", ["2026"])),
        *(WHOLE | {"counts": MADE["counts"] | {"triples": wrong}} for wrong in (None, "2", 2.5, -1, True, [2], 2**63)),
        *(WHOLE | {"counts": {"triples": 2}}, WHOLE | {"counts": {}}),
        *(WHOLE | {"sites": [wrong]} for wrong in (None, 7, "a-site", [], {}, [SITE])),
        *(WHOLE | {"sites": [SITE | {"key": wrong}]} for wrong in (None, 7, "", "a site", "a>", "../a", {})),
        *(WHOLE | {"sites": [SITE | {"title": wrong}]} for wrong in (None, 7, ["A"], {"en": "A"}, "\ud800")),
        *(WHOLE | {"sites": [SITE | {"pages": wrong}]} for wrong in (None, "3", -1, 1.5, [])),
        *(WHOLE | {"sites": [SITE | {name: wrong}]} for name in ("folder", "license") for wrong in (None, 7, [])),
        WHOLE | {"sites": [SITE, SITE]},
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


def test_whatever_a_manifest_of_this_shape_says_is_served(start: Start, content_release: Path, tmp_path: Path) -> None:
    shutil.copytree(content_release, tmp_path / "out", symlinks=True)
    file = tmp_path / "out" / "current" / "manifest.json"
    manifest = json.loads(file.read_bytes())
    (site,) = manifest["sites"]
    long = "<b>'\"{{ 7 }} \0\n" * 50_000
    others = [{**SITE, "key": f"{'s' * 1000}-{number}", "pages": 2**63 - 1} for number in range(1000)]
    manifest["sites"] = [{**site, "title": long, "folder": long, "license": long}, *others]
    del manifest["created"]
    manifest["counts"] = dict.fromkeys(manifest["counts"], 2**63 - 1)
    file.write_text(json.dumps(manifest), encoding="utf-8")
    server = start(tmp_path / "out")
    paths = ("/", "/dumps/", "/catalog", "/health", "/metrics", "/browse", "/browse/matrix?by=site", "/sparql")
    things = ("/id/lookup/page/pic", "/id/lookup", "/search?q=mouse", "/.well-known/void", "/llms.txt")
    for path in (*paths, *things):
        for accept in ("text/html", "text/turtle, application/json"):
            answer = server.ask(path, headers={"Accept": accept})
            assert answer.status < 500, (path, accept, answer.text[:500])


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
        return publish(draft, MADE | {"inputs": "same"}).folder


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
