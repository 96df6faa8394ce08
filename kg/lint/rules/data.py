"""Entries of data files, reported when the site is opened, and of lists in front matter."""

from __future__ import annotations

from collections.abc import Iterator

from kg.findings import Severity
from kg.iri import whole_web_address
from kg.lint.context import Context
from kg.lint.rule import Rule, RuleMatch
from kg.page import Page

_LOCAL = ("/", "#", "mailto:", "<!--")


def _address(page: Page, context: Context) -> Iterator[RuleMatch]:
    """Yield the addresses of resources and training that are none, and lead to no page either."""
    for scalar in context.front(page):
        *group, key = scalar.keys or ("",)
        is_listed = key == "url" and len(group) == 1 and isinstance(page.front.get(group[0]), list)
        written = scalar.value.strip()
        if not (is_listed or (key == "url" and group[:1] == ["more_information"])) or written.startswith(_LOCAL):
            continue
        if written and whole_web_address(written) is None and not context.addresses.resolve(page, written):
            yield RuleMatch(scalar.line, f"the address in {group[-1]} is none: {written!r}")


RULES = (
    Rule("data-file", Severity.ERROR),
    Rule("duplicate-name", Severity.WARNING),
    Rule("invalid-biotools", Severity.WARNING),
    Rule("invalid-europmc", Severity.WARNING),
    Rule("invalid-url", Severity.WARNING, _address),
    Rule("misspelt-key", Severity.WARNING),
    Rule("site-without-address", Severity.WARNING),
    Rule("site-without-licence", Severity.NOTE),
    Rule("tool-without-id", Severity.WARNING),
    Rule("tool-without-name", Severity.WARNING),
    Rule("unknown-registry", Severity.WARNING),
)
