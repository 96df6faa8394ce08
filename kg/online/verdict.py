"""The outcome of asking an outside address."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum


class Standing(StrEnum):
    """Whether an address leads somewhere."""

    ALIVE = "alive"
    DEAD = "dead"
    """Its server or registry says that there is nothing."""
    UNREACHABLE = "unreachable"
    """Nobody answers, or the server fails."""
    UNCHECKED = "unchecked"
    """It cannot be told: a server refuses programs, or asks for an account."""


@dataclass(frozen=True, slots=True)
class Verdict:
    """The answer for an address."""

    standing: Standing
    why: str = ""
    """The reason, which continues the sentence "this address …"; empty for an address that is alive."""
    moved: str = ""
    """Where a permanent redirect leads; empty if there is none."""
    redirected: str = ""
    """Where a temporary redirect leads; empty if there is none, or a permanent one comes first."""
    present: frozenset[str] = frozenset()
    """Fragments that the HTML at the address has, or that cannot be looked up there."""
    missing: frozenset[str] = frozenset()
    """Fragments that it does not have."""
