"""The regular expressions of a profile, with a bound on the time that matching a site's own takes.

Python's engine backtracks: a pattern such as ``(a+)+$`` takes exponential time. A site's patterns may take a fixed time
for each character of all texts that they are matched with.
"""

from __future__ import annotations

import re
import signal
import time
from collections.abc import Callable, Sequence
from types import FrameType
from typing import TypeVar

from kg.errors import SiteError

FILE = "rdm-kg.toml"
"""Name of the file in a site's folder that extends the theme's profile."""
_PER_CHARACTER = 1e-5
"""Seconds of processor time for a character: ten times what the theme's patterns take together."""
_MOST = 2.0
"""Most seconds that are saved up, and those that there are at the start."""
T = TypeVar("T")


class Patterns:
    """Alternatives, of which any may match; without any, nothing matches. Case is ignored."""

    def __init__(self, alternatives: Sequence[str], before: str, after: str, *, is_bounded: bool) -> None:
        """Compile the alternatives with what stands before and after them.

        Raises:
            re.error: when one is no regular expression.
        """
        either = "|".join(f"(?:{pattern})" for pattern in alternatives) or "(?!)"
        self._compiled = re.compile(f"{before}(?:{either}){after}", re.IGNORECASE)
        self._is_bounded = is_bounded

    def fullmatch(self, text: str) -> bool:
        """Return whether the whole text matches."""
        return self._run(self._compiled.fullmatch, text) is not None

    def match(self, text: str) -> bool:
        """Return whether the beginning of the text matches."""
        return self._run(self._compiled.match, text) is not None

    def search(self, text: str) -> bool:
        """Return whether any part of the text matches."""
        return self._run(self._compiled.search, text) is not None

    def first(self, text: str) -> tuple[int, int] | None:
        """Return where the first part begins and ends that matches, or ``None``."""
        found = self._run(self._compiled.search, text)
        return found.span() if found else None

    def spans(self, text: str) -> Sequence[tuple[int, int]]:
        """Return where the parts begin and end that match."""
        return self._run(lambda whole: [found.span() for found in self._compiled.finditer(whole)], text)

    def _run(self, work: Callable[[str], T], text: str) -> T:
        return _allowance.run(work, text) if self._is_bounded else work(text)


class _Allowance:
    """The processor time that matching may still take in this process."""

    def __init__(self) -> None:
        self._seconds = _MOST

    def run(self, work: Callable[[str], T], text: str) -> T:
        """Return the result of matching a text.

        Raises:
            SiteError: when it takes too long.
        """
        self._seconds = min(self._seconds + _PER_CHARACTER * len(text), _MOST)
        if self._seconds <= 0:
            _stop(signal.SIGVTALRM, None)
        start = time.process_time()
        # the engine looks for signals while it matches
        signal.signal(signal.SIGVTALRM, _stop)
        signal.setitimer(signal.ITIMER_VIRTUAL, self._seconds)
        try:
            return work(text)
        finally:
            signal.setitimer(signal.ITIMER_VIRTUAL, 0)
            self._seconds -= time.process_time() - start


_allowance = _Allowance()


def _stop(number: int, frame: FrameType | None) -> None:
    raise SiteError(f"the patterns of {FILE} take too long to match; one has repetitions within repetitions: (a+)+")
