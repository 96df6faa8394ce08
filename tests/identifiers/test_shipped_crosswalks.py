"""The shipped tables are consistent with each other and with pydicom, and contain the notices of their licences."""

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
from kg.identifiers.tables import CROSSWALKS, CrosswalkTable, read_table
from kg.vocab import SKOS

TABLES = sorted(CROSSWALKS.glob("*.tsv"))
MAPPINGS = sorted(CROSSWALKS.glob("*.sssom.tsv"))
JUSTIFICATIONS = "https://w3id.org/semapv/vocab/"
RELATIONS = {"http://www.geneontology.org/formats/oboInOwl#hasDbXref"} | {
    f"{SKOS.base}{how}Match" for how in ("exact", "close", "broad", "narrow", "related")
}


def located(path: Path) -> list[tuple[str, dict[str, str]]]:
    """Return each mapping of a file after its ``file:line``."""
    lines = [line for line, _ in read_table(path, ()).rows()]
    return [(f"{path.name}:{line}", row) for line, row in zip(lines, sssom.read(path), strict=True)]


def misplaced(table: CrosswalkTable) -> str:
    """Return the correct place of the first row that is not sorted; an empty text if there is none."""
    by = ("object_id", "subject_label") if "dicom" in table.path.name else table.columns[:2]
    rows = list(table.select(by))
    for (_, above), (line, key) in pairwise(rows):
        if above > key:
            before = next(number for number, other in rows if other > key)
            order = f"rows are sorted by {' and '.join(by)}, capital letters first"
            return f"{table.path.name}:{line}: {order}; move this one above line {before}"
    return ""


def test_a_row_in_a_wrong_place_is_told_its_right_one(tmp_path: Path) -> None:
    path = tmp_path / "table.tsv"
    path.write_text("a\tb\nA\t1\nB\t1\na\t1\nAb\t2\n", encoding="utf-8")
    order = "rows are sorted by a and b, capital letters first"
    assert misplaced(read_table(path, ())) == f"table.tsv:5: {order}; move this one above line 3"


@pytest.mark.parametrize("path", TABLES, ids=lambda path: path.name)
def test_a_table_is_sorted_text_with_a_licence(path: Path) -> None:
    raw = path.read_bytes()
    assert b"\r" not in raw, f"save {path.name} with the line ends of Unix"
    assert raw.endswith(b"\n"), f"end the last row of {path.name} with a line end"
    table = read_table(path, ())
    assert table.metadata["license"].startswith("https://creativecommons.org/")
    if message := misplaced(table):
        pytest.fail(message, pytrace=False)


def test_the_tables_are_small_enough_to_read_at_each_start() -> None:
    sizes = {path.name: path.stat().st_size for path in TABLES}
    assert sizes.pop("fairsharing.details.tsv") < 700_000, "read once a build"
    assert sum(sizes.values()) < 1_500_000


@pytest.mark.parametrize("path", MAPPINGS, ids=lambda path: path.name)
def test_a_mapping_file_is_sssom(path: Path) -> None:
    assert re.fullmatch(r"https://w3id\.org/rdm-kg/crosswalk/[a-z-]+", read_table(path, ()).metadata["mapping_set_id"])
    seen: dict[tuple[str, ...], str] = {}
    for place, row in located(path):
        assert row["predicate_id"] in RELATIONS, (
            f"{place}: predicate_id must be skos:exactMatch or another mapping relation"
        )
        assert row["mapping_justification"].startswith(JUSTIFICATIONS), (
            f"{place}: mapping_justification must be semapv:…"
        )
        statement = tuple(
            row.get(column, "") for column in ("subject_id", "subject_label", "predicate_id", "object_id")
        )
        assert seen.setdefault(statement, place) == place, f"{place}: it says the same as {seen[statement]}"


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
    for place, row in located(path):
        record = crosswalk.records.get(row["subject_id"])
        assert record, f"{place}: {row['subject_id']} is not in fairsharing.records.tsv; add it there first"
        assert row["subject_label"] == record.name, f"{place}: subject_label must be the record's name, {record.name!r}"
    assert "FAIRsharing (CC BY-SA 4.0, attribution https://fairsharing.org)" in read_table(path, ()).metadata["comment"]
    assert path.name in (CROSSWALKS / "LICENSE").read_text("utf-8")


def test_edam_is_curated_by_hand_and_has_no_false_friends() -> None:
    rows = located(CROSSWALKS / "edam.sssom.tsv")
    for place, row in rows:
        justification = row["mapping_justification"].rpartition("/")[2]
        assert justification == "ManualMappingCuration", f"{place}: write semapv:ManualMappingCuration"
    found = {(row["subject_id"].rpartition(".")[2], row["object_id"].rpartition("_")[2]) for _, row in rows}
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
