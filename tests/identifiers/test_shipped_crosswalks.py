"""The tables that ship agree with themselves, with each other and with pydicom, and say what their licences ask for."""

from __future__ import annotations

import re
from itertools import pairwise
from pathlib import Path

import pytest
from pydicom.sr.codedict import codes

from kg.identifiers import sssom
from kg.identifiers.dicom import ModalityTable
from kg.identifiers.fairsharing import FairsharingCrosswalk, ReferenceForm, load_details, parse
from kg.identifiers.fairsharing.reference import twin
from kg.identifiers.licences import licence_of_url
from kg.identifiers.tables import CROSSWALKS, read_table

TABLES = sorted(CROSSWALKS.glob("*.tsv"))
MAPPINGS = sorted(CROSSWALKS.glob("*.sssom.tsv"))


@pytest.mark.parametrize("path", TABLES, ids=lambda path: path.name)
def test_a_table_is_sorted_text_with_a_licence(path: Path) -> None:
    raw = path.read_bytes()
    assert b"\r" not in raw
    assert raw.endswith(b"\n")
    table = read_table(path, ())
    assert table.metadata["license"].startswith("https://creativecommons.org/")
    by = ("object_id", "subject_label") if "dicom" in path.name else (table.columns[0], table.columns[1])
    keys = [key for _, key in table.select(by)]
    assert all(above <= below for above, below in pairwise(keys))


def test_the_tables_are_small_enough_to_read_at_each_start() -> None:
    sizes = {path.name: path.stat().st_size for path in TABLES}
    assert sizes.pop("fairsharing.details.tsv") < 700_000, "read once a build"
    assert sum(sizes.values()) < 1_500_000


@pytest.mark.parametrize("path", MAPPINGS, ids=lambda path: path.name)
def test_a_mapping_file_is_sssom(path: Path) -> None:
    assert re.fullmatch(r"https://w3id\.org/rdm-kg/crosswalk/[a-z-]+", read_table(path, ()).metadata["mapping_set_id"])
    rows = list(sssom.read(path))
    assert all(row["mapping_justification"].startswith("https://w3id.org/semapv/vocab/") for row in rows)
    statements = [
        (row.get("subject_id"), row.get("subject_label"), row["predicate_id"], row["object_id"]) for row in rows
    ]
    assert len(set(statements)) == len(statements)


def test_the_fairsharing_files_carry_the_attribution() -> None:
    for name in ("fairsharing.sssom.tsv", "fairsharing.records.tsv", "fairsharing.details.tsv"):
        notice = read_table(CROSSWALKS / name, ()).metadata["comment"]
        assert "FAIRsharing (CC BY-SA 4.0, attribution https://fairsharing.org)" in notice
        assert "Bioregistry (CC0)" in notice
    assert "https://creativecommons.org/licenses/by-sa/4.0/" in (CROSSWALKS / "LICENSE").read_text("utf-8")


@pytest.mark.parametrize("name", ["edam", "wikidata"])
def test_a_joined_record_is_one_of_the_crosswalk_under_its_name(name: str) -> None:
    crosswalk = FairsharingCrosswalk.load()
    path = CROSSWALKS / f"{name}.sssom.tsv"
    for row in sssom.read(path):
        assert crosswalk.records[row["subject_id"]].name == row["subject_label"]
    assert "FAIRsharing (CC BY-SA 4.0, attribution https://fairsharing.org)" in read_table(path, ()).metadata["comment"]
    assert path.name in (CROSSWALKS / "LICENSE").read_text("utf-8")


def test_edam_is_curated_by_hand_and_has_no_false_friends() -> None:
    rows = list(sssom.read(CROSSWALKS / "edam.sssom.tsv"))
    assert {row["mapping_justification"].rpartition("/")[2] for row in rows} == {"ManualMappingCuration"}
    found = {(row["subject_id"].rpartition(".")[2], row["object_id"].rpartition("_")[2]) for row in rows}
    assert found >= {("26dmba", "3244"), ("cfzz0h", "3016"), ("es03fk", "3825"), ("r2ts5t", "1930")}
    assert {"3ngg40", "eq2pdx", "zr52g5"}.isdisjoint(suffix for suffix, _ in found)


