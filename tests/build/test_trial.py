"""A site that cannot be built, crashes the program or never ends is found out in a process of its own."""

from __future__ import annotations

import multiprocessing
import threading
import time
from pathlib import Path

import pytest

from kg.build.trial import Trial, try_site
from kg.build_cache import BuildCache
from tests.conftest import write_site

pytestmark = pytest.mark.slow

PAGE = "---\ntitle: Mice\npage_id: mice\n---\nMice need cages.\n"


def test_a_good_site_has_its_key_and_pages(tmp_path: Path) -> None:
    site = write_site(tmp_path, {"mice.md": PAGE, "bad.md": "---\ntitle: [\n---\n"})
    assert try_site(site, "", BuildCache()) == Trial("", "site-example", 1)
    assert try_site(site, "mine", BuildCache()) == Trial("", "mine", 1)


def test_what_is_wrong_with_a_site_is_said(tmp_path: Path) -> None:
    assert try_site(write_site(tmp_path, {}), "", BuildCache()).problem.endswith("has no page that can be in the graph")
    broken = write_site(tmp_path, {"a.md": "---\ntitle: [\n---\n"})
    assert "in the graph; a.md:3: error: front-matter: " in try_site(broken, "", BuildCache()).problem
    (tmp_path / "_config.yml").unlink()
    assert "has no _config.yml" in try_site(tmp_path, "", BuildCache()).problem


def test_a_site_that_takes_too_long_or_kills_the_program_is_given_up(tmp_path: Path) -> None:
    site = write_site(tmp_path, {"mice.md": PAGE})
    assert try_site(site, "", BuildCache(), seconds=0.01) == Trial("to build it takes more than 0.01 seconds")
    assert multiprocessing.active_children() == []

    def kill() -> None:
        while not (children := multiprocessing.active_children()):
            time.sleep(0.001)
        children[0].kill()

    killer = threading.Thread(target=kill)
    killer.start()
    assert try_site(site, "", BuildCache()) == Trial("kg crashes on it (exit code -9)")
    killer.join()
