"""Fields of the values from the tables, and the notations at the limits of each scheme."""

from __future__ import annotations

from pathlib import Path

import pytest

from kg.errors import CrosswalkError
from kg.identifiers import sssom
from kg.identifiers.countries import EU_AUTHORITY, country
from kg.identifiers.dicom import ModalityTable, modalities_in
from kg.identifiers.fairsharing import FairsharingCrosswalk
from kg.identifiers.legislation import law_of_url, laws_in
from kg.identifiers.licences import licence_of_url
from kg.identifiers.registries import biotools, europe_pmc, tess_search
from kg.identifiers.tables import CROSSWALKS, read_table
from tests.identifiers.test_sssom import COLUMNS, GOOD, HEADER


@pytest.mark.parametrize(
    ("code", "letters"), [("NO", "NOR"), (" NO ", "NOR"), ("EL", "GRC"), ("UK", "GBR"), ("AD", "AND"), ("ZW", "ZWE")]
)
def test_a_country_has_an_iri(code: str, letters: str) -> None:
    assert country(code) == EU_AUTHORITY + letters


@pytest.mark.parametrize("code", ["", "no", "NOR", "XX", "N O"])
def test_what_is_no_country(code: str) -> None:
    assert country(code) is None


@pytest.mark.parametrize(
    ("text", "iri"),
    [
        ("31066453", "https://europepmc.org/article/MED/31066453"),
        ("med/31066453", "https://europepmc.org/article/MED/31066453"),
        ("agr:31066453", "https://europepmc.org/article/AGR/31066453"),
        ("pmc6610131", "https://europepmc.org/article/PMC/PMC6610131"),
        ("https://europepmc.org/abstract/PPR/PPR12345/", "https://europepmc.org/article/PPR/PPR12345"),
        (" doi: 10.1000/xyz ", "https://doi.org/10.1000/xyz"),
        ("https://dx.doi.org/10.1000/xyz", "https://doi.org/10.1000/xyz"),
        ("10.1000/x y", None),
        ("PMC", None),
        ("XYZ12", None),
    ],
)
def test_ways_to_write_an_article(text: str, iri: str | None) -> None:
    assert europe_pmc(text) == iri


@pytest.mark.parametrize(
    ("text", "iri"),
    [
        (" https://www.bio.tools/t/galaxy/ ", "https://bio.tools/galaxy"),
        ("bio.tools/tool/galaxy", "https://bio.tools/galaxy"),
        ("a_b-c.d~e", "https://bio.tools/a_b-c.d~e"),
        ("a/b", None),
        ("https://a.example/galaxy", None),
        ("", None),
    ],
)
def test_ways_to_write_a_tool(text: str, iri: str | None) -> None:
    assert biotools(text) == iri


def test_words_of_a_search_are_encoded_whole() -> None:
    assert tess_search("a/b & ø") == "https://tess.elixir-europe.org/search?q=a%2Fb%20%26%20%C3%B8"


@pytest.mark.parametrize(
    ("url", "licence"),
    [
        ("https://creativecommons.org/licenses/by/4.0/?a?b#c", "licenses/by/4.0/"),
        ("https://creativecommons.org/licenses/by/4.0/deed.nb).", None),
        ("https://creativecommons.org/publicdomain/mark/1.0/deed.en;", "publicdomain/mark/1.0/"),
        ("https://creativecommons.org/about/cc0", "publicdomain/zero/1.0/"),
        ("https://creativecommons.org/choose/zero/", "publicdomain/zero/1.0/"),
        ("https://creativecommons.org/about", None),
    ],
)
def test_addresses_about_a_licence(url: str, licence: str | None) -> None:
    assert licence_of_url(url) == (f"https://creativecommons.org/{licence}" if licence else None)


@pytest.mark.parametrize(
    ("number", "name"),
    [(1, "ETS No. 001"), (193, "ETS No. 193"), (194, "CETS No. 194"), (999, "CETS No. 999")],
)
def test_the_series_of_treaties_has_two_names(number: int, name: str) -> None:
    law = law_of_url(f"https://www.coe.int/en/web/conventions/full-list?module=treaty-detail&treatynum={number:03}")
    assert law
    assert law.identifier == name


def test_laws_come_in_the_order_of_the_text_whatever_their_kind() -> None:
    text = (
        "ETS 123, CELEX 32016R0679, Directive 95/46/EC, Regulation (EU) 2016/679, "
        "the Act of 1 May 2009 No. 9, LOV-2009-06-19-97"
    )
    assert [citation.law.identifier for citation in laws_in(text)] == [
        "ETS No. 123",
        "32016R0679",
        "31995L0046",
        "32016R0679",
        "LOV-2009-05-01-9",
        "LOV-2009-06-19-97",
    ]


def test_a_modality_has_every_field(tmp_path: Path) -> None:
    copy = tmp_path / "dicom.sssom.tsv"
    copy.write_bytes((CROSSWALKS / "dicom-modality.sssom.tsv").read_bytes())
    table = ModalityTable.load(copy)
    magnetic = table.modalities["http://dicom.nema.org/resources/ontology/DCM/MR"]
    assert (magnetic.code, magnetic.label) == ("MR", "Magnetic Resonance")
    assert list(magnetic.names) == sorted(magnetic.names)
    assert "MRI" in magnetic.names
    assert not {"MR", "Magnetic Resonance"} & set(magnetic.names)
    assert [found.code for found in modalities_in("MR imaging, PET/CT", table)] == ["MR", "PT", "CT"]


def test_a_record_has_every_field() -> None:
    dicom = FairsharingCrosswalk.load().resolve("b7z8by")
    assert dicom
    assert (dicom.iri, dicom.suffix, dicom.number) == ("https://doi.org/10.25504/FAIRsharing.b7z8by", "b7z8by", "84")
    assert (dicom.name, dicom.abbreviation) == ("Digital Imaging and COmmunications in Medicine", "DICOM")
    assert "bsg-s000114" in dicom.legacy_ids
    columns = ("id", "registry", "record_type", "type_basis", "bioregistry", "source")
    for _, (identifier, *facts) in read_table(CROSSWALKS / "fairsharing.records.tsv", columns).select(columns):
        record = FairsharingCrosswalk.load().resolve(identifier)
        assert record
        told = [record.registry, record.record_type, record.type_basis, record.bioregistry, record.source]
        assert told == facts


def test_a_local_part_may_have_a_colon(tmp_path: Path) -> None:
    (tmp_path / "t.tsv").write_text(HEADER + COLUMNS + GOOD.replace("a:1", "a:1:2"), "utf-8")
    (row,) = sssom.read(tmp_path / "t.tsv")
    assert row["subject_id"] == "https://example.org/a/1:2"


def test_a_lacking_column_is_told_with_those_that_are_there(tmp_path: Path) -> None:
    (tmp_path / "t.tsv").write_text("# x: 1\na\tb\n", "utf-8")
    with pytest.raises(CrosswalkError, match=r"t\.tsv:2: no column c, d; there are a, b$"):
        read_table(tmp_path / "t.tsv", ("a", "c", "d"))