def test_every_row_of_the_fairsharing_table_is_reached_by_its_identifiers() -> None:
    crosswalk = FairsharingCrosswalk.load()
    assert len(crosswalk.records) > 4_800
    for row in sssom.read(CROSSWALKS / "fairsharing.sssom.tsv"):
        record = crosswalk.resolve(row["subject_id"])
        if row["object_id"] == sssom.NO_TERM:
            assert record is None
        elif "fairsharing.org" in row["subject_id"]:
            assert record is crosswalk.records[row["object_id"]]
        else:
            assert row["subject_id"].rpartition("/")[2] in crosswalk.records[row["object_id"]].re3data


def test_an_identifier_joined_by_its_number_stands_between_two_that_count_in_step_with_the_record_numbers() -> None:
    crosswalk = FairsharingCrosswalk.load()

    def offset(legacy_id: str) -> int:
        record = crosswalk.legacy_ids[legacy_id]
        assert record.registry != "standard", legacy_id
        return int(record.number) - int(legacy_id.rpartition("-")[2].lstrip("d"))

    rows = {row["subject_id"].rpartition("/")[2]: row for row in sssom.read(CROSSWALKS / "fairsharing.sssom.tsv")}
    joined = {name: row for name, row in rows.items() if row["mapping_justification"].endswith("/LogicalReasoning")}
    assert len(joined) > 500
    for legacy_id, row in joined.items():
        first, last = re.findall(r"biodbcore-\d{6}", row["comment"])
        assert first < legacy_id.replace("bsg-d", "biodbcore-") < last
        assert offset(first) == offset(legacy_id) == offset(last)
        assert not {first, last} & joined.keys()


def test_both_forms_of_a_databases_former_identifier_mean_one_record() -> None:
    legacy_ids = FairsharingCrosswalk.load().legacy_ids
    both = [name for name in legacy_ids if twin(name) in legacy_ids]
    assert len(both) > 100
    assert all(legacy_ids[name] is legacy_ids[twin(name) or ""] for name in both)


def test_a_suffix_of_up_to_four_digits_is_never_minted() -> None:
    suffixes = FairsharingCrosswalk.load().suffixes
    assert not [suffix for suffix in suffixes if suffix.isdigit() and len(suffix) < 5]
    assert sum(len(suffix) == 6 for suffix in suffixes) > 0.98 * len(suffixes)


def test_details_are_facts_of_known_records() -> None:
    crosswalk, details = FairsharingCrosswalk.load(), load_details()
    assert len(details) > 4_000
    assert details.keys() <= crosswalk.records.keys()
    for iri, known in details.items():
        assert re.fullmatch(r"https?://[^\s<>\"{}|\\^`\[\]]+", known.homepage), iri
        assert not known.licence or re.fullmatch(r"https?://[^\s<>\"{}|\\^`\[\]]+", known.licence), iri
        assert not known.licence or licence_of_url(known.licence) in (known.licence, None), iri
        assert all(word == word.strip() for word in known.keywords), iri


def test_a_record_says_where_its_facts_come_from() -> None:
    for record in FairsharingCrosswalk.load().records.values():
        assert record.source, record.iri
        assert record.suffix or record.number, record.iri
        assert record.type_basis in {"asserted", "inferred", ""}, record.iri
        assert record.name == record.name.strip(), record.iri


def test_no_suffix_is_a_record_number_as_well() -> None:
    crosswalk = FairsharingCrosswalk.load()
    assert not crosswalk.suffixes.keys() & crosswalk.numbers.keys()
    assert sum(suffix.isdigit() for suffix in crosswalk.suffixes) > 100


def test_canonical_iris_read_as_themselves() -> None:
    for iri in FairsharingCrosswalk.load().records:
        reference = parse(iri)
        assert reference is not None
        assert reference.form in {ReferenceForm.DOI, ReferenceForm.NUMBER}
        assert reference.iri == iri


def test_dicom_codes_and_labels_are_those_of_context_group_29() -> None:
    group = {code.value: code.meaning for code in (getattr(codes.cid29, keyword) for keyword in codes.cid29.dir())}
    modalities = ModalityTable.load().modalities.values()
    assert {modality.code: modality.label for modality in modalities}.items() <= group.items()
    assert {"MR", "PT", "CT", "US", "NM"} <= {modality.code for modality in modalities}


def test_the_dicom_table_carries_the_trademark_notice() -> None:
    notice = read_table(CROSSWALKS / "dicom-modality.sssom.tsv", ()).metadata["comment"]
    assert "DICOM® is the registered trademark of the National Electrical Manufacturers Association" in notice
