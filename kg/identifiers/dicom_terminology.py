"""The whole DICOM Controlled Terminology from pydicom: codes, their meanings, and their context groups.

Only identifiers and code meanings are used: none of NEMA's definitions, and no text of SNOMED CT or the other schemes
whose codes are in DICOM's groups.
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
"""Coding scheme → namespace of its IRIs as the scheme's owner defines it; other schemes define none."""
_BREAK = "\u200b"
"""Zero-width space, a line break opportunity in the standard's tables that occurs in some meanings."""


@dataclass(frozen=True, slots=True)
class Concept:
    """A code of the scheme DCM."""

    code: str
    meaning: str
    """In English; of several meanings, the one used by most context groups."""
    others: tuple[str, ...]
    """Other meanings, sorted; usually empty."""

    @property
    def iri(self) -> str:
        """IRI of the concept."""
        return DCM.base + self.code


@dataclass(frozen=True, slots=True)
class ContextGroup:
    """A list of codes for one purpose, with at least one code of the scheme DCM."""

    number: int
    name: str
    """Name in pydicom, one word such as ``AcquisitionModality``."""
    members: tuple[str, ...]
    """IRIs of the members in DCM and SNOMED CT, sorted."""
    unnamed: int
    """Number of members in other schemes, which ``members`` leaves out."""

    @property
    def iri(self) -> str:
        """URL of the group's page in the current edition of the standard."""
        return group_iri(self.number)


@dataclass(frozen=True, slots=True)
class Terminology:
    """The scheme DCM in the edition of the standard that a version of pydicom has."""

    version: str
    """The version of pydicom."""
    concepts: tuple[Concept, ...]
    """Sorted by code."""
    groups: tuple[ContextGroup, ...]
    """Sorted by number."""


def group_iri(number: int) -> str:
    """Return the URL of a context group's page in the current edition of the standard.

    >>> group_iri(29).rpartition("/")[2]
    'sect_CID_29.html'
    """
    return _GROUP_PAGE.format(number)


def read_terminology() -> Terminology:
    """Return the terminology of the installed pydicom.

    Raises:
        MissingExtra: when pydicom is not installed; the message has the command to install it.

    >>> len(read_terminology().concepts)
    4755
    """
    try:
        import pydicom
        from pydicom.sr._cid_dict import name_for_cid  # the public classes omit groups whose codes are in two schemes
        from pydicom.sr._concepts_dict import concepts
    except ImportError as error:
        raise MissingExtra(
            f"the full DICOM terminology needs pydicom: pip install 'rdm-kg[dicom]' ({error})"
        ) from error
    return Terminology(
        pydicom.__version__, tuple(_concepts(concepts["DCM"])), tuple(_groups(_codes_of(concepts), name_for_cid))
    )


def _concepts(keywords: Any) -> Iterator[Concept]:
    """Yield the concepts of pydicom's keywords; a code whose meaning has changed has several keywords."""
    uses: defaultdict[str, dict[str, int]] = defaultdict(dict)
    for codes in keywords.values():
        for code, (meaning, groups) in codes.items():
            uses[code][meaning.replace(_BREAK, "")] = len(groups)
    for code in sorted(uses):
        meaning, *others = sorted(uses[code], key=lambda text: (-uses[code][text], text))
        yield Concept(code, meaning, tuple(sorted(others)))


def _codes_of(concepts: Any) -> dict[int, dict[str, set[str]]]:
    """Return number of a context group → coding scheme → codes."""
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
