"""What the engine is known to get wrong: expected to fail, and a failure of ours the day it passes."""

from __future__ import annotations

import tomllib
from pathlib import Path

import pytest

FAILURES: dict[str, dict[str, str]] = tomllib.loads(
    (Path(__file__).parent / "known_failures.toml").read_text(encoding="utf-8")
)
"""Identifier of a test, as pytest shows it → ``reason``, and ``upstream`` where the engine's authors speak of it."""


def marks(identifier: str) -> tuple[pytest.MarkDecorator, ...]:
    """What pytest is to expect of the test."""
    if identifier not in FAILURES:
        return ()
    return (pytest.mark.xfail(reason=FAILURES[identifier]["reason"], raises=AssertionError, strict=True),)
