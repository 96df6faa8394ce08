"""Crosswalk files are parsed strictly, and every error names its line."""

from __future__ import annotations

from pathlib import Path

import pytest

from kg.errors import CrosswalkError
from kg.identifiers import sssom

HEADER = """\
# license: "https://creativecommons.org/publicdomain/zero/1.0/"
# curie_map:
#   a: "https://example.org/a/"
#   semapv: "https://w3id.org/semapv/vocab/"
#   skos: "http://www.w3.org/2004/02/skos/core#"
"""
COLUMNS = "subject_id\tsubject_label\tsubject_type\tpredicate_id\tobject_id\tmapping_justification\n"
GOOD = "a:1\tone\t\tskos:exactMatch\ta:2\tsemapv:ManualMappingCuration\n"


def read(folder: Path, text: str) -> list[dict[str, str]]:
    path = folder / "table.sssom.tsv"
    path.write_text(text, "utf-8")
    return list(sssom.read(path))


def test_curies_become_iris(tmp_path: Path) -> None:
    assert read(tmp_path, HEADER + COLUMNS + GOOD) == [
        {
            "subject_id": "https://example.org/a/1",
            "subject_label": "one",
            "subject_type": "",
            "predicate_id": "http://www.w3.org/2004/02/skos/core#exactMatch",
            "object_id": "https://example.org/a/2",
            "mapping_justification": "https://w3id.org/semapv/vocab/ManualMappingCuration",
        }
    ]


def test_a_literal_needs_no_subject_id(tmp_path: Path) -> None:
    row = "\tMRI\trdfs literal\tskos:exactMatch\ta:2\tsemapv:ManualMappingCuration\n"
    assert read(tmp_path, HEADER + COLUMNS + row)[0]["subject_label"] == "MRI"


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("", "no line with column names"),
        (HEADER, "no line with column names"),
        ("# a: [\n" + COLUMNS, ":1: the comment header is not YAML"),
        ("# - a\n" + COLUMNS, ":1: the comment header is not a YAML mapping"),
        (COLUMNS + GOOD, ":1: the comment header has no curie_map"),
        (HEADER + "subject_id\tobject_id\n", ":6: no column predicate_id, mapping_justification"),
        (HEADER + COLUMNS + GOOD + "a:3\tthree\n", ":8: 2 cells, but there are 6 columns"),
        (HEADER + COLUMNS + GOOD.replace("a:1", ""), ":7: no subject_id"),
        (HEADER + COLUMNS + GOOD.replace("a:2", ""), ":7: no object_id"),
        (HEADER + COLUMNS + GOOD.replace("one\t", "\trdfs literal"), ":7: no subject_label"),
        (HEADER + COLUMNS + GOOD.replace("a:2", "b:2"), ":7: 'b:2' is no CURIE"),
        (HEADER + COLUMNS + GOOD.replace("a:2", "two"), ":7: 'two' is no CURIE"),
        (
            HEADER + COLUMNS + GOOD + GOOD.replace("a:2", "a:3"),
            ":8: https://example.org/a/1 matches .*/a/3 here and .*/a/2",
        ),
    ],
)
def test_a_fault_names_its_line(tmp_path: Path, text: str, message: str) -> None:
    with pytest.raises(CrosswalkError, match=r"table\.sssom\.tsv" + f".*{message}"):
        read(tmp_path, text)


def test_a_missing_file_is_a_fault_of_the_crosswalk(tmp_path: Path) -> None:
    with pytest.raises(CrosswalkError, match=r"none\.tsv: cannot be read"):
        list(sssom.read(tmp_path / "none.tsv"))
