"""Outside links; reported by :mod:`kg.online`, and by ``kg check --online`` alone."""

from __future__ import annotations

from kg.findings import Severity
from kg.lint.rule import Rule

RULES = (
    Rule("dead-link", Severity.WARNING),
    Rule("unreachable-link", Severity.WARNING),
    Rule("dead-fragment", Severity.NOTE),
    Rule("moved-link", Severity.NOTE),
    Rule("redirected-link", Severity.NOTE),
    Rule("unchecked-link", Severity.NOTE),
)
