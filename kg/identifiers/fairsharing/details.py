"""Facts of FAIRsharing records besides names, identifiers and type."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from pathlib import Path

from kg.identifiers.fairsharing.reference import DOI
from kg.identifiers.tables import CROSSWALKS, read_table

COLUMNS = ("id", "homepage", "license", "keywords")
"""The columns of ``fairsharing.details.tsv``."""
SEPARATOR = "|"
"""Separator of the keywords in a cell."""


@dataclass(frozen=True, slots=True)
class RecordDetails:
    """Home page, licence and keywords of a record; a text is empty if it is not known."""

    homepage: str
    """URL of the home page."""
    licence: str
    """IRI of the licence."""
    keywords: tuple[str, ...]
    """Subjects, domains and tags, in FAIRsharing's order."""


@cache
def load_details(folder: Path = CROSSWALKS) -> Mapping[str, RecordDetails]:
    """Return canonical IRI of the record → details, from ``fairsharing.details.tsv``; read once per folder.

    Raises:
        CrosswalkError: when the file is missing or malformed.

    >>> load_details()["https://doi.org/10.25504/FAIRsharing.m3jtpg"].homepage
    'https://www.ebi.ac.uk/chembl'
    """
    rows = read_table(folder / "fairsharing.details.tsv", COLUMNS).select(COLUMNS)
    return {
        DOI + identifier.removeprefix("FAIRsharing."): RecordDetails(
            homepage, licence, tuple(filter(None, keywords.split(SEPARATOR)))
        )
        for _, (identifier, homepage, licence, keywords) in rows
    }
