"""Every notation of a FAIRsharing reference refers to the same record."""

from __future__ import annotations

from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from kg.errors import CrosswalkError
from kg.identifiers.fairsharing import DOI, FairsharingCrosswalk, Record, Reference, ReferenceForm, parse, parse_url

CROSSWALK = FairsharingCrosswalk.load()

URL_FORMS_OF_SUFFIX = (
    "https://doi.org/10.25504/FAIRsharing.{}",
    "http://doi.org/10.25504/FAIRsharing.{}",
    "https://dx.doi.org/10.25504/FAIRsharing.{}/",
    "https://www.doi.org/10.25504/FAIRsharing.{}#about",
    "https://doi.org/10.25504%2FFAIRsharing.{}",
    "doi.org/10.25504/fairsharing.{}",
    "doi:10.25504/FAIRsharing.{}",
    "DOI: 10.25504/FAIRsharing.{}",
    "https://fairsharing.org/FAIRsharing.{}",
    "https://www.fairsharing.org/FAIRsharing.{}?tab=general",
    "https://fairsharing.org/10.25504/FAIRsharing.{}",
    "fairsharing.org/FAIRsharing.{}",
    "https://identifiers.org/fairsharing:FAIRsharing.{}",
    "https://bioregistry.io/fairsharing:{}",
    "fairsharing:{}",
    " https://doi.org/10.25504/FAIRsharing.{} ",
    "https://doi.org/10.25504/FAIRsharing.{}.",
)
BARE_FORMS_OF_SUFFIX = ("{}", "FAIRsharing.{}", "10.25504/FAIRsharing.{}", " {} ")
URL_FORMS_OF_LEGACY = (
    "https://fairsharing.org/{}",
    "http://www.fairsharing.org/{}/",
    "https://fairsharing.org/{}#top",
    "https://fairsharing.org/biodbcore/{}",
    "https://biosharing.org/{}",
    "https://identifiers.org/biosharing/{}",
    "https://identifiers.org/fairsharing:{}",
)
URL_FORMS_OF_NUMBER = (
    "https://fairsharing.org/{}",
    "http://fairsharing.org/{}/",
    "https://fairsharing.org/fairsharing_records/{}?format=json",
    "https://api.fairsharing.org/fairsharing_records/{}",
)


def urls_of(record: Record) -> list[str]:
    return (
        [form.format(record.suffix) for form in URL_FORMS_OF_SUFFIX if record.suffix]
        + [form.format(legacy) for form in URL_FORMS_OF_LEGACY for legacy in record.legacy_ids]
        + [form.format(record.number) for form in URL_FORMS_OF_NUMBER if record.number]
    )


def words_of(record: Record) -> list[str]:
    return (
        [form.format(record.suffix) for form in BARE_FORMS_OF_SUFFIX if record.suffix]
        + list(record.legacy_ids)
        + [legacy.upper() for legacy in record.legacy_ids]
        + ([record.number] if record.number else [])
    )


@given(st.sampled_from(sorted(CROSSWALK.records.values(), key=lambda record: record.iri)))
def test_all_forms_of_a_record_resolve_to_it(record: Record) -> None:
    for form in urls_of(record) + words_of(record):
        reference = parse(form)
        assert reference is not None, form
        assert CROSSWALK.resolve(form) is record, form
        assert CROSSWALK.iri(reference) == record.iri, form


@given(st.sampled_from(sorted(CROSSWALK.records.values(), key=lambda record: record.iri)))
def test_a_link_is_recognised_without_its_context(record: Record) -> None:
    for form in urls_of(record):
        reference = parse_url(form)
        assert reference is not None, form
        assert CROSSWALK.resolve(reference) is record, form


@given(
    st.one_of(st.text(), st.from_regex(r"(https?://)?(doi\.org|fairsharing\.org)/[^\n]*"), st.text("fairshng.1:/#%2F"))
)
def test_parse_never_raises_and_what_it_finds_is_an_identifier(text: str) -> None:
    for reference in (parse(text), parse_url(text)):
        assert reference is None or reference.value.replace("-", "").isalnum()
        if reference is not None:
            CROSSWALK.resolve(reference)
            assert reference.iri is None or parse_url(reference.iri) is not None


