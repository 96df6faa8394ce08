"""Report on the FAIRsharing records of a release: names, identifiers, places of use, and corrections."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from itertools import groupby

from kg.fairsharing.usage import RecordUse
from kg.identifiers.fairsharing import DOI, FairsharingCrosswalk, Record, ReferenceForm, parse_url


@dataclass(frozen=True, slots=True)
class UseToMend:
    """A use of a record, with the correction that it needs."""

    use: RecordUse
    mend: str
    """Advice on the correction, in words; empty if none is needed."""


@dataclass(frozen=True, slots=True)
class Entry:
    """A record, or an address of FAIRsharing that belongs to no known record."""

    iri: str
    record: Record | None
    """Facts of the crosswalk; ``None`` if it does not have the record."""
    labels: tuple[str, ...]
    """Names on pages, sorted."""
    places: tuple[UseToMend, ...]
    """Sorted by file and line."""

    @property
    def name(self) -> str:
        """FAIRsharing's name, else the first of the labels."""
        known = self.record.name if self.record else ""
        return known or next(iter(self.labels), "")

    @property
    def identifiers(self) -> tuple[str, ...]:
        """All known identifiers as CURIEs: DOI, record number, legacy identifiers, re3data, Bioregistry.

        >>> from kg.identifiers.fairsharing import FairsharingCrosswalk
        >>> record = FairsharingCrosswalk.load().resolve("bsg-s000063")
        >>> Entry(record.iri, record, (), ()).identifiers[:3]
        ('doi:10.25504/FAIRsharing.1414v8', 'fairsharing.org:1', 'fairsharing:bsg-s000063')
        """
        record = self.record
        if record is None:
            return (f"doi:10.25504/FAIRsharing.{self.iri.removeprefix(DOI)}",) if self.iri.startswith(DOI) else ()
        return (
            *([f"doi:10.25504/FAIRsharing.{record.suffix}"] if record.suffix else []),
            *([f"fairsharing.org:{record.number}"] if record.number else []),
            *(f"fairsharing:{legacy}" for legacy in record.legacy_ids),
            *(f"re3data:{entry}" for entry in record.re3data),
            *([f"bioregistry:{record.bioregistry}"] if record.bioregistry else []),
        )

    @property
    def recommended_by(self) -> tuple[str, ...]:
        """Identifiers of the pages that recommend the record, sorted, with their sites if there are several."""
        return tuple(sorted({place.use.page for place in self.places if place.use.recommends}))


def report(uses: Iterable[RecordUse], crosswalk: FairsharingCrosswalk) -> tuple[Entry, ...]:
    """Return an entry for each record in use, sorted by decreasing number of uses, then by name."""
    entries = [
        _entry(iri, tuple(group), crosswalk)
        for iri, group in groupby(sorted(uses), key=lambda use: use.record)
    ]  # fmt: skip
    return tuple(sorted(entries, key=lambda entry: (-len(entry.places), entry.name.lower(), entry.iri)))


def to_mend(entries: Iterable[Entry]) -> tuple[Entry, ...]:
    """Return the entries with only the places that need a correction; entries without such places are left out."""
    found = (replace(entry, places=tuple(place for place in entry.places if place.mend)) for entry in entries)
    return tuple(entry for entry in found if entry.places)


def _entry(iri: str, uses: Sequence[RecordUse], crosswalk: FairsharingCrosswalk) -> Entry:
    called = [use for use in uses if use.role not in _LABELS_OF_RELATIONS] or uses
    labels = sorted({use.label for use in called if use.label})
    return Entry(
        iri, crosswalk.records.get(iri), tuple(labels), tuple(UseToMend(use, _mend(use, crosswalk)) for use in uses)
    )


def _mend(use: RecordUse, crosswalk: FairsharingCrosswalk) -> str:
    """Return advice on the correction of a link to FAIRsharing; empty if it is correct or leads to another site."""
    inner = use.written.strip("()")
    reference = parse_url(inner)
    if reference is None:
        return ""
    record = crosswalk.resolve(reference)
    doi = record.iri if record and record.suffix else ""
    if inner != use.written:
        return f"the address is broken by its brackets; write {doi or inner}"
    if reference.form is ReferenceForm.LEGACY:
        name = crosswalk.unmatched.get(reference.value, "")
        named = f" (it was called {name!r})" if name else ""
        if record and not doi:
            return f"a former identifier; its record is {record.iri}, whose DOI is not known here"
        return f"a former identifier; write {doi}" if doi else f"a former identifier of no known record{named}"
    if reference.form is ReferenceForm.NUMBER:
        return f"a record number; write {doi}" if doi else "a record number whose DOI is not known here"
    if record is None:
        return "no record with this DOI is known here; check it"
    return "" if inner == doi else f"not the DOI itself; write {doi}"


_LABELS_OF_RELATIONS = ("registry-record", "homepage", "documentation", "license", "access")
"""Roles of links whose text ("FAIRsharing", "here") is usually not the name of the thing."""
