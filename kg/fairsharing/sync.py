"""Update the crosswalk from FAIRsharing's public JSON, in limited runs that resume where the last one ended."""

from __future__ import annotations

import fcntl
import json
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import IO

from kg.errors import CrosswalkError, KgError, in_words
from kg.fairsharing.client import FairsharingClient, NoAnswer, Stopped
from kg.fairsharing.facts import Facts, facts
from kg.fairsharing.tables import identifiers, refresh

_MAX_FAILURES = 3
"""A run ends after this number of consecutive records without a valid answer."""
JOURNAL = ".fairsharing.sync.jsonl"
"""File beside the tables with the answers of an unfinished round, one on each line."""


@dataclass(frozen=True, slots=True)
class SyncResult:
    """The result of a run."""

    asked: int
    """Number of records with an answer in this run."""
    changed: int
    """Number of records whose rows have changed."""
    missing: tuple[str, ...]
    """Records that FAIRsharing no longer has or answers with another one; their rows are not changed."""
    left: int
    """Number of records of this round without an answer; 0 if the round is complete."""
    stopped: str
    """Reason that records are left; empty if none are."""


def sync(
    folder: Path, client: FairsharingClient, wanted: Sequence[str] = (), say: Callable[[str], None] = print
) -> SyncResult:
    """Request each record of the tables in ``folder``, or the ``wanted`` ones, and update the tables.

    ``wanted`` are identifiers as in the tables: ``FAIRsharing.<suffix>`` or record numbers. If a run ends early (limit,
    refusal, kill), the next run resumes it and repeats no request. The tables are replaced atomically at the end of a
    run.

    Raises:
        CrosswalkError: when the folder has no tables, a wanted record is not in them, or the answers contradict each
            other.
        KgError: when the folder is not writable, or another process is updating it.
    """
    known = identifiers(folder)
    if strangers := sorted(set(wanted) - set(known)):
        raise CrosswalkError(f"no record {strangers[0]} in {folder}; give ids as in the column id")
    with _journal(folder / JOURNAL) as journal:
        done = _read(journal)
        todo = [name for name in (wanted or known) if name not in _names(done)]
        asked, stopped = _ask(client, todo, done, journal, say)
        news = {name: found for name, found in done.items() if found and _is_about(name, found)}
        changed = refresh(folder, news)
        left = len(todo) - asked
        if not left:
            journal.truncate(0)
    missing = tuple(name for name, found in done.items() if name not in news)
    return SyncResult(asked, changed, missing, left, stopped)


def _ask(
    client: FairsharingClient,
    todo: Sequence[str],
    done: dict[str, Facts | None],
    journal: IO[str],
    say: Callable[[str], None],
) -> tuple[int, str]:
    """Return the number of answers, and the reason that there are no more; each answer is in the journal at once."""
    asked = failed = 0
    why = ""
    for name in todo:
        try:
            found = facts(client.get(name))
        except Stopped as stop:
            return asked, str(stop)
        except NoAnswer as error:
            why, failed = str(error), failed + 1
            say(why)
            if failed == _MAX_FAILURES:
                break
            continue
        failed = 0
        asked += 1
        done[name] = found
        journal.write(json.dumps([name, asdict(found) if found else None]) + "\n")
        journal.flush()
        say(f"{asked}/{len(todo)} {name} {found.name if found else '(not there)'}")
    return asked, why


def _names(done: Mapping[str, Facts | None]) -> set[str]:
    """Return the requested identifiers, and the DOIs that records requested by number have got since."""
    return {*done, *(f"FAIRsharing.{found.suffix}" for name, found in done.items() if found and _is_about(name, found))}


def _is_about(name: str, found: Facts) -> bool:
    """Return whether the answer is about the requested record; FAIRsharing may redirect to another one."""
    if name.isdigit():
        return found.number in ("", name)
    return found.suffix.lower() == name.removeprefix("FAIRsharing.").lower()


@contextmanager
def _journal(path: Path) -> Iterator[IO[str]]:
    """Open the journal with an exclusive lock; delete it afterwards if it is empty."""
    try:
        journal = path.open("a+", encoding="utf-8")
    except OSError as error:
        raise KgError(f"the crosswalk in {path.parent} cannot be refreshed: {in_words(error)}") from error
    with journal:
        try:
            fcntl.flock(journal, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except OSError:
            raise KgError(f"another sync of {path.parent} is running") from None
        yield journal
        if not path.stat().st_size:
            path.unlink()


def _read(journal: IO[str]) -> dict[str, Facts | None]:
    """Return the answers of earlier runs; an incomplete last line is discarded."""
    journal.seek(0)
    done: dict[str, Facts | None] = {}
    end = 0
    for line in iter(journal.readline, ""):
        try:
            name, found = json.loads(line)
            done[name] = Facts(**found | {"legacy_ids": tuple(found["legacy_ids"])}) if found else None
        except (ValueError, TypeError, KeyError):
            break
        end = journal.tell()
    journal.truncate(end)
    return done
