"""The types of rules and of their results."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass

from kg.findings import Severity
from kg.lint.context import Context, SourceFile
from kg.page import Page


@dataclass(frozen=True, slots=True)
class RuleMatch:
    """A place that violates a rule."""

    line: int
    """1-based line of the file."""
    message: str
    """The fault, and how to correct it if that is known."""
    severity: Severity | None = None
    """``None`` means the severity of the rule."""


@dataclass(frozen=True, slots=True)
class Rule:
    """A rule, documented in ``docs/<name>.md``."""

    name: str
    severity: Severity
    on_page: Callable[[Page, Context], Iterator[RuleMatch]] | None = None
    on_data: Callable[[SourceFile, Context], Iterator[RuleMatch]] | None = None
