"""Put a release into a folder or a SPARQL engine."""

from __future__ import annotations

import os
from pathlib import Path

import click

from kg.commands._places import is_address
from kg.iri import shown
from kg.release import Release, current_id, open_release
from kg.replication import FolderSource, receive
from kg.replication.following import repeat
from kg.terminal import QUIET, at, say, say_next

_SECONDS = 600.0
"""Seconds that an engine may take for an update or a query."""


@click.command(name="publish")
@click.argument("release", type=click.Path(path_type=Path, exists=True, file_okay=False))
@click.argument("target", metavar="FOLDER|URL")
@click.option("--update", "update_url", metavar="URL", help="Address of the engine for updates. [default: …/update]")
@click.option(
    "--follow",
    type=click.FloatRange(1, 86_400),
    metavar="SECONDS",
    help="Look for another current release again and again, until Ctrl-C.",
)
@QUIET
def command(release: Path, target: str, update_url: str | None, follow: float | None) -> int:
    """Put RELEASE, or the current one of an output folder, into a folder or a SPARQL engine.

    A folder gets a copy, which becomes its current release. An engine is given by its address for queries, as for kg
    serve --engine; user and password are in KG_ENGINE_USER and KG_ENGINE_TOKEN. It gets what differs from the release
    that it holds, in one update, so that its readers see the old release or the new one. Then all is compared. What was
    broken off is done again.

    \b
    kg publish build /mnt/releases
    kg publish build http://127.0.0.1:7879/query

    \f
    Raises:
        UsageError: when a folder is given an address for updates, or the target is an address without http://.
    """
    is_engine = is_address(target)
    if update_url and not is_engine:
        raise click.UsageError("--update goes with the address of an engine")
    done = ""

    def publish() -> None:
        nonlocal done
        opened = open_release(release)
        if opened.id == done:
            return
        if is_engine:
            is_new = _into_engine(opened, target, update_url)
        else:
            is_new = current_id(Path(target)) != opened.id
            receive(FolderSource(opened.folder), Path(target))
        done = opened.id
        say(f"release {done} {'is' if is_new else 'was already'} current in {shown(target)}")

    if follow:
        repeat(publish, follow)
    else:
        publish()
        say_next(*(("doctor", "--engine", shown(target), *at(release)) if is_engine else ("serve", *at(Path(target)))))
    return 0


def _into_engine(release: Release, target: str, update_url: str | None) -> bool:
    """Return whether the engine was changed."""
    from kg.replication.engine import publish_to_engine, update_address
    from kg.store.deep_stack import with_deep_stack
    from kg.store.engine.address import engine_from_environment

    addresses = (target, update_url or update_address(target))
    engine, updates = (engine_from_environment(url, _SECONDS, os.environ) for url in addresses)
    return with_deep_stack("", lambda: publish_to_engine(release, engine, updates))
