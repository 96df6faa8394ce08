"""Put a release into a folder or a SPARQL engine."""

from __future__ import annotations

import os
from contextlib import closing
from pathlib import Path

import click

from kg.commands._places import current_in, is_address, say_current
from kg.iri import shown
from kg.release import Release, open_release
from kg.replication import FolderSource, receive
from kg.replication.following import repeat
from kg.store.deep_stack import with_deep_stack
from kg.terminal import QUIET, at, say_next

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
    goal = _EngineTarget(target, update_url) if is_engine else _FolderTarget(Path(target))
    done = ""

    def publish() -> None:
        nonlocal done
        opened = open_release(release)
        before = goal.held()
        if opened.id == done and before == done:
            return
        goal.receive(opened)
        done = opened.id
        say_current(opened, shown(target), before)

    if follow:
        repeat(publish, follow)
    else:
        publish()
        say_next(*(("doctor", "--engine", shown(target), *at(release)) if is_engine else ("serve", *at(Path(target)))))
    return 0


class _FolderTarget:
    """A folder that a release is put into."""

    def __init__(self, out: Path) -> None:
        self._out = out

    def held(self) -> str:
        """Return the id of the release that readers find; empty if there is none."""
        return current_in(self._out)

    def receive(self, release: Release) -> None:
        """Put a release there, which then is the only one that readers find."""
        receive(FolderSource(release.folder), self._out)


class _EngineTarget:
    """An engine that a release is put into, with the address for updates that is given, or else belongs to its own."""

    def __init__(self, url: str, update_url: str | None) -> None:
        from kg.replication.engine import update_address
        from kg.store.engine.address import engine_from_environment

        addresses = (url, update_url or update_address(url))
        self._engine, self._updates = (engine_from_environment(each, _SECONDS, os.environ) for each in addresses)

    def held(self) -> str:
        """Return the id of the release that readers find, or more than one; empty if there is none."""
        from kg.store.engine.probe import held
        from kg.store.engine.store import EngineStore

        with closing(EngineStore(self._engine)) as store:
            return ", ".join(with_deep_stack("", lambda: held(store)))

    def receive(self, release: Release) -> None:
        """Put a release there, which then is the only one that readers find."""
        from kg.replication.engine import publish_to_engine

        with_deep_stack("", lambda: publish_to_engine(release, self._engine, self._updates))
