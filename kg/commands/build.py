"""Build a release from one or more sites."""

from __future__ import annotations

import os
from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from functools import partial
from pathlib import Path
from typing import Any

import click

from kg.build_cache import FOLDER, BuildCache
from kg.commands._releases import (
    OUT,
    REASONER,
    FetchedVersion,
    WantedRelease,
    current_report,
    make_or_reuse,
    say_release,
    say_report,
)
from kg.commands._urls import URLS
from kg.errors import SiteError
from kg.findings import Severity
from kg.remote.address import SiteAddress, is_address, parse_address
from kg.remote.checkouts import FOLDER as COPIES
from kg.remote.checkouts import Checkout, GoodVersion, locked
from kg.resources import shipped
from kg.site import check_is_site
from kg.terminal import FAILED, QUIET, at, reporting, say, say_next

_MEMORY = 1 << 25
"""Size in bytes of the results of earlier builds that a watch holds in memory."""


class _FolderOrAddress(click.Path):
    """A folder, or the address of a site in a git repository."""

    def convert(self, value: Any, param: click.Parameter | None, ctx: click.Context | None) -> Any:
        """Return a path or a :class:`SiteAddress`.

        Raises:
            BadParameter: when the value is an address of another kind, or a file.
        """
        try:
            return parse_address(value) if is_address(str(value)) else super().convert(value, param, ctx)
        except SiteError as error:
            self.fail(str(error), param, ctx)


@click.command(name="build")
@click.argument("sites", nargs=-1, type=_FolderOrAddress(path_type=Path, file_okay=False), metavar="[SITE]...")
@OUT
@click.option(
    "--fail-on",
    type=click.Choice([str(severity) for severity in Severity]),
    help="Make no release if there is a finding of this severity or worse.",
)
@REASONER
@click.option(
    "--dicom",
    type=click.Choice(["used", "full"]),
    default="used",
    show_default=True,
    help="DICOM terms to include: those that pages use, or all (requires the extra 'dicom').",
)
@click.option("--no-cache", is_flag=True, help="Use no results of earlier builds for unchanged pages, and keep none.")
@click.option("--watch", is_flag=True, help="Build again whenever a file of a site is saved, until Ctrl-C.")
@click.option("--then-serve", is_flag=True, hidden=True, help="Do not name the next command: kg serve does it.")
@URLS
@QUIET
def command(
    sites: tuple[Path | SiteAddress, ...],
    out: Path,
    fail_on: str | None,
    reasoner: str,
    dicom: str,
    no_cache: bool,
    watch: bool,
    then_serve: bool,
    urls: Mapping[str, str],
) -> int:
    """Build a release from one or more SITEs, the folders of ELIXIR Toolkit Theme sites.

    A SITE may be in a git repository elsewhere: https://host/owner/repo[@ref][:folder]. Without SITE, the example site
    is built. Pages that have errors or are unfinished are kept out and listed. An existing release is reused if nothing
    has changed. The folder of the release is printed.
    """
    cache = BuildCache() if no_cache else None
    wanted = partial(WantedRelease, out=out, urls=urls, fail_on=fail_on, reasoner=reasoner, dicom=dicom, cache=cache)
    addresses = [site for site in sites if isinstance(site, SiteAddress)]
    folders = [site for site in sites if isinstance(site, Path)]
    if watch:
        if addresses:
            raise click.UsageError("only folders can be watched; clone the repository")
        return _watch(folders or [shipped("content")], wanted)
    if addresses:
        with locked(out / COPIES):
            code = _build_fetched(sites, out / COPIES, wanted)
    else:
        code = _build(wanted(folders=folders or [shipped("content")]))[0]
    if code == 0:
        if not then_serve:
            say_next("serve", *at(out))
    elif not addresses:
        say_next("check", *(folders or [shipped("content")]))
    return code


def _watch(folders: Sequence[Path], wanted: Callable[..., WantedRelease]) -> int:
    parent = os.getppid()  # first of all: it may end while the modules are imported
    from kg.build.inputs import program
    from kg.build.watching import MadeReleases, changes, once

    for folder in folders:
        check_is_site(folder)
    told, release = dict[str, Any](), wanted(folders=folders)
    if release.cache is None:
        release = replace(release, cache=BuildCache(release.out / FOLDER, program(), _MEMORY))
    made = MadeReleases(release.out)

    def build() -> int:
        is_first = not told  # it may have nothing to do, and reads what the next ones need
        return _build(replace(release, reuses=not is_first), told)[0]

    for _ in changes(folders, lambda: os.getppid() != parent):
        once(partial(reporting, build))
        made.tidy()
        told = current_report(release.out) or told
    return 0


def _build_fetched(sites: Sequence[Path | SiteAddress], copies: Path, wanted: Callable[..., WantedRelease]) -> int:
    """Fetch sites, build them with those of folders, and note the versions in the release as good ones."""
    fetched, checkouts = dict[Path, FetchedVersion](), dict[Path, Checkout]()
    folders = list[Path]()
    for site in sites:
        if isinstance(site, SiteAddress):
            say(f"fetching {site}")
            checkout = Checkout(copies, site)
            commit = checkout.fetch()
            folders.append(checkout.site(commit))
            fetched[folders[-1]], checkouts[folders[-1]] = FetchedVersion(site, commit), checkout
        else:
            folders.append(site)
    try:
        code, report = _build(wanted(folders=folders, fetched=fetched))
    except SiteError as error:
        message = str(error)
        for folder, version in fetched.items():
            message = message.replace(str(folder), str(version.address))
        raise SiteError(message) from error
    for folder, of_site in zip(folders, report["sites"], strict=True) if code == 0 else ():
        if folder in fetched:
            checkouts[folder].keep(GoodVersion(fetched[folder].commit, of_site["key"], len(of_site["pages"])))
    return code


def _build(wanted: WantedRelease, told: Mapping[str, Any] | None = None) -> tuple[int, Mapping[str, Any]]:
    """Build a release, say what it has, and return the exit code and the report.

    Findings of a report that was ``told`` before are only counted.
    """
    release, report = make_or_reuse(wanted)
    say_report(report, wanted, told)
    if release is None:
        click.echo(f"no release was made: there are findings of severity {wanted.fail_on} or worse", err=True)
        return FAILED, report
    say_release(release, wanted)
    return 0, report
