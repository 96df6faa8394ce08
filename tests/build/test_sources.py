"""The digest of a build's inputs covers every file that the build reads."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest

from kg.build.inputs import digest
from kg.site.sources import is_source, sources
from tests.conftest import ROOT, write_site

pytestmark = pytest.mark.slow

PAGE = "---\ntitle: A\ntype: cheat_sheet\n---\n{% include deep/vendor/words.html %}\n{{ site.data.vendor.facts.a }}\n"
FILES = {
    "a.md": f"{PAGE}{{% include_relative parts/words.txt %}}\n",
    "parts/words.txt": "words\n",
    "pages/vendor/b.markdown": PAGE,
    "_guides/c.md": PAGE,
    "_data/CONTRIBUTORS.yml": "Ada:\n  orcid: 0000-0002-1825-0097\n",
    "_data/tool_and_resource_list.yml": "- id: x\n  name: X\n  url: https://x.example/\n",
    "_data/vendor/facts.yaml": "a: b\n",
    "_includes/deep/vendor/words.html": "words\n",
    "rdm-kg.toml": 'key = "s"\n',
    "CNAME": "s.example\n",
    "_config.yml": "title: A site\ncollections: {guides: {output: true}}\n",
}
"""Every kind of file that is read."""
_HOOK = """
import os, sys
log = os.open(sys.argv.pop(1), os.O_WRONLY | os.O_APPEND | os.O_CREAT)
def hook(event, arguments):
    if event == "open" and isinstance(arguments[0], (str, bytes, os.PathLike)):
        os.write(log, os.fsencode(arguments[0]) + b"\\n")
sys.addaudithook(hook)
from kg.cli import main
main()
"""


@pytest.fixture
def site(tmp_path: Path) -> Path:
    return write_site(
        tmp_path / "site", {**FILES, "vendor/bundle/d.md": PAGE, "picture.png": "x", "assets/x.yml": "a: b\n"}
    )


def test_a_build_opens_exactly_the_sources_and_the_files_that_could_be_pages(site: Path, tmp_path: Path) -> None:
    log = tmp_path / "opened"
    command = [sys.executable, "-c", _HOOK, log, "build", site, "--out", tmp_path / "out", "--reasoner", "owlrl"]
    done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
    opened = {Path(line) for line in log.read_text(encoding="utf-8").splitlines()}
    found = {file.relative_to(site).as_posix() for file in opened if file.is_relative_to(site) and file.is_file()}
    assert found == {*FILES, "picture.png", "assets/x.yml"}  # whose first lines are looked at


def test_the_sources_are_every_kind_of_file_that_is_read(site: Path) -> None:
    found = [file.relative_to(site) for file in sources(site)]
    assert sorted(map(str, found)) == sorted(FILES)
    assert all(map(is_source, found))


@pytest.mark.parametrize("name", FILES)
def test_the_digest_tells_when_a_source_changes(site: Path, name: str) -> None:
    before = digest([site])
    (site / name).write_text((site / name).read_text(encoding="utf-8") + "\n", encoding="utf-8")
    assert digest([site]) != before


@pytest.mark.parametrize("name", ["vendor/bundle/d.md", "picture.png", "assets/x.yml"])
def test_the_digest_leaves_out_what_is_not_read(site: Path, name: str) -> None:
    before = digest([site])
    (site / name).write_text("other", encoding="utf-8")
    assert digest([site]) == before


def test_the_digest_looks_into_a_data_folder_that_is_a_link(site: Path, tmp_path: Path) -> None:
    (site / "_data").rename(tmp_path / "data")
    (site / "_data").symlink_to(tmp_path / "data")
    before = digest([site])
    (tmp_path / "data" / "vendor" / "facts.yaml").write_text("a: c\n", encoding="utf-8")
    assert digest([site]) != before
