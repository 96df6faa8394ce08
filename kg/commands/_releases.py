"""The common part of kg build and kg update: make a release, or reuse one, and say what it has."""

from __future__ import annotations

import json
import sys
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any, TypeVar

import click

from kg.build_cache import FOLDER, BuildCache
from kg.errors import ReleaseError
from kg.findings import Finding, Place, Severity, printable, reported
from kg.parallel import collecting_after_batches
from kg.release import Release, find_release, new_release, open_release, switch_to
from kg.remote.address import SiteAddress
from kg.terminal import RELEASE, coloured, command_line, is_quiet, say

OUT = click.option(
    "-o",
    "--out",
    type=click.Path(path_type=Path, file_okay=False),
    default=RELEASE,
    show_default=True,
    help="Folder for releases; the new one becomes its 'current'.",
)
REASONER = click.option(
    "--reasoner",
    type=click.Choice(["auto", "hermit", "owlrl"]),
    default="auto",
    show_default=True,
    help="Reasoner to use; both infer the same. auto: hermit if Java is installed, else owlrl.",
)
T = TypeVar("T")


@dataclass(frozen=True, slots=True)
class FetchedVersion:
    """A version of a site in a repository elsewhere."""

    address: SiteAddress
    commit: str


@dataclass(frozen=True, slots=True)
class WantedRelease:
    """The sites and settings of a release to be made."""

    folders: Sequence[Path]
    out: Path
    urls: Mapping[str, str]
    """Addresses of sites by key."""
    keys: Mapping[Path, str] = field(default_factory=dict)
    """Keys that replace those of the sites themselves, by folder."""
    fetched: Mapping[Path, FetchedVersion] = field(default_factory=dict)
    """The sites in repositories elsewhere, by the folder of their copy here."""
    fail_on: str | None = None
    reasoner: str = "auto"
    dicom: str = "used"
    cache: BuildCache | None = None
    """Results of earlier builds; by default those in the output folder."""
    reuses: bool = True
    """True if the existing release is taken if nothing has changed."""

    def fails(self, report: Mapping[str, Any]) -> bool:
        """Return whether the findings in a report forbid a release."""
        limit = Severity[self.fail_on.upper()] if self.fail_on else None
        return limit is not None and any(finding.severity >= limit for finding, _ in _findings(report))


def make_or_reuse(wanted: WantedRelease) -> tuple[Release | None, dict[str, Any]]:
    """Build a release, or take the existing one if nothing has changed, and return it with its report.

    There is no release if the findings forbid it.
    """
    from kg.build import inputs as every
    from kg.identifiers.dicom_terminology import read_terminology

    terminology = read_terminology() if wanted.dicom == "full" else None
    given = [f"{key}={url}" for key, url in sorted(wanted.urls.items())]
    given += [wanted.keys.get(folder, "") for folder in wanted.folders] if wanted.keys else []
    inputs = every.digest(wanted.folders, wanted.reasoner, terminology.version if terminology else "", *given)
    cache = wanted.cache or BuildCache(wanted.out / FOLDER, every.program())
    found = find_release(wanted.out, inputs) if cache.is_kept and wanted.reuses else None
    if not found:
        with collecting_after_batches():
            made = _build(wanted, inputs, reasoner=wanted.reasoner, terminology=terminology, cache=cache)
            cache.trim()
            return made
    report = json.loads(found.report.read_text(encoding="utf-8"))
    if wanted.fails(report):
        return None, report
    switch_to(found)
    say("nothing has changed: reusing the existing release")
    return found, report


def _build(wanted: WantedRelease, inputs: str, **settings: Any) -> tuple[Release | None, dict[str, Any]]:
    from kg.build.compile import compile_sites, make_release, read_sites, report

    terminal = _Terminal()
    builds = read_sites(wanted.folders, terminal, wanted.urls, settings["cache"], wanted.keys)
    found = report(builds)
    if wanted.fails(found):
        return None, found
    with new_release(wanted.out) as draft:
        compiled = compile_sites(builds, draft, terminal, **settings)
        found = report(compiled.sites, compiled)
        return (
            None if wanted.fails(found) else make_release(compiled, draft, terminal, inputs, settings["cache"])
        ), found


