"""The report and the mappings contain the facts of the release's graph, with lines and links as written."""

from __future__ import annotations

import csv
import io
import json
from pathlib import Path
from typing import Any

import pytest

from kg.identifiers import sssom
from kg.identifiers.tables import read_table
from kg.vocab import RDM, SCHEMA
from tests.conftest import kg, write_site

pytestmark = pytest.mark.slow

SHEET = """\
---
title: A sheet
type: cheat_sheet
page_id: sheet
---
## Type of data/experiments/methods
- [DICOM](https://fairsharing.org/bsg-s000114)
- [OME-TIFF](https://doi.org/10.25504/FAIRsharing.cq8tg2)
- [SAM](http://samtools.github.io/hts-specs/SAMv1.pdf)
	- [FAIRsharing](https://fairsharing.org/FAIRsharing.k97xzh)
	- Open Format

## Metadata Standards
- Ontologies:
  - [An ontology #1](https://fairsharing.org/bsg-s999999)
  - [Another](https://fairsharing.org/350)
  - [Cells](https://fairsharing.org/691)

## Reference and Useful Links
- [Unknown](https://doi.org/10.25504/FAIRsharing.zz9zz9)
- [Search](https://fairsharing.org/search?q=plant)
"""
TOOLS = """\
- id: dicom
  name: DICOM
  url: https://www.dicomstandard.org
  registry:
    fairsharing: b7z8by
"""
DICOM = "https://doi.org/10.25504/FAIRsharing.b7z8by"


@pytest.fixture(scope="module")
def out(tmp_path_factory: pytest.TempPathFactory) -> Path:
    site = write_site(
        tmp_path_factory.mktemp("site"),
        {"pages/sheet.md": SHEET, "_data/tool_and_resource_list.yml": TOOLS},
        "title: A site\nurl: https://example.org\n",
    )
    out = tmp_path_factory.mktemp("out")
    done = kg("build", site, "--out", out, "--reasoner", "owlrl")
    assert done.returncode == 0, done.stderr
    return out


@pytest.fixture(scope="module")
def entries(out: Path) -> dict[str, Any]:
    done = kg("fairsharing", "report", "--release", out, "--format", "json")
    assert done.returncode == 0, done.stderr
    return {entry["record"]: entry for entry in json.loads(done.stdout)}


def places(entry: dict[str, Any]) -> list[tuple[str, int | None, str, str]]:
    return [(place["path"], place["line"], place["written"], place["mend"]) for place in entry["places"]]


def test_a_record_with_names_ids_and_places(entries: dict[str, Any]) -> None:
    dicom = entries[DICOM]
    assert dicom["name"] == "Digital Imaging and COmmunications in Medicine"
    assert dicom["called"] == ["DICOM"]
    assert dicom["identifiers"] == [
        "doi:10.25504/FAIRsharing.b7z8by", "fairsharing.org:84", "fairsharing:bsg-s000114",
    ]  # fmt: skip
    assert dicom["recommended_by"] == ["sheet"]
    assert places(dicom) == [
        ("_data/tool_and_resource_list.yml", None, "", ""),
        ("pages/sheet.md", 7, "https://fairsharing.org/bsg-s000114", f"a former identifier; write {DICOM}"),
    ]


def test_a_right_link_needs_no_mending(entries: dict[str, Any]) -> None:
    (place,) = entries["https://doi.org/10.25504/FAIRsharing.cq8tg2"]["places"]
    assert (place["line"], place["role"], place["recommends"], place["mend"]) == (8, "data-format", True, "")


def test_the_things_own_link_is_told_and_only_the_registrys_is_mended(entries: dict[str, Any]) -> None:
    doi = "https://doi.org/10.25504/FAIRsharing.k97xzh"
    assert entries[doi]["called"] == ["SAM"]
    assert places(entries[doi]) == [
        ("pages/sheet.md", 9, "http://samtools.github.io/hts-specs/SAMv1.pdf", ""),
        ("pages/sheet.md", 10, "https://fairsharing.org/FAIRsharing.k97xzh", f"not the DOI itself; write {doi}"),
    ]


@pytest.mark.parametrize(
    ("record", "line", "mend"),
    [
        ("https://fairsharing.org/350", 16, "a record number whose DOI is not known here"),
        ("https://doi.org/10.25504/FAIRsharing.p1ss22", 17,
         "a record number; write https://doi.org/10.25504/FAIRsharing.p1ss22"),
        ("https://doi.org/10.25504/FAIRsharing.zz9zz9", 20, "no record with this DOI is known here; check it"),
    ],
)  # fmt: skip
def test_what_is_to_be_mended(entries: dict[str, Any], record: str, line: int, mend: str) -> None:
    (place,) = entries[record]["places"]
    assert (place["line"], place["mend"]) == (line, mend)


def test_a_former_identifier_of_no_known_record_is_told(entries: dict[str, Any]) -> None:
    (entry,) = [entry for entry in entries.values() if entry["places"][0]["line"] == 15]
    assert entry["recommended_by"] == ["sheet"]
    (found,) = entry["places"]
    assert found["written"] == "https://fairsharing.org/bsg-s999999"
    assert found["mend"] == "a former identifier of no known record"


def test_addresses_of_the_registry_that_are_no_records_are_left_out(entries: dict[str, Any]) -> None:
    assert not [place for entry in entries.values() for place in entry["places"] if "search" in place["written"]]


