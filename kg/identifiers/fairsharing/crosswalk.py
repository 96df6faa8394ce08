"""Which FAIRsharing record an identifier means, and what is known of it."""

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
    """What the crosswalk knows of a FAIRsharing record; a text is empty where it is not known."""

    iri: str
    """Canonical."""
    suffix: str
    """Of the DOI, in the case in which it was minted."""
    number: str
    """The record number, in digits."""
    name: str
    """Empty also for a record that is known only because a site links to it."""
    abbreviation: str
    registry: str
    """``standard``, ``database``, ``policy``."""
    record_type: str
    """In FAIRsharing's words, such as ``model_and_format``; see ``asserted_type``."""
    type_basis: str
    """``asserted`` where FAIRsharing itself said the type, ``inferred`` where somebody concluded it."""
    legacy_ids: tuple[str, ...]
    """Sorted."""
    re3data: tuple[str, ...]
    """Identifiers of the re3data entries that name this record, sorted."""
    bioregistry: str
    """Prefix."""
    source: str
    """Where the facts come from."""

    @property
    def kind(self) -> str:
        """Return what the record is, by its type, else by its registry, whoever told these; empty where nobody did.

        ``data-format``, ``terminology``, ``reporting-guideline``, ``identifier-scheme``, ``standard`` (of any of these
        kinds), ``database``, ``knowledgebase`` or ``policy``.
        """
        return _RECORD_TYPES.get(self.record_type) or _REGISTRIES.get(self.registry, "")

    @property
    def asserted_type(self) -> str | None:
        """The record type where there is evidence for it: the only one that may be said of the thing."""
        return self.record_type if self.type_basis == "asserted" and self.record_type else None


@dataclass(frozen=True, slots=True)
class FairsharingCrosswalk:
    """Which record each identifier means.

    >>> table = FairsharingCrosswalk.load()
    >>> table.resolve("https://fairsharing.org/bsg-s000114").iri
    'https://doi.org/10.25504/FAIRsharing.b7z8by'
    >>> table.resolve("84").name, table.resolve("lysimd").suffix
    ('Digital Imaging and COmmunications in Medicine', 'LYsiMd')
    >>> print(table.resolve("bsg-s999999"))
    None
    """

    records: Mapping[str, Record]
    """By canonical IRI."""
    unmatched: Mapping[str, str]
    """Legacy identifiers that were in use and whose record is not known → the name that they had."""
    suffixes: Mapping[str, Record]
    """By suffix as minted."""
    folded_suffixes: Mapping[str, Record]
    """By suffix in lower case, where that is unambiguous."""
    numbers: Mapping[str, Record]
    """By record number."""
    legacy_ids: Mapping[str, Record]
    """By identifier of former times."""

    @classmethod
    def load(cls, folder: Path = CROSSWALKS) -> FairsharingCrosswalk:
        """The crosswalk in ``fairsharing.sssom.tsv`` and ``fairsharing.records.tsv``; read once per folder.

        Raises :class:`kg.errors.CrosswalkError` where the two contradict each other or themselves.
        """
        return _load(folder)

    def resolve(self, reference: str | Reference) -> Record | None:
        """Return the record that is meant; ``None`` where the text is no reference or the record is not known.

        Five or six digits alone are looked up among the suffixes first: where sites give a bare identifier it is the
        end of a DOI. No suffix that is known today is a known record number as well. A database's legacy identifier
        means the same record in both of its forms.
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
        """The canonical IRI, also of a record that the table lacks where the reference says enough by itself.

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
            iri, suffix, number, name, abbreviation, registry, record_type, basis, legacy, re3data, bioregistry, source
        )


def _by_folded_suffix(records: Iterable[Record]) -> dict[str, Record]:
    folded: defaultdict[str, list[Record]] = defaultdict(list)
    for record in records:
        folded[record.suffix.lower()].append(record)
    return {suffix: found[0] for suffix, found in folded.items() if suffix and len(found) == 1}
