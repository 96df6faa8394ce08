"""A link to a FAIRsharing record whose text names another record, and the record's name beside its address."""

from __future__ import annotations

from pathlib import Path

import pytest

from kg.lint.check import check, select
from tests.conftest import write_site


def messages(body: str, folder: Path) -> list[str]:
    text = f"---\ntitle: A\n---\n{body}\n"
    (selection,) = select([write_site(folder, {"a.md": text}, "title: A site\n")])
    return [f"{found.rule}: {found.message}" for found in check(selection).findings if found.place.path == "a.md"]


@pytest.mark.parametrize(
    ("link", "message"),
    [
        (
            "[mzML](https://doi.org/10.25504/FAIRsharing.b7z8by)",
            (
                "the record is 'Digital Imaging and COmmunications in Medicine'; "
                "mzML is https://doi.org/10.25504/FAIRsharing.26dmba"
            ),
        ),
        (
            "[Gene Expression Omnibus](https://doi.org/10.25504/FAIRsharing.e1byny)",
            (
                "the record is 'PRoteomics IDEntifications database'; "
                "Gene Expression Omnibus is https://doi.org/10.25504/FAIRsharing.5hc8vt"
            ),
        ),
        (
            "[CGD](https://doi.org/10.25504/FAIRsharing.b7z8by)",
            (
                "the record is 'Digital Imaging and COmmunications in Medicine'; CGD is "
                "https://doi.org/10.25504/FAIRsharing.a04fb2 or https://doi.org/10.25504/FAIRsharing.d040a4 or "
                "https://doi.org/10.25504/FAIRsharing.j7j53"
            ),
        ),
    ],
)
def test_the_record_that_the_text_names_is_told_beside_that_of_the_address(
    link: str, message: str, tmp_path: Path
) -> None:
    assert messages(link, tmp_path) == [f"other-record: {message}"]


def test_the_record_of_a_former_address_is_told_by_name(tmp_path: Path) -> None:
    link = "[PRIDE](https://fairsharing.org/biodbcore-000330)"
    assert messages(link, tmp_path) == [
        (
            "legacy-fairsharing: https://fairsharing.org/biodbcore-000330 is an identifier of former times; "
            "write https://doi.org/10.25504/FAIRsharing.fx0mw7 (Ensembl)"
        ),
        "other-record: the record is 'Ensembl'; PRIDE is https://doi.org/10.25504/FAIRsharing.e1byny",
    ]
