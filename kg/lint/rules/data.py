"""Entries of data files; reported when the site is opened."""

from __future__ import annotations

from kg.findings import Severity
from kg.lint.rule import Rule

RULES = (
    Rule("data-file", Severity.ERROR),
    Rule("duplicate-name", Severity.WARNING),
    Rule("invalid-biotools", Severity.WARNING),
    Rule("invalid-europmc", Severity.WARNING),
    Rule("invalid-url", Severity.WARNING),
    Rule("misspelt-key", Severity.WARNING),
    Rule("site-without-address", Severity.WARNING),
    Rule("tool-without-id", Severity.WARNING),
    Rule("tool-without-name", Severity.WARNING),
    Rule("unknown-registry", Severity.WARNING),
)