@pytest.mark.parametrize(
    ("text", "suffix"),
    [
        ("https://fairsharing.org/bsg-s000114", "b7z8by"),
        ("https://fairsharing.org/bsg-s000563", "es03fk"),
        ("https://fairsharing.org/bsg-s000828", "p1ss22"),
        ("biodbcore-000441", "5hc8vt"),
        ("bsg-d000441", "5hc8vt"),
        ("bsg-c000039", "7cbcb7"),
        ("biodbcore-001160", "c55d5e"),
        ("bsg-d001247", "91a79b"),
        ("biodbcore-001247", "91a79b"),
        ("biodbcore-000034", "v0hbjs"),
        ("https://fairsharing.org/bsg-d000034", "v0hbjs"),
        ("biodbcore-000228", "x6d6sx"),
        ("https://fairsharing.org/84", "b7z8by"),
        ("https://doi.org/10.25504/FAIRsharing.84", "b7z8by"),
        ("11889", "11889"),
        ("847069", "847069"),
        ("588e65", "588e65"),
        ("FAIRSHARING.lysimd", "LYsiMd"),
    ],
)
def test_known_records(text: str, suffix: str) -> None:
    record = CROSSWALK.resolve(text)
    assert record is not None
    assert (record.iri, record.suffix) == (DOI + suffix, suffix)


@pytest.mark.parametrize(
    ("text", "iri"),
    [
        ("https://fairsharing.org/3887", "https://fairsharing.org/3887"),
        ("https://fairsharing.org/350", "https://fairsharing.org/350"),
        ("bsg-s001615", "https://fairsharing.org/523"),
        ("523", "https://fairsharing.org/523"),
    ],
)
def test_a_record_without_doi_has_its_number(text: str, iri: str) -> None:
    record = CROSSWALK.resolve(text)
    assert record is not None
    assert (record.iri, record.suffix) == (iri, "")


@pytest.mark.parametrize(
    ("text", "form", "iri"),
    [
        ("https://doi.org/10.25504/FAIRsharing.Zz9Zz9", ReferenceForm.DOI, DOI + "Zz9Zz9"),
        ("Zz9Zz9", ReferenceForm.BARE, DOI + "Zz9Zz9"),
        ("https://fairsharing.org/999999", ReferenceForm.NUMBER, "https://fairsharing.org/999999"),
        ("999999", ReferenceForm.BARE, None),
        ("298", ReferenceForm.NUMBER, "https://fairsharing.org/298"),
        ("FAIRsharing.4747", ReferenceForm.NUMBER, "https://fairsharing.org/4747"),
        ("https://doi.org/10.25504/FAIRsharing.4747", ReferenceForm.NUMBER, "https://fairsharing.org/4747"),
        ("https://identifiers.org/fairsharing:4747", ReferenceForm.NUMBER, "https://fairsharing.org/4747"),
        ("FAIRsharing.47474", ReferenceForm.DOI, DOI + "47474"),
        ("https://fairsharing.org/bsg-s999999", ReferenceForm.LEGACY, None),
        ("https://fairsharing.org/bsg-s001430/", ReferenceForm.LEGACY, None),
        ("browse", ReferenceForm.BARE, None),
    ],
)
def test_a_reference_that_the_table_lacks_is_still_a_reference(text: str, form: ReferenceForm, iri: str | None) -> None:
    reference = parse(text)
    assert reference is not None
    assert reference.form is form
    assert CROSSWALK.resolve(text) is None
    assert CROSSWALK.iri(reference) == iri


@pytest.mark.parametrize(
    "text",
    [
        "",
        "NA",
        "fairsharing.org",
        "https://fairsharing.org",
        "https://fairsharing.org/",
        "https://fairsharing.org/search?fairsharingRegistry=Standard&q=plant",
        "https://fairsharing.github.io/FAIR-Evaluator-FrontEnd/",
        "https://doi.org/10.1234/FAIRsharing.26dmba",
        "https://notfairsharing.org/3887",
        "https://example.org/?u=https://fairsharing.org/3887",
    ],
)
def test_what_is_no_reference(text: str) -> None:
    assert parse(text) is None
    assert CROSSWALK.resolve(text) is None


