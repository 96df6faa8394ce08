"""Files that cannot be read; reported by the readers."""

from __future__ import annotations

from kg.findings import Severity
from kg.lint.rule import Rule

RULES = (
    Rule("encoding", Severity.ERROR),
    Rule("front-matter", Severity.ERROR),
    Rule("too-large", Severity.ERROR),
    Rule("control-character", Severity.WARNING),
    Rule("duplicate-key", Severity.WARNING),
    Rule("liquid", Severity.WARNING),
)
