"""The shipped FAIRsharing table, compared with the one that it was compiled from, in the folder ``KG_REFERENCE``."""

from __future__ import annotations

import csv
import os
from collections.abc import Iterator
from pathlib import Path

import pytest

from kg.identifiers.fairsharing import FairsharingCrosswalk, Record

KNOWN = Path(os.environ.get("KG_REFERENCE", "")) / "data" / "fairsharing_known_all.csv"

pytestmark = [
    pytest.mark.slow,
    pytest.mark.skipif(
        "KG_REFERENCE" not in os.environ or not KNOWN.is_file(), reason="KG_REFERENCE names no folder with the table"
    ),
]


def known() -> Iterator[tuple[dict[str, str], Record]]:
    """Return each row with our record."""
    crosswalk = FairsharingCrosswalk.load()
    with KNOWN.open(encoding="utf-8", newline="") as file:
        for row in csv.DictReader(file):
            yield row, crosswalk.suffixes[row["doi_suffix"].removeprefix("fairsharing.")]


def test_a_type_is_asserted_where_it_is_there_and_nowhere_else() -> None:
    there = {record.iri: row["record_type"] for row, record in known() if row["type_basis"] == "asserted"}
    ours = {record.iri: record.asserted_type for record in FairsharingCrosswalk.load().records.values()}
    assert {iri: kind for iri, kind in ours.items() if kind} == there
    assert len(there) > 200


def test_identifiers_and_basis_are_the_same() -> None:
    for row, record in known():
        assert (record.number, record.bioregistry) == (row["numeric_id"], row["bioregistry"]), row
        assert record.type_basis == row["type_basis"], row
