"""Lookup of FAIRsharing records by identifier, and the known facts of each record."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from functools import cache
from pathlib import Path

from kg.errors import CrosswalkError
from kg.identifiers import sssom
from kg.identifiers.fairsharing.reference import DOI, SITE, Reference, ReferenceForm, parse, twin
from kg.identifiers.tables import CROSSWALKS, read_table
from kg.vocab import SKOS

_FACTS = ("id", "name", "abbreviation", "registry", "record_type", "type_basis", "bioregistry", "source")
"""The columns of ``fairsharing.records.tsv``."""


_RECORD_TYPES = {
    "model_and_format": "data-format",
    "terminology_artefact": "terminology",
    "reporting_guideline": "reporting-guideline",
    "identifier_schema": "identifier-scheme",
    "repository": "database",
    "knowledgebase_and_repository": "database",
    "knowledgebase": "knowledgebase",
}
"""Type of a record → kind."""
_REGISTRIES = {"database": "database", "standard": "standard", "policy": "policy"}
"""Registry of a record of which no type is known → kind."""


@dataclass(frozen=True, slots=True)
class Record:
    """The known facts of a FAIRsharing record; a text is empty if it is not known."""

    iri: str
    """Canonical IRI."""
    suffix: str
    """Suffix of the DOI, in its original case."""
    number: str
    """Record number, in digits."""
    name: str
    """Also empty if the record is known only from a link of a site."""
    abbreviation: str
    registry: str
    """``standard``, ``database``, ``policy``."""
    record_type: str
    """FAIRsharing's term, such as ``model_and_format``; see ``asserted_type``."""
    type_basis: str
    """``asserted`` if the type comes from FAIRsharing, ``inferred`` if it was derived from other facts."""
    legacy_ids: tuple[str, ...]
    """Sorted."""
    re3data: tuple[str, ...]
    """Identifiers of the re3data entries that refer to this record, sorted."""
    bioregistry: str
    """Prefix in Bioregistry."""
    source: str
    """Source of the facts."""

    @property
    def kind(self) -> str:
        """Return the kind of the record by its type, asserted or inferred, else by its registry; else empty.

        ``data-format``, ``terminology``, ``reporting-guideline``, ``identifier-scheme``, ``standard`` (of any of these
        kinds), ``database``, ``knowledgebase`` or ``policy``.
        """
        return _RECORD_TYPES.get(self.record_type) or _REGISTRIES.get(self.registry, "")

    @property
    def asserted_type(self) -> str | None:
        """The record type if FAIRsharing asserts it, else ``None``; only asserted types are stated of a record."""
        return self.record_type if self.type_basis == "asserted" and self.record_type else None


@dataclass(frozen=True, slots=True)
class FairsharingCrosswalk:
    """Mappings from every kind of identifier to records.

    >>> table = FairsharingCrosswalk.load()
    >>> table.resolve("https://fairsharing.org/bsg-s000114").iri
    'https://doi.org/10.25504/FAIRsharing.b7z8by'
    >>> table.resolve("84").name, table.resolve("lysimd").suffix
    ('Digital Imaging and COmmunications in Medicine', 'LYsiMd')
    >>> print(table.resolve("bsg-s999999"))
    None
    """

    records: Mapping[str, Record]
    """Canonical IRI → record."""
    unmatched: Mapping[str, str]
    """Legacy identifier whose record is not known → the name of the record."""
    suffixes: Mapping[str, Record]
    """DOI suffix in its original case → record."""
    folded_suffixes: Mapping[str, Record]
    """DOI suffix in lower case → record, if that is unambiguous."""
    numbers: Mapping[str, Record]
    """Record number → record."""
    legacy_ids: Mapping[str, Record]
    """Legacy identifier → record."""

    @classmethod
    def load(cls, folder: Path = CROSSWALKS) -> FairsharingCrosswalk:
        """Load ``fairsharing.sssom.tsv`` and ``fairsharing.records.tsv``, once per folder.

        Raises:
            CrosswalkError: when a table is malformed, or the tables contradict each other or themselves.
        """
        return _load(folder)

    def resolve(self, reference: str | Reference) -> Record | None:
        """Return the record of a reference; ``None`` if the text is no reference or the record is not known.

        Five or six digits alone are looked up as a suffix first, since sites use the end of a DOI as a bare identifier;
        no known suffix is also a known record number. Both forms of a database's legacy identifier refer to the same
        record.
        """
        found = parse(reference) if isinstance(reference, str) else reference
        if found is None:
            return None
        if found.form is ReferenceForm.LEGACY:
            return self.legacy_ids.get(found.value) or self.legacy_ids.get(twin(found.value) or "")
        if found.form is ReferenceForm.NUMBER:
            return self.numbers.get(found.value)
        record = self.suffixes.get(found.value) or self.folded_suffixes.get(found.value.lower())
        return record or (self.numbers.get(found.value) if found.form is ReferenceForm.BARE else None)

    def iri(self, reference: Reference) -> str | None:
        """Return the canonical IRI; of a record that is not in the table, if the reference determines it.

        >>> table = FairsharingCrosswalk.load()
        >>> table.iri(Reference(ReferenceForm.NUMBER, "84")), table.iri(Reference(ReferenceForm.DOI, "zzz999"))
        ('https://doi.org/10.25504/FAIRsharing.b7z8by', 'https://doi.org/10.25504/FAIRsharing.zzz999')
        >>> print(table.iri(Reference(ReferenceForm.LEGACY, "bsg-s999999")))
        None
        """
        record = self.resolve(reference)
        return record.iri if record else reference.iri


