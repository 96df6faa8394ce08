"""FAIRsharing records: DOI, address at fairsharing.org, record number and the identifiers of former times.

Two steps, because only a table can take the second: :func:`parse` says what form a text has, and
:class:`FairsharingCrosswalk` which record is meant. The canonical IRI is the DOI's, with the suffix in the case in
which it was minted; a record without a known DOI has its address by number.
"""

from kg.identifiers.fairsharing.crosswalk import FairsharingCrosswalk, Record
from kg.identifiers.fairsharing.details import RecordDetails, load_details
from kg.identifiers.fairsharing.reference import DOI, SITE, Reference, ReferenceForm, identifiers_org, parse, parse_url
from kg.identifiers.fairsharing.unknown import unknown_reference

__all__ = [
    "DOI",
    "SITE",
    "FairsharingCrosswalk",
    "Record",
    "RecordDetails",
    "Reference",
    "ReferenceForm",
    "identifiers_org",
    "load_details",
    "parse",
    "parse_url",
    "unknown_reference",
]
