"""Say which FAIRsharing records are used where, tell its curators, ask it for news."""

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

MORE = 1
"""Exit code of a sync that left records for the next one."""
_FORMATS = ("table", "csv", "markdown", "json")

_release = click.option(
    "--release",
    type=click.Path(path_type=Path),
    default=Path("build"),
    show_default=True,
    help="A release, or the folder above it; not read where PATHS are given.",
)
_output = click.option(
    "-o",
    "--output",
    type=click.Path(path_type=Path, dir_okay=False),
    help="File to write; it appears when it is whole. [default: standard output]",
)
_paths = click.argument("paths", nargs=-1, type=click.Path(path_type=Path, file_okay=False))


@click.group(name="fairsharing")
def command() -> None:
    """Which FAIRsharing records are used where, for authors and for FAIRsharing's curators."""


@command.command(name="report")
@_paths
@_release
@click.option("--format", "wanted", type=click.Choice(_FORMATS), default="table", show_default=True)
@click.option("--mend", "only_to_mend", is_flag=True, help="Only the places where something should be changed.")
@_output
def report_command(
    paths: tuple[Path, ...], release: Path, wanted: str, only_to_mend: bool, output: Path | None
) -> None:
    """Say for each record: its names and ids, who recommends it, where and how it is written, what to mend.

    It is read from a release; where PATHS are given, sites, they are built for this report alone.
    """
    from kg.fairsharing.formats import FORMATS
    from kg.fairsharing.report import report, to_mend

    crosswalk = FairsharingCrosswalk.load()
    with _opened(paths, release) as found:
        entries = report(_uses(found), crosswalk)
    _write(FORMATS[wanted](to_mend(entries) if only_to_mend else entries), output)
    places = sum(bool(place.mend) for entry in entries for place in entry.places)
    click.echo(f"{len(entries)} records; places to mend: {places}", err=True)


@command.command(name="export")
@_paths
@_release
@click.option("--format", "wanted", type=click.Choice(["sssom"]), default="sssom", show_default=True)
@_output
def export_command(paths: tuple[Path, ...], release: Path, wanted: str, output: Path | None) -> None:
    """Write which page uses which record, as mappings in SSSOM/TSV.

    It is read from a release; where PATHS are given, sites, they are built for this alone.
    """
    from kg.fairsharing.mappings import sssom

    with _opened(paths, release) as found:
        text = sssom(_uses(found), FairsharingCrosswalk.load(), found.id)
    _write(text, output)


def _uses(release: Release) -> tuple[RecordUse, ...]:
    return uses(open_store(release.store))


@contextmanager
def _opened(paths: tuple[Path, ...], release: Path) -> Iterator[Release]:
    if not paths:
        yield open_release(release)
        return
    with TemporaryDirectory() as folder:
        with redirect_stdout(sys.stderr):
            build.main(["--out", folder, "--", *map(str, paths)], "kg build", standalone_mode=False)
        yield open_release(Path(folder))


def _write(text: str, output: Path | None) -> None:
    if output is None:
        click.echo(text, nl=False)
        return
    with appearing(output) as out:
        out.write(text.encode("utf-8"))
    click.echo(f"wrote {output}", err=True)


@command.command(name="sync")
@click.argument("records", nargs=-1)
@click.option("--max-records", type=click.IntRange(1), default=200, show_default=True, help="Ask for so many at most.")
@click.option(
    "--max-bytes", type=click.IntRange(1), default=50_000_000, show_default=True, help="Read so much at most."
)
@click.option("--max-seconds", type=click.FloatRange(1), default=900, show_default=True, help="Take so long at most.")
@click.option("--delay", type=click.FloatRange(0), default=1, show_default=True, help="Seconds between two requests.")
@click.option("--address", default="https://fairsharing.org/", show_default=True, help="Where records are.")
@click.option(
    "--crosswalk",
    "folder",
    type=click.Path(path_type=Path, file_okay=False, exists=True),
    help="Folder of the two tables to refresh. [default: those that ship with kg]",
)
def sync_command(
    records: tuple[str, ...],
    max_records: int,
    max_bytes: int,
    max_seconds: float,
    delay: float,
    address: str,
    folder: Path | None,
) -> int:
    """Refresh the crosswalk from FAIRsharing's public JSON, all records or only RECORDS, named as in the tables.

    One request at a time. A run that a limit ended is gone on with by the next one; exit code 1 says that there is
    more to ask. No build needs this, and nothing else in kg asks FAIRsharing.
    """
    from kg.fairsharing.client import FairsharingClient, RequestLimits, Stopped
    from kg.fairsharing.sync import sync
    from kg.identifiers.tables import CROSSWALKS

    limits = RequestLimits(max_records, max_bytes, max_seconds, delay)
    try:
        client = FairsharingClient(address, limits)
    except Stopped as error:
        raise click.UsageError(str(error)) from None
    done = sync(folder or CROSSWALKS, client, records, lambda words: click.echo(printable(words), err=True))
    for name in done.missing:
        click.echo(f"not there, left as it was: {printable(name)}", err=True)
    if done.stopped:
        click.echo(f"stopped: {printable(done.stopped)}", err=True)
    click.echo(f"asked for {done.asked} records, {done.changed} changed, {done.left} left for the next run")
    return MORE if done.left else 0


@command.command(name="details")
@click.argument("copy", type=click.Path(path_type=Path, dir_okay=False))
@_output
def details_command(copy: Path, output: Path | None) -> None:
    """Write the table of home pages, licences and keywords, from COPY.

    COPY is a wheel of the Python package bioregistry, or the file processed.json of its folder
    external/fairsharing. The table is ontology/crosswalks/fairsharing.details.tsv.
    """
    from kg.fairsharing.bioregistry import details_table, read_copy

    _write(details_table(read_copy(copy)), output)
