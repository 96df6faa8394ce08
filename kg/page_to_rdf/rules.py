"""The table that gives a mention its role: ``rules.toml``, read once, applied to the evidence of each mention."""

from __future__ import annotations

import tomllib
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any

from kg.roles import Role, roles

Evidence = Mapping[str, frozenset[str]]
"""Name of a piece of evidence → its values; none where there is no such evidence."""
_TABLE = Path(__file__).with_name("rules.toml")
_NOTHING: frozenset[str] = frozenset()


@dataclass(frozen=True, slots=True)
class Rule:
    """A row of the table."""

    name: str
    when: Evidence
    """Of each piece of evidence a mention must have one of the values."""
    unless: Evidence
    """A mention must have none of these values."""
    role: str
    """Name of a role, empty for none, or ``$`` and the evidence whose value is the role."""

    def holds(self, evidence: Evidence) -> bool:
        """Return whether all conditions hold."""
        return all(evidence.get(name, _NOTHING) & values for name, values in self.when.items()) and not any(
            evidence.get(name, _NOTHING) & values for name, values in self.unless.items()
        )

    def role_for(self, evidence: Evidence) -> Role | None:
        """Return the role that the rule gives a mention for which it holds."""
        name = self.role
        if name.startswith("$"):
            key = name[1:]
            (name,) = evidence[key] & self.when[key]
        return roles()[name] if name else None


def decide(evidence: Evidence) -> Role | None:
    """Return the role of a mention with this evidence: that of the first rule that holds, ``None`` where none does.

    >>> decide({"link": frozenset({"yes"}), "destination": frozenset({"mail"})}).name
    'contact'
    """
    rule = next((rule for rule in rules() if rule.holds(evidence)), None)
    return rule.role_for(evidence) if rule else None


@cache
def rules() -> tuple[Rule, ...]:
    """Return the rows of the table in their order."""
    return tuple(map(_rule, tomllib.loads(_TABLE.read_text(encoding="utf-8"))["rule"]))


def _rule(row: Mapping[str, Any]) -> Rule:
    return Rule(row["name"], _conditions(row.get("when", {})), _conditions(row.get("unless", {})), row["role"])


def _conditions(table: Mapping[str, str | Iterable[str]]) -> Evidence:
    return {name: frozenset([values] if isinstance(values, str) else values) for name, values in table.items()}
