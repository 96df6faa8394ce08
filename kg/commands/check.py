"""Check the pages and data files of a site."""

from __future__ import annotations

import os
from collections import Counter
from collections.abc import Mapping, Sequence
from pathlib import Path

import click

from kg.closest import did_you_mean
from kg.commands._online import ONLINE, OnlineSettings, online_findings
from kg.commands._reports import FORMATS
from kg.commands._urls import URLS
from kg.errors import SiteError, UnknownName
from kg.findings import Finding, Place, Severity
from kg.lint import all_rules, documented
from kg.lint import check as checking
from kg.terminal import QUIET, say, say_next

_CODES = {Severity.NOTE: 1, Severity.WARNING: 1, Severity.ERROR: 2}


@click.command(name="check")
@click.argument("paths", nargs=-1, type=click.Path(path_type=Path))
@click.option(
    "--format",
    "wanted",
    type=click.Choice(list(FORMATS)),
    default="text",
    show_default=True,
    help="Output format.",
)
@click.option(
    "--fail-on",
    type=click.Choice([str(severity) for severity in Severity]),
    default="warning",
    show_default=True,
    help="Lowest severity that sets a non-zero exit code.",
)
@click.option(
    "--changed",
    is_flag=False,
    flag_value="HEAD",
    metavar="[REVISION]",
    help="Check only files that differ from a git revision [default: HEAD]: staged, unstaged or new.",
)
@URLS
@ONLINE
@click.option("--explain", metavar="RULE", help="Show the documentation of a rule and exit.")
@click.option("--rules", "listing", is_flag=True, help="List the rules and exit.")
@QUIET
def command(
    paths: tuple[Path, ...],
    wanted: str,
    fail_on: str,
    changed: str | None,
    urls: Mapping[str, str],
    online: bool,
    cache: Path | None,
    max_age: float,
    delay: float,
    private: bool,
    explain: str | None,
    listing: bool,
) -> int:
    """Check PATHS, which are sites or files in them; by default the site of the working folder.

    Findings are printed as path:line: severity: rule: message. The exit code is 0 without findings, 1 for warnings, and
    2 for errors, or if kg itself fails.

    \b
    kg check
    kg check pages/proteomics.md --format github
    kg check --changed=main
    kg check --explain unknown-fragment
    kg check --online

    \f
    Raises:
        SiteError: when there is nothing to check.
    """
    if listing or explain:
        click.echo(_explained(explain) if explain else _listing(), nl=not explain)
        say_next("check", *(("--rules",) if explain else ("--explain", next(iter(all_rules())))))
        return 0
    if changed is not None and not paths and Path(changed).exists():
        paths, changed = (Path(changed),), "HEAD"  # as in: kg check --changed pages
    selections = checking.select(paths or (Path(),))
    if changed is not None:
        selections = [checking.changed(selection, changed) for selection in selections]
    all_checked = [(selection.folder, checking.check(selection, urls)) for selection in selections]
    if changed is None and all(checked.is_empty for _, checked in all_checked):
        raise SiteError(f"nothing to check: {', '.join(map(str, paths)) or 'this site'} {_why_empty(all_checked)}")
    found = [_from_here(finding, folder) for folder, checked in all_checked for finding in checked.findings]
    if online:
        settings = OnlineSettings(cache, max_age, delay, private)
        in_sites = online_findings(selections, urls, settings)
        found += [_from_here(finding, folder) for folder, findings in in_sites for finding in findings]
        found.sort(key=lambda finding: (finding.place, finding.rule, finding.message))
    click.echo(FORMATS[wanted](found), nl=False)
    pages = sum(checked.pages for _, checked in all_checked)
    files = sum(checked.data_files for _, checked in all_checked)
    say(f"{_number(pages, 'page')} and {_number(files, 'data file')} checked: {_tally(found)}")
    if found:
        say_next("check", "--explain", max(found, key=lambda finding: finding.severity).rule)
    else:
        say_next("build", *(selection.folder for selection in selections))
    return _code(found, Severity[fail_on.upper()])


def _why_empty(checked: Sequence[tuple[Path, checking.Checked]]) -> str:
    files = [path for _, each in checked for path in each.without_front]
    if not files:
        return "has no page"
    more = f" and {len(files) - 1} more" if len(files) > 1 else ""
    return f"has no page, since {files[0]}{more} does not begin with front matter between two lines of ---"


def _explained(rule: str) -> str:
    """Return the documentation of a rule, or of the shape by which ``kg build`` has a finding.

    Raises:
        UnknownName: when there is no such rule.
    """
    if "/" not in rule:
        return documented(rule).text
    from kg.build.validate import shapes_by_rule

    shapes = shapes_by_rule()
    if rule not in shapes:
        raise UnknownName(f"no rule {rule!r}; {did_you_mean(rule, list(shapes))}")
    return shapes[rule].page(rule)


def _listing() -> str:
    """Return a line for each rule, those of ``kg build`` last."""
    from kg.build.validate import shapes_by_rule

    rules = [(name, rule.severity, documented(name).summary) for name, rule in all_rules().items()]
    rules += [(name, shape.severity, shape.message) for name, shape in shapes_by_rule().items()]
    width = max(len(name) for name, _, _ in rules)
    return "\n".join(f"{name:{width}}  {severity!s:7}  {summary}" for name, severity, summary in rules)


def _from_here(finding: Finding, folder: Path) -> Finding:
    """Return the finding with its path relative to the working folder."""
    file = folder / finding.place.path
    try:
        path = os.path.relpath(file)
    except ValueError as error:
        raise SiteError(f"{folder} has no path relative to the working folder: {error}") from error
    return Finding(finding.severity, finding.rule, finding.message, Place(Path(path).as_posix(), finding.place.line))


def _tally(found: Sequence[Finding]) -> str:
    counts = Counter(finding.severity for finding in found)
    parts = [_number(counts[each], str(each)) for each in sorted(Severity, reverse=True) if counts[each]]
    return ", ".join(parts) or "no findings"


def _number(count: int, noun: str) -> str:
    return f"{count} {noun}{'s' * (count != 1)}"


def _code(found: Sequence[Finding], fail_on: Severity) -> int:
    worst = max((finding.severity for finding in found), default=None)
    return _CODES[worst] if worst and worst >= fail_on else 0
