"""A build reports each step when it begins, not before and not afterwards."""

from __future__ import annotations

from pathlib import Path

import pytest

from kg.build.compile import Silence, compile_sites, make_release, read_sites
from kg.release import new_release, open_release
from tests.conftest import write_site

PAGE = "---\ntitle: Page\n---\n[EGA](https://ega-archive.org/)\n"
MADE = {
    "writing the graph": "graph.nq",
    "filling the store and the index": "store search.sqlite",
    "documenting the ontology": "ontology",
    "writing the dumps": "dumps",
}
"""What is said → the files and folders that are made from then on, in the order of a build."""


class Recorder(Silence):
    """Records each message, and the contents of a folder at that moment."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.said: dict[str, set[str]] = {}

    def say(self, words: str) -> None:
        self.said[words] = {path.name for path in self.folder.iterdir()}


@pytest.mark.slow
def test_each_step_is_said_when_it_begins(tmp_path: Path) -> None:
    site = write_site(tmp_path / "site", {"a.md": PAGE})
    with new_release(tmp_path / "out") as draft:
        progress = Recorder(draft)
        compiled = compile_sites(read_sites([site], progress), draft, progress, "owlrl")
        make_release(compiled, draft, progress)
    steps = [words for words in progress.said if words in MADE]
    assert steps == list(MADE)
    beside = {"store", "search.sqlite"}  # what is made beside the later steps, and may not be there yet
    for number, words in enumerate(steps):
        earlier = set(" ".join(list(MADE.values())[:number]).split())
        made = progress.said[words] & set(" ".join(MADE.values()).split())
        assert earlier - beside <= made <= earlier, words
    assert beside <= {path.name for path in open_release(tmp_path / "out").folder.iterdir()}
