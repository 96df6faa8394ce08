"""The decision table ``rules.toml``, which determines the role of a mention from its evidence."""

from __future__ import annotations

import tomllib
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any

from kg.roles import Role, roles

Evidence = Mapping[str, frozenset[str]]
"""Mapping of the name of a piece of evidence to its values; a name is missing where there is no such evidence."""
_FILE = Path(__file__).with_name("rules.toml")
_NOTHING: frozenset[str] = frozenset()


class SoughtEvidence(dict[str, frozenset[str]]):
    """Evidence of which pieces are sought when a rule first asks for them; most mentions are decided without them."""

    def __init__(self, known: Evidence, sought: Mapping[str, Callable[[], frozenset[str]]]) -> None:
        super().__init__(known)
        self._sought = sought

    def __missing__(self, name: str) -> frozenset[str]:
        self[name] = self._sought[name]() if name in self._sought else _NOTHING
        return self[name]

    def get(self, name: str, default: Any = None) -> frozenset[str]:
        """Return the values of a piece of evidence, none where there is no such evidence."""
        return self[name]


@dataclass(frozen=True, slots=True)
class RoleRule:
    """A rule of the decision table."""

    name: str
    when: Evidence
    """Required evidence: a mention must have one of the values of each name."""
    unless: Evidence
    """Excluding evidence: a mention must have none of the values of any name."""
    role: str
    """Name of a role, empty for none, or ``$`` and the name of the evidence whose value is the role."""

    def holds(self, evidence: Evidence) -> bool:
        """Return whether the evidence satisfies both conditions."""
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
    """The role of a mention, with the reason."""

    role: Role | None = None
    because: str = ""
    """The rule that decided and the evidence that it required; empty where no rule holds."""


def decide(evidence: Evidence) -> Decision:
    """Return the role given by the first rule that holds for this evidence; no role where no rule holds.

    >>> decide({"link": frozenset({"yes"}), "destination": frozenset({"mail"})}).role.name
    'contact'
    """
    rule = next((rule for rule in _table().rules if rule.holds(evidence)), None)
    return Decision(rule.role_for(evidence), _because(rule, evidence)) if rule else Decision()


def _because(rule: RoleRule, evidence: Evidence) -> str:
    """Return a phrase for each piece of evidence that the rule required, else its name in words, and then its name."""
    phrases, basis = _table().phrases, " or ".join(sorted(evidence.get("basis", ())))
    found = [
        phrases[name].format(value=_in_words(evidence[name] & values), basis=basis)
        for name, values in rule.when.items()
        if name in phrases
    ]
    return f"{'; '.join(found) or rule.name.replace('-', ' ')} (rule {rule.name})"


def _in_words(values: Iterable[str]) -> str:
    words = _table().values
    return " or ".join(sorted({words.get(value, value.replace("-", " ")) for value in values}))


@dataclass(frozen=True, slots=True)
class _RuleTable:
    rules: tuple[RoleRule, ...]
    """Rules in the order in which they are tried."""
    phrases: Mapping[str, str]
    """Mapping of the name of a piece of evidence to the format string of its phrase."""
    values: Mapping[str, str]
    """Mapping of a value to its wording, for values that are not plain words."""


@cache
def _table() -> _RuleTable:
    table = tomllib.loads(_FILE.read_text(encoding="utf-8"))
    return _RuleTable(tuple(map(_rule, table["rule"])), table["phrases"], table["values"])


def _rule(row: Mapping[str, Any]) -> RoleRule:
    return RoleRule(row["name"], _conditions(row.get("when", {})), _conditions(row.get("unless", {})), row["role"])


def _conditions(table: Mapping[str, str | Iterable[str]]) -> Evidence:
    return {name: frozenset([values] if isinstance(values, str) else values) for name, values in table.items()}
