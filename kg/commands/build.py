"""Build a release from one or more sites."""

from __future__ import annotations

import json
import os
import sys
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import replace
from functools import partial
from pathlib import Path
from typing import Any, TypeVar

import click

from kg.commands._urls import URLS
from kg.findings import Finding, Place, Severity, printable
from kg.parallel import collecting_after_batches
from kg.release import Release, find_release, new_release, switch_to
from kg.resources import shipped
from kg.site import check_is_site
from kg.terminal import QUIET, RELEASE, at, coloured, is_quiet, reporting, say, say_next

FAILED = 2
T = TypeVar("T")


@click.command(name="build")
@click.argument("sites", nargs=-1, type=click.Path(path_type=Path, file_okay=False), metavar="[SITE]...")
@click.option(
    "--out",
    type=click.Path(path_type=Path, file_okay=False),
    default=RELEASE,
    show_default=True,
    help="Folder for releases; the new one becomes its 'current'.",
)
@click.option(
    "--fail-on",
    type=click.Choice([str(severity) for severity in Severity]),
    help="Make no release if there is a finding of this severity or worse.",
)
@click.option(
    "--reasoner",
    type=click.Choice(["auto", "hermit", "owlrl"]),
    default="auto",
    show_default=True,
    help="Reasoner to use; both infer the same. auto: hermit if Java is installed, else owlrl.",
)
@click.option(
    "--dicom",
    type=click.Choice(["used", "full"]),
    default="used",
    show_default=True,
    help="DICOM terms to include: those that pages use, or all (requires the extra 'dicom').",
)
@click.option("--no-cache", is_flag=True, help="Use no results of earlier builds for unchanged pages, and keep none.")
@click.option("--watch", is_flag=True, help="Build again whenever a file of a site is saved, until Ctrl-C.")
@URLS
@QUIET
def command(
    sites: tuple[Path, ...],
    out: Path,
    fail_on: str | None,
    reasoner: str,
    dicom: str,
    no_cache: bool,
    watch: bool,
    urls: Mapping[str, str],
) -> int:
    """Build a release from one or more SITEs, the folders of ELIXIR Toolkit Theme sites.

    Without SITE, the example site is built. Pages that have errors or are unfinished are kept out and listed. An
    existing release is reused if nothing has changed. The folder of the release is printed.
    """
    folders = sites or (shipped("content"),)
    build = partial(_release, folders, out, fail_on, reasoner, dicom, no_cache, urls)
    if not watch:
        code = build()
        if code:
            say_next("check", *folders)
        else:
            say_next("serve", *at(out))
        return code
    from kg.build.watching import whenever_changed

    for folder in folders:
        check_is_site(folder)
    parent = os.getppid()
    whenever_changed(folders, partial(reporting, build), lambda: os.getppid() != parent)
    return 0


def _release(
    folders: Sequence[Path],
    out: Path,
    fail_on: str | None,
    reasoner: str,
    dicom: str,
    no_cache: bool,
    urls: Mapping[str, str],
) -> int:
    """Build a release, or take the existing one if nothing has changed, and return the exit code."""
    from kg.build import inputs as every
    from kg.build_cache import FOLDER, BuildCache
    from kg.identifiers.dicom_terminology import read_terminology

    terminology = read_terminology() if dicom == "full" else None
    given = (f"{key}={url}" for key, url in sorted(urls.items()))
    inputs = every.digest(folders, reasoner, terminology.version if terminology else "", *given)
    found = None if no_cache else find_release(out, inputs)
    release = found if found else None
    if found:
        report = json.loads(found.report.read_text(encoding="utf-8"))
    else:
        with collecting_after_batches():
            cache = BuildCache() if no_cache else BuildCache(out / FOLDER, every.program())
            settings = {"reasoner": reasoner, "terminology": terminology, "cache": cache}
            release, report = _build(folders, out, inputs, fail_on, urls, **settings)
            cache.trim()
    _say_report(report, folders, Severity[fail_on.upper()] if fail_on else Severity.WARNING)
    if release is None or _fails(report, fail_on):
        click.echo(f"no release was made: there are findings of severity {fail_on} or worse", err=True)
        return FAILED
    if found:
        switch_to(found)
        say("nothing has changed: reusing the existing release")
    _say_release(release)
    return 0


def _build(
    folders: Sequence[Path], out: Path, inputs: str, fail_on: str | None, urls: Mapping[str, str], **settings: Any
) -> tuple[Release | None, dict[str, Any]]:
    from kg.build.compile import compile_sites, make_release, read_sites, report

    terminal = _Terminal()
    builds = read_sites(folders, terminal, urls, settings["cache"])
    found = report(builds)
    if _fails(found, fail_on):
        return None, found
    with new_release(out) as draft:
        compiled = compile_sites(builds, draft, terminal, **settings)
        found = report(compiled.sites, compiled)
        return (
            None if _fails(found, fail_on) else make_release(compiled, draft, terminal, inputs, settings["cache"])
        ), found


def _fails(report: Mapping[str, Any], fail_on: str | None) -> bool:
    limit = Severity[fail_on.upper()] if fail_on else None
    return limit is not None and any(finding.severity >= limit for finding, _ in _findings(report))


def _findings(report: Mapping[str, Any]) -> Iterator[tuple[Finding, int]]:
    """Yield the report's findings, each with the index of its site."""
    for number, site in enumerate(report["sites"]):
        for found in site["findings"]:
            severity = Severity[found["severity"].upper()]
            yield Finding(severity, found["rule"], found["message"], Place(found["path"], found["line"])), number


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


def _say_report(report: Mapping[str, Any], folders: Sequence[Path], least: Severity) -> None:
    for finding, number in _findings(report):
        if finding.severity >= min(least, Severity.WARNING):
            place = Place((folders[number] / finding.place.path).as_posix(), finding.place.line)
            say(coloured(replace(finding, place=place)))
    for folder, site in zip(folders, report["sites"], strict=True):
        tally = Counter(found["severity"] for found in site["findings"])
        counts = ", ".join(_count(tally[str(s)], str(s)) for s in sorted(Severity, reverse=True) if tally[str(s)])
        say(f"{folder}: {_count(len(site['pages']), 'page')}; findings: {counts or 'none'}")
        for path in site["kept_out"]:
            say(f"kept out: {printable(str(folder / path))}")
    places = {site["key"]: folder for folder, site in zip(folders, report["sites"], strict=True)}
    for contradiction in report.get("contradictions", ()):
        say(f"contradiction: {printable(contradiction['message'])}")
        for origin in contradiction["statements"]:
            where = f"{places[origin['site']]}/" if origin["site"] else ""
            say(f"  {printable(where + origin['statement'])}")
    for violation in report.get("violations", ()):
        say(f"violation: {printable(violation)}")


def _say_release(release: Release) -> None:
    counts = release.manifest["counts"]
    say(f"release {release.id}: {counts['triples']} triples in {_count(counts['graphs'], 'named graph')}")
    say(f"all findings are in {release.report}; kg check shows them as well")
    click.echo(release.folder)


def _count(number: int, what: str) -> str:
    return f"{number} {what}" if number == 1 else f"{number} {what}s"
