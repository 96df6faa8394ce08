"""Known errors of the engine: these tests are expected to fail, and a success is reported."""

from __future__ import annotations

import tomllib
from pathlib import Path

import pytest

FAILURES: dict[str, dict[str, str]] = tomllib.loads(
    (Path(__file__).parent / "known_failures.toml").read_text(encoding="utf-8")
)
"""Identifier of a test, as pytest shows it → ``reason``, and ``upstream`` where the engine's authors speak of it."""


def marks(identifier: str) -> tuple[pytest.MarkDecorator, ...]:
    """Return pytest's marks for a test."""
    if identifier not in FAILURES:
        return ()
    return (pytest.mark.xfail(reason=FAILURES[identifier]["reason"], raises=AssertionError, strict=True),)