def test_every_format_says_the_same(out: Path, entries: dict[str, Any]) -> None:
    rows = list(csv.DictReader(io.StringIO(kg("fairsharing", "report", "--release", out, "--format", "csv").stdout)))
    assert {row["site"] for row in rows} == {"example-org"}
    assert {(row["page"], row["tool"]) for row in rows} == {("sheet", ""), ("", "dicom")}
    said = {(row["record"], row["file"], row["line"], row["written"], row["mend"]) for row in rows}
    assert said == {
        (iri, path, str(line or ""), written, mend)
        for iri, entry in entries.items()
        for path, line, written, mend in places(entry)
    }
    table = kg("fairsharing", "report", "--release", out).stdout
    assert "  pages/sheet.md:7: https://fairsharing.org/bsg-s000114 (data-format)\n    mend: a former" in table
    markdown = kg("fairsharing", "report", "--release", out, "--format", "markdown").stdout
    assert "| pages/sheet.md:7 | sheet | data-format |" in markdown
    assert "An ontology \\#1" in markdown


def test_only_what_is_to_be_mended(out: Path) -> None:
    done = kg("fairsharing", "report", "--release", out, "--format", "json", "--mend")
    found = [place for entry in json.loads(done.stdout) for place in entry["places"]]
    assert sorted(place["line"] for place in found) == [7, 10, 15, 16, 17, 20]


LINKS = """\
https://fairsharing.org/bsg-s000114
https://fairsharing.org/bsg-s000114/
https://fairsharing.org/bsg-s001615
https://fairsharing.org/bsg-s999999
https://fairsharing.org/bsg-s999999/
https://identifiers.org/fairsharing:bsg-s000114
https://fairsharing.org/84
https://fairsharing.org/523
https://fairsharing.org/FAIRsharing.4747
https://fairsharing.org/fairsharing_records/84
https://fairsharing.org/FAIRsharing.26dmba
https://fairsharing.org/FAIRsharing.abc123
https://doi.org/10.25504/FAIRsharing.26dmba
http://dx.doi.org/10.25504/FAIRsharing.26dmba
https://doi.org/10.25504/fairsharing.26DMBA
https://doi.org/10.25504/FAIRsharing.abc123
https://doi.org/10.25504/FAIRsharing.f397c2
https://identifiers.org/fairsharing:26dmba
https://fairsharing.org/search?q=plant
https://fairsharing.org/
https://example.org/sharing
""".split()
"""Addresses of records in every form, and others."""


def test_the_mappings_are_sssom(out: Path, tmp_path: Path) -> None:
    file = tmp_path / "pages.sssom.tsv"
    done = kg("fairsharing", "export", "--format", "sssom", "--release", out, "-o", file)
    assert done.returncode == 0, done.stderr
    assert {"mapping_set_id", "license", "curie_map", "mapping_set_version"} <= read_table(file, ()).metadata.keys()
    rows = {(row["subject_id"].rpartition("/id/")[2], row["object_id"]): row for row in sssom.read(file)}
    assert rows.keys() >= {("example-org/page/sheet", DICOM), ("example-org/tool/dicom", DICOM)}
    sheet = rows["example-org/page/sheet", DICOM]
    assert sheet["predicate_id"] == RDM.recommendsFormat
    assert sheet["object_label"] == "Digital Imaging and COmmunications in Medicine"
    assert sheet["mapping_justification"] == "https://w3id.org/semapv/vocab/ManualMappingCuration"
    assert sheet["comment"] == "pages/sheet.md:7"
    assert sheet["see_also"].startswith("https://example.org/")
    unknown = rows["example-org/page/sheet", "https://doi.org/10.25504/FAIRsharing.zz9zz9"]
    assert (unknown["predicate_id"], unknown["object_label"]) == (SCHEMA.mentions, "Unknown")
    assert not [record for _, record in rows if "bsg-" in record or "search" in record]


def test_a_site_can_be_reported_on_without_a_release(tmp_path: Path) -> None:
    site = write_site(tmp_path / "site", {"pages/sheet.md": SHEET})
    done = kg("fairsharing", "report", site, "--format", "json")
    assert done.returncode == 0, done.stderr
    assert DICOM in {entry["record"] for entry in json.loads(done.stdout)}
    assert sorted(path.name for path in tmp_path.iterdir()) == ["site"]


def test_pages_that_name_a_tool_recommend_the_record_of_the_tool(tmp_path: Path) -> None:
    page = "---\ntitle: Spectra\npage_id: spectra\n---\n## Formats of spectra\n### Solutions\n"
    tool = "- id: mzml\n  name: mzML\n  description: A format.\n  url: https://mzml.example/\n"
    files = {
        "pages/spectra.md": f'{page}- Keep spectra as {{% tool "mzml" %}}.\n',
        "_data/tool_and_resource_list.yml": f"{tool}  registry:\n    fairsharing: 26dmba\n",
    }
    sites = [write_site(tmp_path / name, files, f"title: {name}\nurl: https://{name}.example\n") for name in ("a", "b")]
    (entry,) = json.loads(kg("fairsharing", "report", *sites, "--format", "json").stdout)
    keys = ("site", "path", "line", "identifier", "tool", "recommends")
    assert [tuple(place[key] for key in keys) for place in entry["places"]] == [
        ("a-example", "_data/tool_and_resource_list.yml", None, "", "mzml", False),
        ("b-example", "_data/tool_and_resource_list.yml", None, "", "mzml", False),
        ("a-example", "pages/spectra.md", 7, "spectra", "mzml", True),
        ("b-example", "pages/spectra.md", 7, "spectra", "mzml", True),
    ]
    assert entry["recommended_by"] == ["a-example: spectra", "b-example: spectra"]
    table = kg("fairsharing", "report", *sites).stdout
    assert "  recommended by: a-example: spectra, b-example: spectra\n" in table
    assert "  b-example: pages/spectra.md:7: mzML (data-format)\n" in table


def test_no_release_is_an_error(tmp_path: Path) -> None:
    done = kg("fairsharing", "report", "--release", tmp_path)
    assert done.returncode == 2
    assert "no release" in done.stderr
