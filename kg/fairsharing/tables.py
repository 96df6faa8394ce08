"""Updates of the two tables of the FAIRsharing crosswalk."""

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
"""Prefix of the id of a record with a known DOI; other ids are record numbers."""
_SOURCE = "FAIRsharing"
"""Value of the columns ``source`` and ``comment`` for facts from FAIRsharing."""


def identifiers(folder: Path) -> tuple[str, ...]:
    """Return the ids of the table's records, ``FAIRsharing.<suffix>`` or the record number, in the order of rows."""
    return tuple(row["id"] for row in _EditedTable.read(folder / RECORDS).rows)


def refresh(folder: Path, news: Mapping[str, Facts]) -> int:
    """Write facts, given by record identifier, into both tables, and return the number of changed records.

    Facts that an answer lacks are not removed. Both new tables are validated before each replaces the old one
    atomically.

    Raises:
        CrosswalkError: when a table cannot be read, or the new tables contain a contradiction; nothing is changed then.
    """
    records, mappings = _EditedTable.read(folder / RECORDS), _EditedTable.read(folder / MAPPINGS)
    by_id = {row["id"]: row for row in records.rows}
    exact = {row["subject_id"]: row for row in mappings.rows if row["predicate_id"] == "skos:exactMatch"}
    related = [row for row in mappings.rows if row["predicate_id"] != "skos:exactMatch"]
    changed = 0
    for identifier, facts in sorted(news.items()):
        updated = identifier in by_id and _update_record(by_id, identifier, facts)
        changed += _update_mappings(exact, related, identifier, facts) or updated
    if changed:
        records.rows, mappings.rows = list(by_id.values()), [*exact.values(), *related]
        _write(folder, {RECORDS: records.text(), MAPPINGS: mappings.text()})
    return changed


@dataclass(slots=True)
class _EditedTable:
    """A table of the folder ``crosswalks``; it is written as it was read apart from its rows."""

    head: str
    """Comment lines and the line of column names."""
    columns: tuple[str, ...]
    rows: list[dict[str, str]]

    @classmethod
    def read(cls, path: Path) -> _EditedTable:
        table = read_table(path, ())
        head = "".join(path.read_text("utf-8").splitlines(keepends=True)[: table.first_line - 1])
        return cls(head, table.columns, [dict(zip(table.columns, cells, strict=True)) for _, cells in table.rows()])

    def text(self) -> str:
        """Return the whole file, with its rows sorted by their first two cells."""
        out = io.StringIO()
        out.write(self.head)
        writer = csv.writer(out, delimiter="\t", lineterminator="\n")
        first, second = self.columns[:2]
        for row in sorted(self.rows, key=itemgetter(first, second)):
            writer.writerow([row[column] for column in self.columns])
        return out.getvalue()


def _update_record(by_id: dict[str, dict[str, str]], identifier: str, facts: Facts) -> bool:
    """Update the record's row, under its DOI if that was not known before; return whether anything changed.

    A type from FAIRsharing counts as asserted; if the answer has none, the old type and its basis stay.
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


def _update_mappings(
    exact: dict[str, dict[str, str]], related: Iterable[dict[str, str]], identifier: str, facts: Facts
) -> bool:
    """Map the record's number and legacy identifiers to it; return whether anything changed.

    FAIRsharing is the authority for its identifiers: older rows, and another record number, are replaced.
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
            raise CrosswalkError(f"FAIRsharing's answers are contradictory, nothing was changed: {error}") from error
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
