"""Report the use of FAIRsharing records and update the crosswalk."""

from __future__ import annotations

import sys
from collections.abc import Iterator
from contextlib import contextmanager, redirect_stdout
from pathlib import Path
from tempfile import TemporaryDirectory

import click

from kg.commands.build import command as build
from kg.commands.export import appearing
from kg.fairsharing.usage import RecordUse, uses
from kg.findings import printable
from kg.identifiers.fairsharing import FairsharingCrosswalk
from kg.release import Release, open_release
from kg.store.oxigraph import open_store
from kg.terminal import QUIET, RELEASE_OPTION, at, say, say_next

MORE = 1
"""Exit code of a sync that reached a limit before all records were updated."""
_FORMATS = ("table", "csv", "markdown", "json")

_output = click.option(
    "-o",
    "--output",
    type=click.Path(path_type=Path, dir_okay=False),
    help="File to write; it is replaced atomically. [default: standard output]",
)
_paths = click.argument("paths", nargs=-1, type=click.Path(path_type=Path, file_okay=False))


@click.group(name="fairsharing")
def command() -> None:
    """Report the use of FAIRsharing records and update the crosswalk."""


@command.command(name="report")
@_paths
@RELEASE_OPTION
@click.option(
    "--format", "wanted", type=click.Choice(_FORMATS), default="table", show_default=True, help="Output format."
)
@click.option("--mend", "only_to_mend", is_flag=True, help="List only places that should be changed.")
@_output
@QUIET
def report_command(
    paths: tuple[Path, ...], release: Path, wanted: str, only_to_mend: bool, output: Path | None
) -> None:
    """List the records that pages use: names and ids, the pages, how each place is written and what to change.

    The records are those of the sites in PATHS, which are built first, else those of the release.
    """
    from kg.fairsharing.formats import FORMATS
    from kg.fairsharing.report import report, to_mend

    crosswalk = FairsharingCrosswalk.load()
    with _opened(paths, release) as found:
        entries = report(_uses(found), crosswalk)
    _write(FORMATS[wanted](to_mend(entries) if only_to_mend else entries), output)
    places = sum(bool(place.mend) for entry in entries for place in entry.places)
    say(f"{len(entries)} records; places to change: {places}")
    if places and paths:
        say_next("fix", *paths)
    elif places and not only_to_mend:
        say_next("fairsharing", "report", "--mend", *at(release))
    else:
        say_next("fairsharing", "export", *(paths or at(release)))


@command.command(name="export")
@_paths
@RELEASE_OPTION
@click.option("--format", "wanted", type=click.Choice(["sssom"]), default="sssom", show_default=True)
@_output
@QUIET
def export_command(paths: tuple[Path, ...], release: Path, wanted: str, output: Path | None) -> None:
    """Write the records that pages use as mappings in SSSOM/TSV.

    The records are those of the sites in PATHS, which are built first, else those of the release.
    """
    from kg.fairsharing.mappings import sssom

    with _opened(paths, release) as found:
        text = sssom(_uses(found), FairsharingCrosswalk.load(), found.id)
    _write(text, output)
    say_next("fairsharing", "report", *(paths or at(release)))


def _uses(release: Release) -> tuple[RecordUse, ...]:
    return uses(open_store(release.store), several_sites=len(release.manifest["sites"]) > 1)


@contextmanager
def _opened(paths: tuple[Path, ...], release: Path) -> Iterator[Release]:
    if not paths:
        yield open_release(release)
        return
    with TemporaryDirectory() as folder:
        with redirect_stdout(sys.stderr):
            build.main(["--quiet", "--out", folder, "--", *map(str, paths)], "kg build", standalone_mode=False)
        yield open_release(Path(folder))


def _write(text: str, output: Path | None) -> None:
    if output is None:
        click.echo(text, nl=False)
        return
    with appearing(output) as out:
        out.write(text.encode("utf-8"))
    say(f"wrote {output}")


@command.command(name="sync")
@click.argument("records", nargs=-1)
@click.option(
    "--max-records", type=click.IntRange(1), default=200, show_default=True, help="Maximum number of requests."
)
@click.option(
    "--max-bytes", type=click.IntRange(1), default=50_000_000, show_default=True, help="Maximum number of bytes read."
)
@click.option(
    "--max-seconds", type=click.FloatRange(1), default=900, show_default=True, help="Maximum duration in seconds."
)
@click.option("--delay", type=click.FloatRange(0), default=1, show_default=True, help="Seconds between two requests.")
@click.option("--address", default="https://fairsharing.org/", show_default=True, help="Base URL of the records.")
@click.option(
    "--crosswalk",
    "folder",
    type=click.Path(path_type=Path, file_okay=False, exists=True),
    help="Folder of the two tables to update. [default: those that ship with kg]",
)
@QUIET
def sync_command(
    records: tuple[str, ...],
    max_records: int,
    max_bytes: int,
    max_seconds: float,
    delay: float,
    address: str,
    folder: Path | None,
) -> int:
    """Update the crosswalk from FAIRsharing's public JSON: all records, or those with the ids RECORDS.

    Requests are sent one at a time. If a limit is reached, the exit code is 1 and the next run continues. Builds do not
    need this command, and no other command asks FAIRsharing for records.

    \f
    Raises:
        UsageError: when the address is not allowed.
    """
    from kg.fairsharing.client import FairsharingClient, RequestLimits, Stopped
    from kg.fairsharing.sync import sync
    from kg.identifiers.tables import CROSSWALKS

    limits = RequestLimits(max_records, max_bytes, max_seconds, delay)
    try:
        client = FairsharingClient(address, limits)
    except Stopped as error:
        raise click.UsageError(str(error)) from None
    done = sync(folder or CROSSWALKS, client, records, lambda words: say(printable(words)))
    for name in done.missing:
        click.echo(f"not found, left unchanged: {printable(name)}", err=True)
    if done.stopped:
        click.echo(f"stopped: {printable(done.stopped)}", err=True)
    click.echo(f"{done.asked} records requested, {done.changed} changed, {done.left} left for the next run")
    say_next(*(("fairsharing", "sync", *records) if done.left else ("build",)))
    return MORE if done.left else 0


@command.command(name="details")
@click.argument("copy", type=click.Path(path_type=Path, dir_okay=False))
@_output
@QUIET
def details_command(copy: Path, output: Path | None) -> None:
    """Write the table of home pages, licences and keywords of records, from COPY.

    COPY is a wheel of the Python package bioregistry, or the file processed.json of its folder
    external/fairsharing. The table is ontology/crosswalks/fairsharing.details.tsv.
    """
    from kg.fairsharing.bioregistry import details_table, read_copy

    _write(details_table(read_copy(copy)), output)
    say_next("build")
