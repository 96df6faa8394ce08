"""Which release an engine holds, asked again and again: it may be changed while connections to it stay open."""

from __future__ import annotations

import logging
import time
from collections.abc import Callable

from kg.errors import QueryError, ReleaseLost
from kg.findings import printable
from kg.query import Store
from kg.release import Release
from kg.store.engine.probe import held

_logger = logging.getLogger(__name__)
_INTERVAL = 1.0
"""Least seconds between two questions."""


class Holding:
    """Releases that the engine of ``store`` holds, and how often they have changed under the served one.

    ``release`` returns that release, which the engine holds when it becomes the served one.
    """

    def __init__(self, store: Callable[[], Store], release: Callable[[], Release]) -> None:
        self._store, self._release = store, release
        self._asked = time.monotonic()
        self._seen = (release().id, 0, [release().id])
        """Release that was served, number of changes since then, and ids of the releases that the engine held."""

    @property
    def ids(self) -> list[str]:
        """Ids of the releases that the engine held when it was asked last."""
        return self._now()[2]

    @property
    def version(self) -> str:
        """Identifier of the dataset: that of the release, with the number of changes after it if there were any."""
        served, changes, _ = self._now()
        return f"{served}+{changes}" if changes else served

    def look(self) -> None:
        """Ask the engine, unless it was asked a moment ago; one that gives no answer is asked later."""
        if time.monotonic() - self._asked < _INTERVAL:
            return
        self._asked = time.monotonic()
        served, changes, before = self._now()
        try:
            ids = held(self._store())
        except ReleaseLost:
            ids = []
        except QueryError:
            return
        if ids != before:
            self._seen = served, changes + 1, ids
            what = printable(", ".join(ids)) or "no release"
            _logger.warning("the engine holds %s now, and release %s is served", what, served)

    def _now(self) -> tuple[str, int, list[str]]:
        served, seen = self._release().id, self._seen
        return seen if seen[0] == served else (served, 0, [served])
