"""Findings about references to records without a known DOI."""

from __future__ import annotations

import re

from kg.findings import Severity
from kg.identifiers.fairsharing.crosswalk import FairsharingCrosswalk
from kg.identifiers.fairsharing.reference import SITE, Reference, ReferenceForm

_SAID_TO_BE_A_SUFFIX = re.compile(r"fairsharing\.\d{1,4}\b", re.IGNORECASE | re.ASCII)


def unknown_reference(
    written: str, reference: Reference, crosswalk: FairsharingCrosswalk
) -> tuple[Severity, str] | None:
    """Return severity and message for a reference to no record with a known DOI, or ``None`` if there is one.

    The crosswalk has nearly all DOIs, but lacks many record numbers and legacy identifiers; these are only notes.

    >>> table = FairsharingCrosswalk.load()
    >>> unknown_reference("FAIRsharing.4747", Reference(ReferenceForm.NUMBER, "4747"), table)[1]
    'no DOI has a suffix of one to four digits; a record number? https://fairsharing.org/4747'
    >>> unknown_reference("fairsharing:bsg-s001615", Reference(ReferenceForm.LEGACY, "bsg-s001615"), table)[1]
    'the DOI of its record, https://fairsharing.org/523, is not known here'
    >>> print(unknown_reference("https://fairsharing.org/84", Reference(ReferenceForm.NUMBER, "84"), table))
    None
    """
    record = crosswalk.resolve(reference)
    if record and record.suffix:
        return None
    if _SAID_TO_BE_A_SUFFIX.search(written):
        return (
            Severity.WARNING,
            f"no DOI has a suffix of one to four digits; a record number? {SITE}{reference.value}",
        )
    if record and record.iri != written:
        return Severity.NOTE, f"the DOI of its record, {record.iri}, is not known here"
    if record and record.name:
        return Severity.NOTE, f"the DOI of this record, {record.name!r}, is not known here"
    if reference.form is ReferenceForm.NUMBER:
        return Severity.NOTE, "the record of that number is not known here"
    if reference.form is ReferenceForm.LEGACY:
        return Severity.NOTE, "the record of that former identifier is not known here"
    return Severity.WARNING, "no FAIRsharing record of that identifier is known here"
