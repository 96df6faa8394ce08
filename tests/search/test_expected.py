"""The share of queries that have an expected result among the first, over sites of ours and the sites of reference."""

from __future__ import annotations

import os
from collections.abc import Callable, Mapping
from pathlib import Path

import pytest

from kg.release import open_release
from kg.search_index import FILE, SearchIndex
from tests.conftest import kg
from tests.search.expected import FIRST, REFERENCE, SHIPPED, place

ROOT = Path(__file__).parents[2]
CORPUS = Path(os.environ.get("KG_REFERENCE", "")) / "corpus"
AMONG_FIRST, AT_FIRST, RECIPROCAL_RANK = 0.95, 0.75, 0.85


def measure(release: Path, queries: Mapping[str, Mapping[str, set[str]]]) -> None:
    index = SearchIndex(open_release(release).folder / FILE)
    places = {text: (place(index, text, names), names) for kind in queries.values() for text, names in kind.items()}
    found = [at for at, names in places.values() if names]
    missed = [text for text, (at, _) in places.items() if not at]
    assert all(at for at, names in places.values() if not names), f"nothing is expected for one of {missed}"
    assert sum(at > 0 for at in found) / len(found) >= AMONG_FIRST, f"not among the first {FIRST}: {missed}"
    assert sum(at == 1 for at in found) / len(found) >= AT_FIRST
    assert sum(1 / at for at in found if at) / len(found) >= RECIPROCAL_RANK


@pytest.mark.slow
def test_what_is_expected_of_our_sites_is_found_first(tmp_path: Path) -> None:
    sites = [*sorted((ROOT / "tests/query/sites").iterdir()), ROOT / "content"]
    done = kg("build", *sites, "--out", tmp_path, "--reasoner", "owlrl")
    assert done.returncode == 0, done.stderr
    measure(tmp_path, SHIPPED)


@pytest.mark.slow
@pytest.mark.skipif(
    "KG_REFERENCE" not in os.environ or not CORPUS.is_dir(), reason="KG_REFERENCE names no folder with reference sites"
)
def test_what_is_expected_of_the_sites_of_reference_is_found_first(reference_release: Callable[..., Path]) -> None:
    measure(reference_release("lookup", "rdmkit"), REFERENCE)
