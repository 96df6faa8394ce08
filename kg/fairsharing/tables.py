"""The two tables of the FAIRsharing crosswalk, with news written into them."""

from __future__ import annotations

import csv
import io
import os
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from operator import itemgetter
from pathlib import Path
from tempfile import TemporaryDirectory

from kg.errors import CrosswalkError
from kg.fairsharing.facts import Facts
from kg.identifiers.fairsharing import FairsharingCrosswalk
from kg.identifiers.tables import read_table

RECORDS = "fairsharing.records.tsv"
MAPPINGS = "fairsharing.sssom.tsv"
_DOI = "FAIRsharing."
"""What the id of a record with a known DOI begins with; the others are numbers."""
_SOURCE = "FAIRsharing"
"""What the columns ``source`` and ``comment`` say of facts that FAIRsharing gave."""


def identifiers(folder: Path) -> tuple[str, ...]:
    """How each record of the table is named: ``FAIRsharing.<suffix>``, or the record number; in the table's order."""
    return tuple(row["id"] for row in _EditedTable.read(folder / RECORDS).rows)


def refresh(folder: Path, news: Mapping[str, Facts]) -> int:
    """Write the news about records, by identifier, into both tables; the number of records that it changed.

    A fact that an answer lacks stays as it was, so that evidence is never lost. Each table is replaced at once, and
    only after both were read back without a contradiction: else :class:`kg.errors.CrosswalkError`, and nothing changes.
    """
    records, mappings = _EditedTable.read(folder / RECORDS), _EditedTable.read(folder / MAPPINGS)
    by_id = {row["id"]: row for row in records.rows}
    exact = {row["subject_id"]: row for row in mappings.rows if row["predicate_id"] == "skos:exactMatch"}
    related = [row for row in mappings.rows if row["predicate_id"] != "skos:exactMatch"]
    changed = 0
    for identifier, facts in sorted(news.items()):
        told = identifier in by_id and _tell_record(by_id, identifier, facts)
        changed += _tell_mappings(exact, related, identifier, facts) or told
    if changed:
        records.rows, mappings.rows = list(by_id.values()), [*exact.values(), *related]
        _write(folder, {RECORDS: records.text(), MAPPINGS: mappings.text()})
    return changed


@dataclass(slots=True)
class _EditedTable:
    """A table of the folder ``crosswalks``, to be written as it was read but for its rows."""

    head: str
    """The comment lines and the line of column names."""
    columns: tuple[str, ...]
    rows: list[dict[str, str]]

    @classmethod
    def read(cls, path: Path) -> _EditedTable:
        table = read_table(path, ())
        head = "".join(path.read_text("utf-8").splitlines(keepends=True)[: table.first_line - 1])
        return cls(head, table.columns, [dict(zip(table.columns, cells, strict=True)) for _, cells in table.rows()])

    def text(self) -> str:
        """The whole file, its rows in the order of their first two cells."""
        out = io.StringIO()
        out.write(self.head)
        writer = csv.writer(out, delimiter="\t", lineterminator="\n")
        first, second = self.columns[:2]
        for row in sorted(self.rows, key=itemgetter(first, second)):
            writer.writerow([row[column] for column in self.columns])
        return out.getvalue()


def _tell_record(by_id: dict[str, dict[str, str]], identifier: str, facts: Facts) -> bool:
    """Put the facts into the record's row, under its DOI if that was not known; whether anything is new.

    A type that FAIRsharing gives is evidence; where it gives none, what was known and on what basis stays.
    """
    row = by_id[identifier]
    given = {
        "name": facts.name,
        "abbreviation": facts.abbreviation,
        "registry": facts.registry,
        "record_type": facts.record_type,
        "type_basis": "asserted" if facts.record_type else "",
    }
    new = {column: value for column, value in given.items() if value and row[column] != value}
    named = _DOI + facts.suffix if facts.suffix and identifier.isdigit() else identifier
    if not new and named == identifier:
        return False
    row |= new
    if not row["source"].startswith(_SOURCE + ";"):
        row["source"] = f"{_SOURCE}; {row['source']}".removesuffix("; ")
    if named != identifier:
        del by_id[identifier]
        by_id.setdefault(named, row | {"id": named})
    return True


def _tell_mappings(
    exact: dict[str, dict[str, str]], related: Iterable[dict[str, str]], identifier: str, facts: Facts
) -> bool:
    """Let the record's number and former identifiers lead to it; whether anything is new.

    FAIRsharing itself is right about what its identifiers mean: an older row gives way, and so does another number.
    """
    thing = f"fairsharing:{facts.suffix}" if facts.suffix else f"fairsharing.org:{identifier}"
    number = f"fairsharing.org:{facts.number}" if facts.suffix and facts.number else ""
    new = False
    moved = [*exact.values(), *related] if facts.suffix and identifier.isdigit() else []
    for row in moved:
        if row["object_id"] == f"fairsharing.org:{identifier}":
            row["object_id"], new = thing, True
    for other in [number] * bool(number) + [f"fairsharing.org:{legacy}" for legacy in facts.legacy_ids]:
        if other not in exact or exact[other]["object_id"] != thing:
            if other == number:
                _forget_numbers(exact, thing)
            exact[other], new = _mapping(other, thing, exact.get(other, {})), True
    return new


def _forget_numbers(exact: dict[str, dict[str, str]], thing: str) -> None:
    for subject in [subject for subject, row in exact.items() if row["object_id"] == thing]:
        if subject.removeprefix("fairsharing.org:").isdigit():
            del exact[subject]


def _mapping(subject: str, thing: str, before: Mapping[str, str]) -> dict[str, str]:
    return {
        "subject_id": subject,
        "subject_label": before.get("subject_label", ""),
        "predicate_id": "skos:exactMatch",
        "object_id": thing,
        "mapping_justification": "semapv:UnspecifiedMatching",
        "comment": _SOURCE,
    }


def _write(folder: Path, texts: Mapping[str, str]) -> None:
    with TemporaryDirectory() as trial:
        for name, text in texts.items():
            (Path(trial) / name).write_text(text, encoding="utf-8")
        try:
            FairsharingCrosswalk.load(Path(trial))
        except CrosswalkError as error:
            raise CrosswalkError(f"what FAIRsharing says contradicts itself, nothing was changed: {error}") from error
    for name, text in texts.items():
        _replace(folder / name, text)


def _replace(path: Path, text: str) -> None:
    draft = path.with_name(f".{path.name}.{os.getpid()}.new")
    try:
        with draft.open("w", encoding="utf-8", newline="\n") as out:
            out.write(text)
            out.flush()
            os.fsync(out.fileno())
        draft.replace(path)
    finally:
        draft.unlink(missing_ok=True)
