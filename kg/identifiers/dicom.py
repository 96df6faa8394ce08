"""Imaging modalities of the DICOM Controlled Terminology, found in text by a closed table of words.

DICOM® is the registered trademark of the National Electrical Manufacturers Association for its Standards publications
relating to digital communications of medical information.
"""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from functools import cache
from pathlib import Path

from kg.errors import CrosswalkError
from kg.identifiers import sssom
from kg.identifiers.tables import CROSSWALKS, read_table
from kg.vocab import DCM, SKOS

_GROUP = CROSSWALKS / "acquisition-modality.tsv"
_CELLS = ("code", "meaning")


@dataclass(frozen=True, slots=True)
class Modality:
    """A concept of DICOM's context group 29, acquisition modality."""

    code: str
    iri: str
    label: str
    """DICOM's code meaning, in English."""
    names: tuple[str, ...]
    """Other words for exactly this modality, sorted."""


@dataclass(frozen=True, slots=True)
class ModalityTable:
    """The words that denote each modality."""

    modalities: Mapping[str, Modality]
    """IRI → modality, for the whole context group, including modalities without an unambiguous word."""
    words: Mapping[str, Modality]
    """Case-sensitive word → modality."""
    pattern: re.Pattern[str]
    """Matches any of the words as a whole word, the longest first."""

    @classmethod
    def load(cls, path: Path = CROSSWALKS / "dicom-modality.sssom.tsv") -> ModalityTable:
        """Read the table in a file, once per path.

        Raises:
            CrosswalkError: when a word or a code has two meanings, or a code is not in the group under its meaning.
        """
        return _load(path)


def modalities_in(text: str, table: ModalityTable | None = None) -> tuple[Modality, ...]:
    """Return the modalities that a text names, without repetitions, in text order; by the shipped table by default.

    >>> [modality.code for modality in modalities_in("techniques like MR, PET/MR, PET/CT")]
    ['MR', 'PT', 'CT']
    >>> modalities_in("NMR spectroscopy, give us the PX Accession number of Shewanella MR-1")
    ()
    """
    table = table or ModalityTable.load()
    return tuple(dict.fromkeys(table.words[match[0]] for match in table.pattern.finditer(text)))


@cache
def _load(path: Path) -> ModalityTable:
    rows = list(sssom.read(path))
    words_of = _grouped(rows)
    labels = {DCM.base + code: meaning for _, (code, meaning) in read_table(_GROUP, _CELLS).select(_CELLS)}
    for row in rows:
        _check_label(path, row, labels.get(row["object_id"]))
    modalities = {iri: _modality(iri, label, words_of.get(iri, ())) for iri, label in labels.items()}
    words = {row["subject_label"]: modalities[row["object_id"]] for row in rows}
    if len(words) < len(rows):
        raise CrosswalkError(f"{path}: a word stands in two rows")
    return ModalityTable(modalities, words, _any_of(words))


def _check_label(path: Path, row: Mapping[str, str], meaning: str | None) -> None:
    """Raise :class:`CrosswalkError` unless a row's label is the meaning of its code in the context group."""
    word = row["subject_label"]
    if meaning is None:
        raise CrosswalkError(f"{path}: {word!r} has the code {row['object_id']}, which is not in {_GROUP.name}")
    if row["object_label"] != meaning:
        raise CrosswalkError(f"{path}: the object_label of {word!r} must be {meaning!r}, as in {_GROUP.name}")


def _grouped(rows: Iterable[dict[str, str]]) -> Mapping[str, list[dict[str, str]]]:
    groups: defaultdict[str, list[dict[str, str]]] = defaultdict(list)
    for row in rows:
        groups[row["object_id"]].append(row)
    return groups


def _modality(iri: str, label: str, rows: Iterable[dict[str, str]]) -> Modality:
    code = iri.removeprefix(DCM.base)
    names = {row["subject_label"] for row in rows if row["predicate_id"] == SKOS.exactMatch} - {code, label}
    return Modality(code, iri, label, tuple(sorted(names)))


def _any_of(words: Iterable[str]) -> re.Pattern[str]:
    """Compile the words to a pattern: no match inside a longer word or before a hyphen and a digit, as in ``MR-1``."""
    longest_first = sorted(words, key=lambda word: (-len(word), word))
    return re.compile(rf"(?<!\w)(?:{'|'.join(map(re.escape, longest_first))})(?!\w|-\d)")
