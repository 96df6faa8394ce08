"""The file that keeps verdicts between two checks."""

from __future__ import annotations

import json
import os
from collections.abc import Collection
from dataclasses import asdict
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

from kg.errors import LinkCacheError
from kg.online.verdict import Standing, Verdict

_FOLDER = ".cache/rdm-kg"
_FORM = "rdm-kg outside links 1"
"""Marks a file as a cache of this form."""
_LASTING = (Standing.ALIVE, Standing.DEAD)
"""Kinds of verdicts that are kept: whether a server can be reached may be different the next time."""


def default_file(site: Path) -> Path:
    """Return the cache of a site; git ignores its folder, which begins with a dot so that Jekyll does as well."""
    return site / _FOLDER / "links.json"


class VerdictCache:
    """Verdicts by address, as old as a limit at most."""

    def __init__(self, file: Path, max_age: timedelta) -> None:
        """Read a cache; a file that does not exist is an empty one.

        Raises:
            LinkCacheError: when the file is no cache; it is not overwritten.
        """
        self._file = file
        now = datetime.now(UTC)  # a later time is of a clock that was wrong
        self._entries = {address: entry for address, entry in _read(file).items() if now - max_age < entry[0] <= now}
        """Address → when it was asked for, and the verdict."""

    def get(self, address: str, fragments: Collection[str]) -> Verdict | None:
        """Return the verdict on an address if it tells of all these fragments, else ``None``."""
        if address not in self._entries:
            return None
        _, verdict = self._entries[address]
        is_enough = verdict.standing is Standing.DEAD or verdict.present | verdict.missing >= set(fragments)
        return verdict if is_enough else None

    def add(self, address: str, verdict: Verdict) -> None:
        """Keep a verdict if it lasts."""
        if verdict.standing in _LASTING:
            self._entries[address] = (datetime.now(UTC), verdict)

    def save(self) -> None:
        """Write the file: a reader sees the former one or the whole new one.

        Raises:
            OSError: when it cannot be written.
        """
        folder = self._file.parent
        folder.mkdir(parents=True, exist_ok=True)
        if folder.as_posix().endswith(_FOLDER):
            (folder / ".gitignore").write_text("*\n", encoding="utf-8")
        draft = folder / f".{self._file.name}.{os.getpid()}.new"
        try:
            content = {
                "form": _FORM,
                "verdicts": {address: _facts(*entry) for address, entry in sorted(self._entries.items())},
            }
            draft.write_text(json.dumps(content, indent=1, ensure_ascii=False), encoding="utf-8")
            draft.replace(self._file)
        finally:
            draft.unlink(missing_ok=True)


def _facts(at: datetime, verdict: Verdict) -> dict[str, Any]:
    fragments = {"present": sorted(verdict.present), "missing": sorted(verdict.missing)}
    return {"at": at.isoformat(timespec="seconds"), **asdict(verdict), **fragments}


def _read(file: Path) -> dict[str, tuple[datetime, Verdict]]:
    if not file.exists():
        return {}
    try:
        content = json.loads(file.read_text(encoding="utf-8"))
        if content["form"] == _FORM:
            return {address: _entry(**facts) for address, facts in content["verdicts"].items()}
    except (ValueError, TypeError, KeyError, AttributeError, RecursionError):
        pass
    raise LinkCacheError(f"{file} is no cache of kg check --online; delete it, or name another file")


def _entry(at: str, standing: str, present: list[str], missing: list[str], **texts: str) -> tuple[datetime, Verdict]:
    verdict = Verdict(Standing(standing), present=frozenset(present), missing=frozenset(missing), **texts)
    return datetime.fromisoformat(at), verdict
