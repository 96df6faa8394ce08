"""The table of details is generated reproducibly from the copy of FAIRsharing in the package bioregistry."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any
from zipfile import ZipFile

import pytest

from kg.fairsharing.bioregistry import MEMBER
from kg.identifiers.fairsharing import DOI, RecordDetails, load_details
from tests.conftest import kg

pytestmark = pytest.mark.slow

COPY: dict[str, Any] = {
    "FAIRsharing.zzzzz1": {
        "name": "A database",
        "description": "Words that are not taken over.",
        "homepage": "https://example.org/db ",
        "keywords": ["Life Science", "protein", "protein", "a|b"],
        "license": {"name": "CC-BY-4.0", "url": "http://creativecommons.org/licenses/by/4.0/deed.en"},
        "contact": {"name": "Nobody"},
    },
    "fairsharing.aaaaa1": {
        "name": "Another",
        "homepage": "https://example.org/",
        "license": {"name": "ODbL-1.0", "url": "http://opendatacommons.org/licenses/odbl/1.0/"},
    },
    "FAIRsharing.ccccc1": {"name": "Terms", "license": {"url": "https://example.org/privacy"}, "keywords": "no list"},
    "not a record": {"homepage": "https://example.org/"},
}
ROWS = [
    "id\thomepage\tlicense\tkeywords",
    "FAIRsharing.aaaaa1\thttps://example.org/\thttp://opendatacommons.org/licenses/odbl/1.0/\t",
    "FAIRsharing.ccccc1\t\t\t",
    "FAIRsharing.zzzzz1\thttps://example.org/db\thttps://creativecommons.org/licenses/by/4.0/\tLife Science|protein",
]


@pytest.fixture
def copy(tmp_path: Path) -> Path:
    path = tmp_path / "processed.json"
    path.write_text(json.dumps(COPY), encoding="utf-8")
    return path


def test_facts_alone_are_taken_over_and_sorted(copy: Path, tmp_path: Path) -> None:
    table = tmp_path / "fairsharing.details.tsv"
    done = kg("fairsharing", "details", copy, "-o", table)
    assert done.returncode == 0, done.stderr
    assert [line for line in table.read_text("utf-8").splitlines() if not line.startswith("#")] == ROWS
    assert load_details(tmp_path)[DOI + "zzzzz1"] == RecordDetails(
        "https://example.org/db", "https://creativecommons.org/licenses/by/4.0/", ("Life Science", "protein")
    )


def test_the_wheel_and_another_order_give_the_same_bytes(copy: Path, tmp_path: Path) -> None:
    wheel = tmp_path / "bioregistry-0-py3-none-any.whl"
    with ZipFile(wheel, "w") as archive:
        archive.writestr(MEMBER, json.dumps(dict(reversed(COPY.items()))))
    of_file, of_wheel = (kg("fairsharing", "details", path).stdout for path in (copy, wheel))
    assert of_file
    assert of_file == of_wheel


@pytest.mark.parametrize(
    ("name", "content", "message"),
    [
        ("a.json", "[1, 2]", "not an object with an object for each record"),
        ("a.json", '{"FAIRsharing.zzzzz1": 1}', "not an object with an object for each record"),
        ("a.json", "{", "no copy of FAIRsharing can be read"),
        ("a.whl", "{}", "no copy of FAIRsharing can be read"),
    ],
)
def test_what_is_no_copy_is_refused_in_words(name: str, content: str, message: str, tmp_path: Path) -> None:
    path = tmp_path / name
    path.write_text(content, encoding="utf-8")
    done = kg("fairsharing", "details", path)
    assert done.returncode != 0
    assert message in done.stderr
    assert "Traceback" not in done.stderr
