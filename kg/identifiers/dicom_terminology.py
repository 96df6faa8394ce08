"""The whole DICOM Controlled Terminology, as pydicom brings it: codes, their meanings, and the groups they stand in.

Identifiers and code meanings only. No definition of NEMA's is copied, and of SNOMED CT and the other schemes whose
codes stand in DICOM's groups no text at all.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from kg.errors import MissingExtra
from kg.vocab import DCM

_GROUP_PAGE = "http://dicom.nema.org/medical/dicom/current/output/chtml/part16/sect_CID_{}.html"
_SPACES = {"DCM": DCM.base, "SCT": "http://snomed.info/id/"}
"""Coding scheme → where the scheme's owner puts its IRIs; codes of other schemes have none that all agree on."""
_BREAK = "\u200b"
"""Where a line may break: in the standard's tables, and so in some meanings."""


@dataclass(frozen=True, slots=True)
class Concept:
    """A code of the scheme DCM."""

    code: str
    meaning: str
    """In English; the one that more context groups use where there are two."""
    others: tuple[str, ...]
    """Other meanings, sorted; nearly always none."""

    @property
    def iri(self) -> str:
        """The concept's own."""
        return DCM.base + self.code


@dataclass(frozen=True, slots=True)
class ContextGroup:
    """A list of codes for one purpose, at least one of them of the scheme DCM."""

    number: int
    name: str
    """One word, as pydicom has it: ``AcquisitionModality``."""
    members: tuple[str, ...]
    """IRIs of the members of DICOM's own and of SNOMED CT, sorted."""
    unnamed: int
    """How many members are of other schemes, and not among ``members``."""

    @property
    def iri(self) -> str:
        """The group's page in the current edition of the standard."""
        return group_iri(self.number)


@dataclass(frozen=True, slots=True)
class Terminology:
    """The scheme DCM in one edition of the standard: that of a version of pydicom."""

    version: str
    """The version of pydicom."""
    concepts: tuple[Concept, ...]
    """Sorted by code."""
    groups: tuple[ContextGroup, ...]
    """Sorted by number."""


def group_iri(number: int) -> str:
    """The page of a context group in the current edition of the standard.

    >>> group_iri(29).rpartition("/")[2]
    'sect_CID_29.html'
    """
    return _GROUP_PAGE.format(number)


def read_terminology() -> Terminology:
    """The terminology of the installed pydicom.

    Raises :class:`kg.errors.MissingExtra`, which says how to get it, where there is none.

    >>> len(read_terminology().concepts)
    4755
    """
    try:
        import pydicom
        from pydicom.sr._cid_dict import name_for_cid  # the public classes lose a group of two schemes
        from pydicom.sr._concepts_dict import concepts
    except ImportError as error:
        raise MissingExtra(
            f"the full DICOM terminology needs pydicom: pip install 'rdm-kg[dicom]' ({error})"
        ) from error
    return Terminology(
        pydicom.__version__, tuple(_concepts(concepts["DCM"])), tuple(_groups(_codes_of(concepts), name_for_cid))
    )


def _concepts(keywords: Any) -> Iterator[Concept]:
    """pydicom lists by keyword; the same code comes again where its meaning has changed."""
    uses: defaultdict[str, dict[str, int]] = defaultdict(dict)
    for codes in keywords.values():
        for code, (meaning, groups) in codes.items():
            uses[code][meaning.replace(_BREAK, "")] = len(groups)
    for code in sorted(uses):
        meaning, *others = sorted(uses[code], key=lambda text: (-uses[code][text], text))
        yield Concept(code, meaning, tuple(sorted(others)))


def _codes_of(concepts: Any) -> dict[int, dict[str, set[str]]]:
    """Number of a context group → coding scheme → codes."""
    found: dict[int, dict[str, set[str]]] = {}
    for scheme, keywords in concepts.items():
        for codes in keywords.values():
            for code, (_, groups) in codes.items():
                for number in groups:
                    found.setdefault(number, {}).setdefault(scheme, set()).add(code)
    return found


def _groups(codes_of: dict[int, dict[str, set[str]]], names: Any) -> Iterator[ContextGroup]:
    for number, schemes in sorted(codes_of.items()):
        if "DCM" in schemes:
            members = {_SPACES[scheme] + code for scheme in _SPACES for code in schemes.get(scheme, ())}
            unnamed = sum(len(codes) for scheme, codes in schemes.items() if scheme not in _SPACES)
            yield ContextGroup(number, str(names[number]), tuple(sorted(members)), unnamed)
