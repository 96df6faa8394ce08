"""Refresh the crosswalk from FAIRsharing's public JSON: bounded, and to be gone on with where it was left."""

from __future__ import annotations

import fcntl
import json
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import IO

from kg.errors import CrosswalkError, KgError
from kg.fairsharing.client import FairsharingClient, NoAnswer, Stopped
from kg.fairsharing.facts import Facts, facts
from kg.fairsharing.tables import identifiers, refresh

_PATIENCE = 3
"""Records in a row without an answer that makes sense, after which a run ends."""
JOURNAL = ".fairsharing.sync.jsonl"
"""What was asked in a round that is not finished, a line each; beside the tables."""


@dataclass(frozen=True, slots=True)
class SyncResult:
    """What a run did."""

    asked: int
    """Records that FAIRsharing answered for in this run."""
    changed: int
    """Records whose rows differ now."""
    missing: tuple[str, ...]
    """Records that FAIRsharing has no longer, or answers for with another one; their rows stay as they were."""
    left: int
    """Records of this round without an answer yet; 0 where the round is complete."""
    stopped: str
    """Why there are records left; empty where there are none."""


def sync(
    folder: Path, client: FairsharingClient, wanted: Sequence[str] = (), say: Callable[[str], None] = print
) -> SyncResult:
    """Ask for each record of the tables in ``folder``, or for the ``wanted`` ones, and write down what is new.

    ``wanted`` are identifiers as the tables have them: ``FAIRsharing.<suffix>`` or numbers. A run that a limit, a
    refusal or a kill ended is gone on with by the next one, which asks nothing twice. The tables change at the end of a
    run, at once, and stay readable whatever happens.

    Raises :class:`kg.errors.CrosswalkError` where the folder has no tables, a wanted record is none of them, or the
    answers contradict each other.
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
    """How many were answered, and why no more; every answer is in the journal before the next request."""
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
            if failed == _PATIENCE:
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
    """What was asked for, also by the DOI that a record known by its number has got since."""
    return {*done, *(f"FAIRsharing.{found.suffix}" for name, found in done.items() if found and _is_about(name, found))}


def _is_about(name: str, found: Facts) -> bool:
    """Whether the answer is about the record that was asked for; FAIRsharing may send on to another one."""
    if name.isdigit():
        return found.number in ("", name)
    return found.suffix.lower() == name.removeprefix("FAIRsharing.").lower()


@contextmanager
def _journal(path: Path) -> Iterator[IO[str]]:
    """The journal, held by this process alone; removed where it is empty afterwards."""
    try:
        journal = path.open("a+", encoding="utf-8")
    except OSError as error:
        raise KgError(f"the crosswalk in {path.parent} cannot be refreshed: {error.strerror}") from error
    with journal:
        try:
            fcntl.flock(journal, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except OSError:
            raise KgError(f"another sync of {path.parent} is at work") from None
        yield journal
        if not path.stat().st_size:
            path.unlink()


def _read(journal: IO[str]) -> dict[str, Facts | None]:
    """What an earlier run learnt; a last line that a kill cut off counts as not asked."""
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
