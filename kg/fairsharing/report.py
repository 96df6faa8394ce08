"""What a release says of each FAIRsharing record: its names and identifiers, who uses it, and what to mend."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from itertools import groupby

from kg.fairsharing.usage import RecordUse
from kg.identifiers.fairsharing import DOI, FairsharingCrosswalk, Record, ReferenceForm, parse_url


@dataclass(frozen=True, slots=True)
class UseToMend:
    """A use of a record, and what is to be done about it."""

    use: RecordUse
    mend: str
    """What should be changed there, in words; empty where all is well."""


@dataclass(frozen=True, slots=True)
class Entry:
    """One record, or an address of FAIRsharing behind which no record is known."""

    iri: str
    record: Record | None
    """What the crosswalk knows; ``None`` where it does not have the record."""
    labels: tuple[str, ...]
    """What pages call it, sorted."""
    places: tuple[UseToMend, ...]
    """In the order of files and lines."""

    @property
    def name(self) -> str:
        """FAIRsharing's name, else what a page calls it."""
        known = self.record.name if self.record else ""
        return known or next(iter(self.labels), "")

    @property
    def identifiers(self) -> tuple[str, ...]:
        """Every identifier that is known, each as a CURIE: the DOI, the number, former ids, entries elsewhere.

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
        """Identifiers of the pages that recommend it, sorted."""
        return tuple(sorted({place.use.identifier for place in self.places if place.use.recommends}))


def report(uses: Iterable[RecordUse], crosswalk: FairsharingCrosswalk) -> tuple[Entry, ...]:
    """An entry for each record that is used, the most used first, then by name."""
    entries = [
        _entry(iri, tuple(group), crosswalk)
        for iri, group in groupby(sorted(uses), key=lambda use: use.record)
    ]  # fmt: skip
    return tuple(sorted(entries, key=lambda entry: (-len(entry.places), entry.name.lower(), entry.iri)))


def to_mend(entries: Iterable[Entry]) -> tuple[Entry, ...]:
    """The entries with those of their places where something should be changed; none without."""
    found = (replace(entry, places=tuple(place for place in entry.places if place.mend)) for entry in entries)
    return tuple(entry for entry in found if entry.places)


def _entry(iri: str, uses: Sequence[RecordUse], crosswalk: FairsharingCrosswalk) -> Entry:
    called = [use for use in uses if use.role not in _LABELS_OF_RELATIONS] or uses
    labels = sorted({use.label for use in called if use.label})
    return Entry(
        iri, crosswalk.records.get(iri), tuple(labels), tuple(UseToMend(use, _mend(use, crosswalk)) for use in uses)
    )


def _mend(use: RecordUse, crosswalk: FairsharingCrosswalk) -> str:
    """What to do about a link to FAIRsharing; links that lead elsewhere are none of its business."""
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
        return f"a former identifier; write {doi}" if doi else f"a former identifier of no known record{named}"
    if reference.form is ReferenceForm.NUMBER:
        return f"a record number; write {doi}" if doi else "a record number whose DOI is not known here"
    if record is None:
        return "no record with this DOI is known here; check it"
    return "" if inner == doi else f"not the DOI itself; write {doi}"


_LABELS_OF_RELATIONS = ("registry-record", "homepage", "documentation", "license", "access")
"""Roles of links whose text says what they are to the thing ("FAIRsharing", "here") and not its name."""
