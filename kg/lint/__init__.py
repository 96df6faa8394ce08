"""Checks of pages and data files that need no graph.

Each module of ``rules`` holds a family of rules in ``RULES``; ``docs/<rule>.md`` explains each rule with a wrong and a
right example. To add a rule, add both. A rule reports only what is certain: a missed fault is better than a false
report.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable, Iterator, Sequence
from functools import cache

from kg import plugins
from kg.findings import Finding, Place, Severity
from kg.identifiers.fairsharing import FairsharingCrosswalk
from kg.lint.context import Context
from kg.lint.documentation import documented
from kg.lint.rule import Rule, RuleMatch
from kg.lint.unfinished import is_unfinished
from kg.page import Page
from kg.parallel import on_all_cores
from kg.site import Site

__all__ = [
    "Context",
    "Rule",
    "all_rules",
    "documented",
    "findings_in_data",
    "findings_in_page",
    "in_order",
    "is_unfinished",
    "lint",
]


def lint(
    pages: Sequence[Page],
    site: Site,
    crosswalk: FairsharingCrosswalk,
    *,
    others: Iterable[Page] = (),
    read: Callable[[str], Page | None] | None = None,
    data: Collection[str] | None = None,
) -> list[Finding]:
    """Return all findings of all rules in ``pages`` and in the site's data files, sorted by path and line.

    If ``pages`` are only some of the site's pages, ``others`` are the rest. Their front matter is enough: ``read`` is
    called with the path of one of them when its body is needed to check a link into it. ``data`` limits the data files
    to these paths; ``None`` means all.
    """
    context = Context(site, crosswalk, pages, others, read)
    all_rules()  # imports them once, before the processes of on_all_cores begin
    in_pages = on_all_cores(lambda some: {each for page in some for each in findings_in_page(page, context)}, pages)
    found = set[Finding]().union(*in_pages)
    found |= {each for path in context.data_paths(data) for each in findings_in_data(path, context)}
    return in_order(found)


def in_order(findings: Iterable[Finding]) -> list[Finding]:
    """Return findings sorted by path and line."""
    return sorted(findings, key=lambda finding: (finding.place, finding.rule, finding.message))


@cache
def all_rules() -> dict[str, Rule]:
    """Return every rule by name, sorted; rules without a check of their own are reported by the readers of a site."""
    found = [rule for module in plugins.find(f"{__name__}.rules").values() for rule in module.RULES]
    return {rule.name: rule for rule in sorted(found, key=lambda rule: rule.name)}


def findings_in_page(page: Page, context: Context) -> Iterator[Finding]:
    """Yield the findings of all rules in a page; notes wait until it is filled in."""
    least = Severity.WARNING if is_unfinished(page, context.site) else Severity.NOTE
    for rule in all_rules().values():
        if rule.on_page:
            found = (_finding(rule, page.path, problem) for problem in rule.on_page(page, context))
            yield from (finding for finding in found if finding.severity >= least)


def findings_in_data(path: str, context: Context) -> Iterator[Finding]:
    """Yield the findings of all rules in a data file."""
    file = context.data_file(path)
    for rule in all_rules().values():
        if rule.on_data:
            yield from (_finding(rule, file.path, problem) for problem in rule.on_data(file, context))


def _finding(rule: Rule, path: str, problem: RuleMatch) -> Finding:
    message = " ".join(problem.message.split())
    return Finding(problem.severity or rule.severity, rule.name, message, Place(path, problem.line))