@cache
def _load(folder: Path) -> FairsharingCrosswalk:
    facts = folder / "fairsharing.records.tsv"
    others = _other_identifiers(folder / "fairsharing.sssom.tsv")
    records = {record.iri: record for record in _records(facts, others)}
    if strangers := (others.numbers.keys() | others.legacy.keys() | others.re3data.keys()) - records.keys():
        raise CrosswalkError(f"{facts}: no record {min(strangers)}, which fairsharing.sssom.tsv maps to")
    return FairsharingCrosswalk(
        records,
        others.unmatched,
        {record.suffix: record for record in records.values() if record.suffix},
        _by_folded_suffix(records.values()),
        {record.number: record for record in records.values() if record.number},
        {legacy: record for record in records.values() for legacy in record.legacy_ids},
    )


@dataclass(frozen=True, slots=True)
class _Others:
    """The identifiers of the mapping file, by canonical IRI."""

    numbers: dict[str, str]
    legacy: defaultdict[str, list[str]]
    re3data: defaultdict[str, list[str]]
    unmatched: dict[str, str]


def _other_identifiers(path: Path) -> _Others:
    others = _Others({}, defaultdict(list), defaultdict(list), {})
    for row in sssom.read(path):
        local, found = row["subject_id"].rpartition("/")[2], row["object_id"]
        if found == sssom.NO_TERM:
            others.unmatched[local] = row["subject_label"]
        elif row["predicate_id"] != SKOS.exactMatch:
            others.re3data[found].append(local)
        elif not local.isdigit():
            others.legacy[found].append(local)
        elif others.numbers.setdefault(found, local) != local:
            raise CrosswalkError(f"{path}: {found} has the record numbers {others.numbers[found]} and {local}")
    return others


def _records(path: Path, others: _Others) -> Iterator[Record]:
    seen: set[str] = set()
    for line, facts in read_table(path, _FACTS).select(_FACTS):
        identifier, name, abbreviation, registry, record_type, basis, bioregistry, source = facts
        suffix = identifier.removeprefix("FAIRsharing.") if not identifier.isdigit() else ""
        iri = DOI + suffix if suffix else SITE + identifier
        if iri in seen:
            raise CrosswalkError(f"{path}:{line}: {identifier} has a row above")
        seen.add(iri)
        number = others.numbers.get(iri, "" if suffix else identifier)
        legacy, re3data = tuple(sorted(others.legacy.get(iri, ()))), tuple(sorted(others.re3data.get(iri, ())))
        yield Record(
            iri=iri,
            suffix=suffix,
            number=number,
            name=name,
            abbreviation=abbreviation,
            registry=registry,
            record_type=record_type,
            type_basis=basis,
            legacy_ids=legacy,
            re3data=re3data,
            bioregistry=bioregistry,
            source=source,
        )


def _by_folded_suffix(records: Iterable[Record]) -> dict[str, Record]:
    folded: defaultdict[str, list[Record]] = defaultdict(list)
    for record in records:
        folded[record.suffix.lower()].append(record)
    return {suffix: found[0] for suffix, found in folded.items() if suffix and len(found) == 1}
