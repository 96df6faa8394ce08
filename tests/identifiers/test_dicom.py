"""Modalities are found by whole words of a closed table and by nothing else."""

from __future__ import annotations

from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from kg.errors import CrosswalkError
from kg.identifiers.dicom import ModalityTable, modalities_in
from kg.identifiers.tables import CROSSWALKS

TABLE = ModalityTable.load()


@pytest.mark.parametrize(
    ("text", "codes"),
    [
        ("imaging techniques like MR, PET/MR, PET/CT.", ["MR", "PT", "CT"]),
        ("PET/MR", ["PT", "MR"]),
        ("MR Imaging", ["MR"]),
        ("MRI-guided work", ["MR"]),
        ("µCT and SPECT", ["CT", "NM"]),
        ("Intravascular ultrasound", ["IVUS"]),
        ("Ultrasound, then ultrasonography", ["US"]),
        ("single-photon emission computed tomography", ["NM"]),
        ("NMR spectroscopy", []),
        ("NMR-ML and nmrML", []),
        ("PX Accession number", []),
        ("tell us, US and SM", []),
        ("PT, Portugal", []),
        ("mr, ct, pet, Pet, Ct values", []),
        ("Shewanella oneidensis MR-1", []),
        ("CTAB, CT1, PETase, FMRI", []),
    ],
)
def test_modalities_of_a_text(text: str, codes: list[str]) -> None:
    assert [modality.code for modality in modalities_in(text)] == codes


@given(st.lists(st.sampled_from(sorted(TABLE.words)), min_size=1))
def test_each_word_of_the_table_is_found_among_others(words: list[str]) -> None:
    found = modalities_in(", ".join(words))
    assert list(found) == list(dict.fromkeys(TABLE.words[word] for word in words))


@given(st.text())
def test_any_text_may_be_searched(text: str) -> None:
    assert set(modalities_in(text)) <= set(TABLE.modalities.values())


def test_broader_words_are_no_names_of_the_modality() -> None:
    tomography = TABLE.words["µCT"]
    assert tomography.iri == "http://dicom.nema.org/resources/ontology/DCM/CT"
    assert "µCT" not in tomography.names
    assert "computed tomography" in tomography.names


@pytest.mark.parametrize(
    ("old", "new", "message"),
    [
        (
            "MRI\trdfs literal\tskos:exactMatch\tDCM:MR",
            "MRI\trdfs literal\tskos:broadMatch\tDCM:CT",
            "the object_label of 'MRI' must be 'Computed Tomography', as in acquisition-modality.tsv",
        ),
        ("fMRI\trdfs literal\tskos:broadMatch", "MRI\trdfs literal\tskos:broadMatch", "a word stands in two rows"),
        ("DCM:PT", "skos:PT", "has the code .*#PT, which is not in acquisition-modality.tsv"),
    ],
)
def test_a_table_that_contradicts_itself_is_refused(tmp_path: Path, old: str, new: str, message: str) -> None:
    text = (CROSSWALKS / "dicom-modality.sssom.tsv").read_text("utf-8")
    assert old in text
    (tmp_path / "table.sssom.tsv").write_text(text.replace(old, new), "utf-8")
    with pytest.raises(CrosswalkError, match=message):
        ModalityTable.load(tmp_path / "table.sssom.tsv")


def test_a_modality_without_a_safe_word_is_known_and_never_found() -> None:
    px = TABLE.modalities["http://dicom.nema.org/resources/ontology/DCM/PX"]
    assert (px.label, px.names) == ("Panoramic X-Ray", ())
    assert px not in TABLE.words.values()
