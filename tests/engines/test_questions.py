"""Every question has the same rows on other engines as on the embedded one."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import product

import pytest

from kg.query import canned
from kg.query.canned import CannedQuery
from kg.release import Release
from kg.store.oxigraph import OxigraphStore, open_store
from tests.engines.engines import Engine
from tests.engines.rows import counted
from tests.query.rows import rows

pytestmark = pytest.mark.slow

VALUES = {
    "words": ("microscopy", "mass", "software", "pathogen"),
    "topic": ("microscopy", "mass", "software", "sequences"),
    "thing": ("DICOM", "PRIDE", "zenodo", "pytest"),
    "id": ("b7z8by", "bsg-s000114", "https://doi.org/10.25504/FAIRsharing.e1byny", "wy4egf"),
    "modality": ("MR", "PT"),
    "minimum": ("2", "3"),
}
"""Parameter → values that are asked for, beside those of the query's file; pages are asked for one by one."""


@pytest.fixture(scope="package")
def store(release: Release) -> OxigraphStore:
    return open_store(release.store)


@pytest.mark.parametrize("name", canned.names())
def test_a_question_has_the_same_rows(store: OxigraphStore, loaded: Engine, name: str) -> None:
    query = canned.load(name)
    asked = list(_asked(query, store))
    found = {text: rows(store, text) for text in asked}
    assert any(found.values())
    for text, expected in found.items():
        assert counted(loaded.rows(text)) == counted(expected), text


def test_rows_that_differ_are_seen() -> None:
    one, other = {"name": "a", "page_ids": "x, y"}, {"name": "a", "page_ids": "y, x"}
    assert counted([one]) == counted([other])
    assert counted([one]) != counted([one, one])
    assert counted([one]) != counted([{**one, "name": "b"}])
    assert counted([one]) != counted([{"name": "a"}])


def _asked(query: CannedQuery, store: OxigraphStore) -> Iterator[str]:
    """Yield the texts of a question with its example and with other values."""
    choices = []
    for parameter in query.parameters:
        given = _pages(store) if parameter.name == "page" else VALUES.get(parameter.name, ())
        choices.append([(parameter.name, value) for value in {parameter.example: 0, **dict.fromkeys(given)}])
    for chosen in product(*choices):
        yield query.fill(**dict(chosen))


def _pages(store: OxigraphStore) -> list[str]:
    return [
        row["page"] for row in rows(store, "SELECT ?page { ?page a <https://w3id.org/rdm-kg/ont#Page> } ORDER BY ?page")
    ]
