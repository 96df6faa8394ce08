"""The wheel and the sdist: the same bytes from the same source, and from the sdist alone."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.packaging.conftest import Published, build

pytestmark = pytest.mark.slow


def test_the_same_source_gives_the_same_bytes(clean_tree: Path, published: Published, tmp_path: Path) -> None:
    for file in clean_tree.rglob("*.py"):
        file.touch()  # as if it had been checked out at another time
    again = build(clean_tree, tmp_path / "again")
    assert [file.read_bytes() for file in again] == [file.read_bytes() for file in published]


def test_the_sdist_alone_gives_the_same_wheel(unpacked: Path, published: Published, tmp_path: Path) -> None:
    again = build(unpacked, tmp_path / "again")
    assert again.wheel.read_bytes() == published.wheel.read_bytes()


def test_the_sdist_has_every_file_of_the_source(clean_tree: Path, unpacked: Path) -> None:
    def files(folder: Path) -> set[Path]:
        named = (file.relative_to(folder) for file in folder.rglob("*") if file.is_file())
        return {name for name in named if name.parts[0] != "tests"}  # where a link's folder is packed once, as the link

    assert files(unpacked) == {*files(clean_tree), Path("PKG-INFO")}
    assert (unpacked / "tests" / "conftest.py").is_file()
