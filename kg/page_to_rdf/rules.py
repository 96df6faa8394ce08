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
_FILE = Path(__file__).with_name("rules.toml")
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
            name = min(evidence[key] & self.when[key])
        return roles()[name] if name else None


@dataclass(frozen=True, slots=True)
class Decision:
    """The role of a mention, and why."""

    role: Role | None = None
    because: str = ""
    """The rule that decided and the evidence that it asks for; empty where no rule holds."""


def decide(evidence: Evidence) -> Decision:
    """Return the role of a mention with this evidence: that of the first rule that holds, none where none does.

    >>> decide({"link": frozenset({"yes"}), "destination": frozenset({"mail"})}).role.name
    'contact'
    """
    rule = next((rule for rule in _table().rules if rule.holds(evidence)), None)
    return Decision(rule.role_for(evidence), _because(rule, evidence)) if rule else Decision()


def _because(rule: Rule, evidence: Evidence) -> str:
    """Return in words what a rule's conditions found, and the rule's name."""
    phrases, basis = _table().phrases, " or ".join(sorted(evidence.get("basis", ())))
    found = [
        phrases[name].format(value=_in_words(evidence[name] & values), basis=basis)
        for name, values in rule.when.items()
        if name in phrases
    ]
    return f"{'; '.join(found)} (rule {rule.name})" if found else f"rule {rule.name}"


def _in_words(values: Iterable[str]) -> str:
    words = _table().values
    return " or ".join(sorted({words.get(value, value.replace("-", " ")) for value in values}))


@dataclass(frozen=True, slots=True)
class _Table:
    rules: tuple[Rule, ...]
    """In their order."""
    phrases: Mapping[str, str]
    """Name of a piece of evidence → how it is told."""
    values: Mapping[str, str]
    """Value whose name is no word → words."""


@cache
def _table() -> _Table:
    table = tomllib.loads(_FILE.read_text(encoding="utf-8"))
    return _Table(tuple(map(_rule, table["rule"])), table["phrases"], table["values"])


def _rule(row: Mapping[str, Any]) -> Rule:
    return Rule(row["name"], _conditions(row.get("when", {})), _conditions(row.get("unless", {})), row["role"])


def _conditions(table: Mapping[str, str | Iterable[str]]) -> Evidence:
    return {name: frozenset([values] if isinstance(values, str) else values) for name, values in table.items()}
