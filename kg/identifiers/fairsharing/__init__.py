"""FAIRsharing records: DOI, URL at fairsharing.org, record number and legacy identifiers.

There are two steps: :func:`parse` recognises the form of a text, and :class:`FairsharingCrosswalk` looks up the record
that it refers to. The canonical IRI is that of the DOI, with the suffix in its original case; for a record without a
known DOI it is the URL with the record number.
"""

from kg.identifiers.fairsharing.crosswalk import FairsharingCrosswalk, Record
from kg.identifiers.fairsharing.details import RecordDetails, load_details
from kg.identifiers.fairsharing.reference import (
    DOI,
    SITE,
    Reference,
    ReferenceForm,
    identifiers_org,
    is_misspelt,
    parse,
    parse_url,
)
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
    "is_misspelt",
    "load_details",
    "parse",
    "parse_url",
    "unknown_reference",
]
