"""Mappings in SSSOM/TSV, the Simple Standard for Sharing Ontological Mappings."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterable, Iterator, Mapping, Sequence
from functools import cache, partial
from pathlib import Path

from kg.errors import CrosswalkError
from kg.identifiers.tables import CrosswalkTable, read_table
from kg.vocab import SKOS

LITERAL = "rdfs literal"
"""The ``subject_type`` of a subject that is a literal: its value is in ``subject_label``."""
NO_TERM = "https://w3id.org/sssom/NoTermFound"
"""The ``object_id`` of a subject for which no match was found."""

COLUMNS = (
    "subject_id", "subject_label", "predicate_id", "object_id", "object_label", "mapping_justification", "see_also",
    "comment",
)  # fmt: skip
"""The columns of the mappings that we write."""
_REQUIRED = ("predicate_id", "object_id", "mapping_justification")
_CURIES = ("subject_id", *_REQUIRED)


def read(path: Path) -> Iterator[dict[str, str]]:
    """Yield each mapping of a file: column → cell, with CURIEs of subject, predicate, object and justification as IRIs.

    Raises:
        CrosswalkError: with ``file:line``, when a row lacks a required cell, uses a prefix that ``curie_map`` does not
            declare, or gives a subject a second ``skos:exactMatch``.
    """
    table = read_table(path, _REQUIRED)
    expand = cache(partial(_expand, _prefixes(table)))
    exact: dict[str, str] = {}
    for line, cells in table.rows():
        row = dict(zip(table.columns, cells, strict=True))
        try:
            row |= {column: expand(row[column]) for column in _CURIES if row.get(column)}
            subject = _subject(row)
            if row["predicate_id"] == SKOS.exactMatch:
                _keep_one_match(exact, subject, row["object_id"])
        except CrosswalkError as error:
            raise CrosswalkError(f"{path}:{line}: {error}") from error
        yield row


@cache
def mappings(path: Path) -> tuple[dict[str, str], ...]:
    """Return the mappings that :func:`read` yields, reading each path once.

    Raises:
        CrosswalkError: as :func:`read` does.
    """
    return tuple(read(path))


def mapping_set(facts: Mapping[str, str], prefixes: Mapping[str, str], mappings: Iterable[Sequence[str]]) -> str:
    """Return mappings as SSSOM/TSV: facts about all of them, then a row for each, with cells for :data:`COLUMNS`.

    The IRIs in the cells are written with the longest of the prefixes that they begin with.
    """
    out = io.StringIO()
    out.writelines(f'# {key}: "{value}"\n' for key, value in facts.items())
    out.write("# curie_map:\n")
    out.writelines(f'#   {name}: "{base}"\n' for name, base in sorted(prefixes.items()))
    writer = csv.writer(out, delimiter="\t", lineterminator="\n")
    writer.writerow(COLUMNS)
    for cells in mappings:
        row = dict(zip(COLUMNS, cells, strict=True))
        row |= {column: _curie(row[column], prefixes) for column in _CURIES}
        writer.writerow([" ".join(cell.split()) for cell in row.values()])
    return out.getvalue()


def _curie(iri: str, prefixes: Mapping[str, str]) -> str:
    """Return the IRI with the prefix of the longest namespace that it begins with; all of it where there is none."""
    fits: Mapping[int, str] = {len(base): name for name, base in prefixes.items() if iri.startswith(base)}
    return f"{fits[max(fits)]}:{iri[max(fits) :]}" if fits else iri


def _prefixes(table: CrosswalkTable) -> Mapping[str, str]:
    curie_map = table.metadata.get("curie_map")
    if not isinstance(curie_map, dict):
        raise CrosswalkError(f"{table.path}:1: the comment header has no curie_map")
    return {str(prefix): str(base) for prefix, base in curie_map.items()}


def _subject(row: Mapping[str, str]) -> str:
    """Return the subject of a row, after a check that the required cells are filled."""
    column = "subject_label" if row.get("subject_type") == LITERAL else "subject_id"
    for required in (column, *_REQUIRED):
        if not row.get(required):
            raise CrosswalkError(f"no {required}")
    return row[column]


def _expand(prefixes: Mapping[str, str], curie: str) -> str:
    prefix, colon, local = curie.partition(":")
    if not colon or prefix not in prefixes:
        raise CrosswalkError(f"{curie!r} is no CURIE with a prefix of the curie_map")
    return prefixes[prefix] + local


def _keep_one_match(exact: dict[str, str], subject: str, found: str) -> None:
    if subject in exact:
        raise CrosswalkError(f"{subject} matches {found} here and {exact[subject]} above")
    exact[subject] = found
