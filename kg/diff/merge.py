"""Two sorted ``graph.nq`` side by side: never more than the statements of one thing are held."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from itertools import groupby
from pathlib import Path

from kg.errors import ReleaseError

Thing = tuple[str, tuple[str, ...]]
"""A subject as N-Quads write it, and its lines."""


@dataclass(frozen=True, slots=True)
class Changed:
    """A thing of which the two graphs do not say the same."""

    subject: str
    """As N-Quads write it."""
    old: tuple[str, ...]
    """Its lines in the old graph; none for a new thing."""
    new: tuple[str, ...]

    @property
    def removed(self) -> list[str]:
        """Lines of the old graph that the new one lacks, sorted."""
        return sorted({*self.old}.difference(self.new))

    @property
    def added(self) -> list[str]:
        """Lines of the new graph that the old one lacks, sorted."""
        return sorted({*self.new}.difference(self.old))


def changes(old: Path, new: Path) -> Iterator[Changed]:
    """Each thing that differs, in the order of the files.

    Raises :class:`kg.errors.ReleaseError` where a file is not sorted, since nothing could then be told by reading on.
    """
    for subject, before, after in both(old, new):
        if before != after:
            yield Changed(subject, before, after)


def both(old: Path, new: Path) -> Iterator[tuple[str, tuple[str, ...], tuple[str, ...]]]:
    """Each thing with its lines in the one and in the other file."""
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
    """Each subject of a sorted file with its lines."""
    last = ""
    with graph.open(encoding="utf-8", newline="\n") as lines:
        for subject, group in groupby(lines, key=_subject):
            if subject <= last:
                raise ReleaseError(f"{graph} is not sorted: {subject} stands in two places; build the release again")
            last = subject
            yield subject, tuple(group)


def _subject(line: str) -> str:
    return line[: line.index(" ")]