def _findings(report: Mapping[str, Any]) -> Iterator[tuple[Finding, int]]:
    """Yield the report's findings, each with the index of its site."""
    for number, site in enumerate(report["sites"]):
        for found in site["findings"]:
            yield reported(found), number


class _Terminal:
    """Writes messages to standard error, and progress bars if it is a terminal."""

    def say(self, words: str) -> None:
        say(words)

    def track(self, items: Iterable[T], total: int, label: str) -> Iterable[T]:
        if is_quiet() or not sys.stderr.isatty():
            return items
        return self._bar(items, total, label)

    def _bar(self, items: Iterable[T], total: int, label: str) -> Iterator[T]:
        with click.progressbar(items, length=total, label=label, file=sys.stderr) as bar:
            yield from bar


def current_report(out: Path) -> dict[str, Any] | None:
    """Return the report of the current release of an output folder; ``None`` if there is none."""
    try:
        report: dict[str, Any] = json.loads(open_release(out).report.read_text(encoding="utf-8"))
    except (ReleaseError, OSError):
        return None
    return report


def say_report(report: Mapping[str, Any], wanted: WantedRelease, told: Mapping[str, Any] | None = None) -> None:
    """Write the findings of a report that are warnings, or forbid a release, and what is kept out.

    The worst come last. Of findings that are in the report that was ``told`` before, only the number is written.
    """
    least = Severity[wanted.fail_on.upper()] if wanted.fail_on else Severity.WARNING
    sites = [
        _NamedSite(site["key"], folder, wanted.fetched.get(folder))
        for folder, site in zip(wanted.folders, report["sites"], strict=True)
    ]
    found = [each for each in _findings(report) if each[0].severity >= min(least, Severity.WARNING)]
    known = set(_findings(told)) if told else set()
    for finding, number in sorted(found, key=lambda each: each[0].severity):
        if (finding, number) not in known:
            say(coloured(sites[number].placed(finding)))
    if same := sum(each in known for each in found):
        say(f"{_count(same, 'finding')} as before")
    for named, site in zip(sites, report["sites"], strict=True):
        tally = Counter(found["severity"] for found in site["findings"])
        counts = ", ".join(_count(tally[str(s)], str(s)) for s in sorted(Severity, reverse=True) if tally[str(s)])
        say(f"{named}: {_count(len(site['pages']), 'page')}; findings: {counts or 'none'}")
        for path in site["kept_out"]:
            say(f"kept out: {printable(named.file(path))}")
    places = {named.key: named for named in sites}
    for contradiction in report.get("contradictions", ()):
        say(f"contradiction: {printable(contradiction['message'])}")
        for origin in contradiction["statements"]:
            statement = origin["statement"]
            say(f"  {printable(places[origin['site']].file(statement) if origin['site'] else statement)}")
    for violation in report.get("violations", ()):
        say(f"violation: {printable(violation)}")


@dataclass(frozen=True, slots=True)
class _NamedSite:
    """A site as messages name it: by its folder, or by its address and key."""

    key: str
    folder: Path
    fetched: FetchedVersion | None

    def __str__(self) -> str:
        return str(self.fetched.address if self.fetched else self.folder)

    def file(self, path: str) -> str:
        """Return the name of a file of the site."""
        return f"{self.key}: {self.fetched.address.file(path)}" if self.fetched else (self.folder / path).as_posix()

    def placed(self, finding: Finding) -> Finding:
        """Return a finding with its file named, and with the address of its line at the host, if there is one."""
        path, line = finding.place.path, finding.place.line
        address = self.fetched.address.line(self.fetched.commit, path, line) if self.fetched else ""
        message = f"{finding.message} ({address})" if address else finding.message
        return replace(finding, message=message, place=Place(self.file(path), line))


def say_release(release: Release, wanted: WantedRelease) -> None:
    """Write what a release has, and print its folder."""
    checked = "" if wanted.fetched else f"; {command_line('check', *wanted.folders)} shows those of the files as well"
    counts = release.manifest["counts"]
    say(f"release {release.id}: {counts['triples']} triples in {_count(counts['graphs'], 'named graph')}")
    say(f"all findings are in {release.report}{checked}")
    click.echo(release.folder)


def _count(number: int, what: str) -> str:
    return f"{number} {what}" if number == 1 else f"{number} {what}s"