@pytest.mark.parametrize("destination", ["about", "26dmba", "3887", "bsg-s000114", "FAIRsharing.26dmba"])
def test_a_word_is_no_link_to_fairsharing(destination: str) -> None:
    assert parse_url(destination) is None


HEADER = """\
# curie_map:
#   fairsharing: "https://doi.org/10.25504/FAIRsharing."
#   fairsharing.org: "https://fairsharing.org/"
#   semapv: "https://w3id.org/semapv/vocab/"
#   skos: "http://www.w3.org/2004/02/skos/core#"
subject_id\tsubject_label\tpredicate_id\tobject_id\tmapping_justification
"""


def crosswalk(folder: Path, records: list[str], mappings: list[str]) -> FairsharingCrosswalk:
    facts = "id\tname\tabbreviation\tregistry\trecord_type\ttype_basis\tbioregistry\tsource\n"
    (folder / "fairsharing.records.tsv").write_text(facts + "".join(f"{i}\tN\t\t\t\t\t\ttest\n" for i in records))
    rows = (m.split() for m in mappings)
    (folder / "fairsharing.sssom.tsv").write_text(
        HEADER
        + "".join(
            f"fairsharing.org:{subject}\t\tskos:exactMatch\tfairsharing:{found}\tsemapv:UnspecifiedMatching\n"
            for subject, found in rows
        )
    )
    return FairsharingCrosswalk.load(folder)


def test_case_is_ignored_only_where_that_is_unambiguous(tmp_path: Path) -> None:
    table = crosswalk(tmp_path, ["FAIRsharing.abcDe1", "FAIRsharing.ABcde1", "FAIRsharing.XyZ123"], [])
    assert table.resolve("abcDe1") is table.suffixes["abcDe1"]
    assert table.resolve("ABcde1") is table.suffixes["ABcde1"]
    assert table.resolve("abcde1") is None
    assert table.resolve("xyz123") is table.suffixes["XyZ123"]


def test_bare_digits_are_a_suffix_first_and_an_address_a_number_always(tmp_path: Path) -> None:
    table = crosswalk(tmp_path, ["FAIRsharing.123456", "FAIRsharing.aaaaa1"], ["123456 aaaaa1"])
    assert table.resolve("123456") is table.suffixes["123456"]
    assert table.resolve("https://fairsharing.org/123456") is table.suffixes["aaaaa1"]


@pytest.mark.parametrize(
    ("records", "mappings", "message"),
    [
        (["FAIRsharing.aaaaa1", "FAIRsharing.aaaaa1"], [], r"records.tsv:3: FAIRsharing.aaaaa1 has a row above"),
        (["FAIRsharing.aaaaa1"], ["7 aaaaa1", "8 aaaaa1"], r"has the record numbers 7 and 8"),
        (["FAIRsharing.aaaaa1"], ["7 bbbbb1"], r"no record https://doi.org/10.25504/FAIRsharing.bbbbb1"),
        (["FAIRsharing.aaaaa1", "FAIRsharing.bbbbb1"], ["7 aaaaa1", "7 bbbbb1"], r"sssom.tsv:8: .* matches"),
    ],
)
def test_a_crosswalk_that_contradicts_itself_is_refused(
    tmp_path: Path, records: list[str], mappings: list[str], message: str
) -> None:
    with pytest.raises(CrosswalkError, match=message):
        crosswalk(tmp_path, records, mappings)


def test_only_asserted_types_are_evidence() -> None:
    sbml, dicom = (CROSSWALK.suffixes[suffix] for suffix in ("9qv71f", "b7z8by"))
    assert sbml.asserted_type == "model_and_format"
    assert dicom.asserted_type is None
    assert CROSSWALK.suffixes["p1ss22"].record_type == "terminology_artefact"
    assert CROSSWALK.suffixes["p1ss22"].asserted_type is None


def test_an_identifier_whose_record_is_not_known_keeps_its_name() -> None:
    assert CROSSWALK.unmatched["biodbcore-000027"] == "The DNA Data Bank of Japan"
    assert CROSSWALK.resolve(Reference(ReferenceForm.LEGACY, "biodbcore-000027")) is None
