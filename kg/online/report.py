"""The findings about outside links."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from kg.findings import Finding
from kg.lint import all_rules
from kg.online.links import OutsideLinks, is_of
from kg.online.verdict import Standing, Verdict


def findings(outside: OutsideLinks, verdicts: Mapping[str, Verdict]) -> list[Finding]:
    """Return the findings about the links of a site, sorted by path and line."""
    found = [
        Finding(all_rules()[rule].severity, rule, message, place)
        for (address, fragment), places in outside.links.items()
        for rule, message in _problems(address, fragment, verdicts[address], outside)
        for place in places
    ]
    return sorted(found, key=lambda finding: (finding.place, finding.rule, finding.message))


def _problems(address: str, fragment: str, verdict: Verdict, outside: OutsideLinks) -> Iterator[tuple[str, str]]:
    written = f"{address}#{fragment}" if fragment else address
    if verdict.standing is Standing.DEAD:
        yield "dead-link", f"{written} {verdict.why}"
    elif verdict.standing is Standing.UNREACHABLE:
        yield "unreachable-link", f"{written} {verdict.why}"
    elif verdict.standing is Standing.UNCHECKED:
        yield "unchecked-link", f"not checked: {written} {verdict.why}"
    elif verdict.moved and not is_of(address, outside.resolvers):
        yield "moved-link", f"{written} has moved permanently to {_with(verdict.moved, fragment)}"
    elif verdict.redirected and not is_of(address, outside.resolvers):
        message = f"{written} redirects for the time being to {_with(verdict.redirected, fragment)}"
        yield "redirected-link", message
    if fragment in verdict.missing:
        yield "dead-fragment", f"{address} has no element with the id {fragment!r}"


def _with(target: str, fragment: str) -> str:
    """Return the address with a fragment, as browsers take it over, unless it has one."""
    return f"{target}#{fragment}" if fragment and "#" not in target else target
