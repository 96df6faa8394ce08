"""Fetch all sites in kg.toml and build one release of them."""

from __future__ import annotations

from pathlib import Path

import click

from kg.commands._releases import (
    OUT,
    REASONER,
    FetchedVersion,
    WantedRelease,
    make_or_reuse,
    say_release,
    say_report,
)
from kg.errors import SiteError
from kg.findings import printable
from kg.remote.address import SiteAddress
from kg.remote.checkouts import FOLDER as COPIES
from kg.remote.checkouts import GoodVersion, locked
from kg.remote.listed import ListedSite, read_list
from kg.settings_file import FILE
from kg.site import open_site
from kg.terminal import QUIET, at, say, say_next

KEPT_OLD = 1
"""Exit code if a site is not in the release as it is now."""


@click.command(name="update")
@click.option(
    "--config",
    type=click.Path(path_type=Path, dir_okay=False),
    default=FILE,
    show_default=True,
    help="File with the list of sites.",
)
@OUT
@REASONER
@QUIET
def command(config: Path, out: Path, reasoner: str) -> int:
    """Fetch all sites in kg.toml and build one release of them.

    One line per site says what has become of it, and one how many pages and findings it has; errors and warnings are
    listed. A site that cannot be fetched or built, or has lost most of its pages, is built as it was when it was last
    good. The exit code is 0 if all sites are as they are now, 1 if one is kept as it was or is left out, and 2 if no
    release was made: then the one before stays. The folder of the release is printed.

    \f
    Raises:
        SiteError: when no site can be built.
    """
    from kg.build import inputs
    from kg.build.updating import choose
    from kg.build_cache import FOLDER, BuildCache

    listed = read_list(config)
    with locked(out / COPIES):
        say(f"fetching {len(listed)} site{'s' * (len(listed) != 1)}")
        chosen = choose(listed, out / COPIES, BuildCache(out / FOLDER, inputs.program()))
        for version in chosen:
            click.echo(printable(f"{version.listed.source}: {version.news}"))
        built = [(version.folder, version) for version in chosen if version.folder]
        if not built:
            raise SiteError("no site can be built")
        keys = {folder: version.listed.key for folder, version in built}
        urls = {_key(folder, version.listed): version.listed.url for folder, version in built if version.listed.url}
        fetched = {
            folder: FetchedVersion(version.listed.source, version.commit)
            for folder, version in built
            if isinstance(version.listed.source, SiteAddress)
        }
        wanted = WantedRelease([*keys], out, urls, keys=keys, fetched=fetched, reasoner=reasoner)
        release, report = make_or_reuse(wanted)
        for (_, version), found in zip(built, report["sites"], strict=True):
            if version.checkout:
                version.checkout.keep(GoodVersion(version.commit, found["key"], len(found["pages"])))
    say_report(report, wanted)
    if release:
        say_release(release, wanted)
        say_next("serve", *at(out))
    return 0 if all(version.is_fresh for version in chosen) else KEPT_OLD


def _key(folder: Path, listed: ListedSite) -> str:
    """Return the key that a site has now: that of its last good version may have been given by an earlier list."""
    return open_site(folder, key=listed.key).key
