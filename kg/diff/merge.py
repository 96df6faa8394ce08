"""Compare two sorted ``graph.nq`` in one pass, with the statements of one subject in memory at a time."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from itertools import groupby
from pathlib import Path

from kg.errors import ReleaseError

Thing = tuple[str, tuple[str, ...]]
"""A subject in N-Quads syntax and its lines."""


@dataclass(frozen=True, slots=True)
class Changed:
    """A subject whose statements differ."""

    subject: str
    """The subject in N-Quads syntax."""
    old: tuple[str, ...]
    """Lines of the old graph; empty for a new subject."""
    new: tuple[str, ...]
    """Lines of the new graph; empty for a removed subject."""

    @property
    def removed(self) -> list[str]:
        """Lines of the old graph that the new one lacks, sorted."""
        return sorted({*self.old}.difference(self.new))

    @property
    def added(self) -> list[str]:
        """Lines of the new graph that the old one lacks, sorted."""
        return sorted({*self.new}.difference(self.old))


def changes(old: Path, new: Path) -> Iterator[Changed]:
    """Yield the subjects that differ, in the order of the files.

    Raises:
        ReleaseError: when a file is not sorted.
    """
    for subject, before, after in both(old, new):
        if before != after:
            yield Changed(subject, before, after)


def both(old: Path, new: Path) -> Iterator[tuple[str, tuple[str, ...], tuple[str, ...]]]:
    """Yield every subject with its lines in the old and in the new file."""
    olds, news = things(old), things(new)
    before, after = next(olds, None), next(news, None)
    while before or after:
        if after is None or (before and before[0] < after[0]):
            assert before is not None  # noqa: S101 (one of the two is there)
            yield before[0], before[1], ()
            before = next(olds, None)
        elif before is None or after[0] < before[0]:
            yield after[0], (), after[1]
            after = next(news, None)
        else:
            yield before[0], before[1], after[1]
            before, after = next(olds, None), next(news, None)


def things(graph: Path) -> Iterator[Thing]:
    """Yield every subject of a sorted file with its lines.

    Raises:
        ReleaseError: when the file is not sorted.
    """
    last = ""
    with graph.open(encoding="utf-8", newline="\n") as lines:
        for subject, group in groupby(lines, key=_subject):
            if subject <= last:
                raise ReleaseError(f"{graph} is not sorted, at {subject}; build the release again")
            last = subject
            yield subject, tuple(group)


def _subject(line: str) -> str:
    return line[: line.index(" ")]
