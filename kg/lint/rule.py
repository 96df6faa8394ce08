"""What a rule is."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass

from kg.findings import Severity
from kg.lint.context import Context, SourceFile
from kg.page import Page


@dataclass(frozen=True, slots=True)
class RuleMatch:
    """A place that breaks a rule."""

    line: int
    """1-based line of the file."""
    message: str
    """What is wrong, and what to do where that is known."""
    severity: Severity | None = None
    """Where it is not the rule's own."""


@dataclass(frozen=True, slots=True)
class Rule:
    """A rule; ``docs/<name>.md`` explains it."""

    name: str
    severity: Severity
    on_page: Callable[[Page, Context], Iterator[RuleMatch]] | None = None
    on_data: Callable[[SourceFile, Context], Iterator[RuleMatch]] | None = None
