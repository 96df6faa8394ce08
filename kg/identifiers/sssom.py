"""Mappings in SSSOM/TSV, the Simple Standard for Sharing Ontological Mappings."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from functools import cache, partial
from pathlib import Path

from kg.errors import CrosswalkError
from kg.identifiers.tables import CrosswalkTable, read_table
from kg.vocab import SKOS

LITERAL = "rdfs literal"
"""The ``subject_type`` of a subject that is a literal: its value is in ``subject_label``."""
NO_TERM = "https://w3id.org/sssom/NoTermFound"
"""The ``object_id`` of a subject for which no match was found."""

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
