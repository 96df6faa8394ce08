"""Tolerance of misspellings: the longer the word, the more letters may be wrong."""

from __future__ import annotations

from pathlib import Path

import pytest

from kg.search_index import SearchRequest
from tests.search.test_finding import index_of, thing

ALPHABET = "abcdefghijklmnopqrstuvwxyz"


@pytest.mark.parametrize(
    ("meant", "typed", "is_understood"),
    [
        ("ena", "enx", True),
        ("en", "ex", False),
        ("dicom", "dicon", True),
        ("dicom", "dikon", False),
        ("genome", "ginomi", True),
        ("genome", "ginumi", False),
        ("phenotype", "phinotipe", True),
        ("phenotype", "phinutipe", False),
        ("sequencing", "siquincinc", True),
        ("sequencing", "siquinkink", False),
        ("genomes", "gnome", False),
        (ALPHABET[:24], ALPHABET[:12] + ALPHABET[13:24], True),
        (ALPHABET[:24], ALPHABET[:24] + "z", False),
        ("h2o5", "h2o6", False),
    ],
)
def test_a_word_may_have_as_many_slips_as_its_length_allows(
    meant: str, typed: str, is_understood: bool, tmp_path: Path
) -> None:
    found = index_of(tmp_path, *thing("a", meant)).search(SearchRequest(typed))
    assert found.corrected == ({typed: (meant,)} if is_understood else {})
    assert found.total == int(is_understood)


def test_of_words_that_are_as_near_the_most_used_come_first_and_farther_ones_not_at_all(tmp_path: Path) -> None:
    words = ["genome", "genomi", "genomi", "genoma", "genomo", "genomu", "ganomy"]
    said = [line for number, word in enumerate(words) for line in thing(str(number), f"{word} {number}")]
    found = index_of(tmp_path, *said).search(SearchRequest("genomx"))
    assert found.corrected == {"genomx": ("genomi", "genoma", "genome", "genomo")}
