"""Write the graph of a release in another format."""

from __future__ import annotations

import os
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import BinaryIO

import click

from kg.align import mapping_set
from kg.errors import UnknownName
from kg.query import DATASET_FORMATS, FORMATS, FORMATS_BY_NAME, Form
from kg.release import Release, open_release
from kg.store.oxigraph import open_store
from kg.writers import write_release


@click.command(name="export")
@click.option(
    "--format",
    "wanted",
    type=click.Choice(sorted([*(fmt.name for fmt in FORMATS[Form.GRAPH]), mapping_set.NAME])),
    required=True,
    help=f"{' and '.join(fmt.label for fmt in DATASET_FORMATS)} keep the named graphs; {mapping_set.NAME} has only "
    "the matches between things of different sites; the others have the union of the graphs.",
)
@click.option(
    "-o",
    "--output",
    type=click.Path(path_type=Path, dir_okay=False),
    help="File to write; it is replaced atomically. [default: standard output]",
)
@click.option(
    "--release",
    type=click.Path(path_type=Path),
    default=Path("build"),
    show_default=True,
    help="A release, or an output folder of kg build.",
)
def command(wanted: str, output: Path | None, release: Path) -> None:
    """Write the graph of a release in another format; the output is deterministic."""
    opened = open_release(release)
    if output is None:
        _write(opened, sys.stdout.buffer, wanted)
        sys.stdout.flush()
        return
    with appearing(output) as out:
        _write(opened, out, wanted)
    click.echo(f"wrote {output}", err=True)


def _write(release: Release, out: BinaryIO, wanted: str) -> None:
    if wanted == mapping_set.NAME:
        out.write(mapping_set.joins_as_sssom(open_store(release.store), release.id).encode())
    else:
        write_release(release.graph, out, FORMATS_BY_NAME[wanted])


@contextmanager
def appearing(path: Path) -> Iterator[BinaryIO]:
    """Open a file for writing that replaces ``path`` atomically on exit; pipes and devices are written directly.

    Raises:
        UnknownName: when the folder of the file does not exist.
    """
    path = path.resolve()
    if path.exists() and not path.is_file():
        with path.open("wb") as out:
            yield out
        return
    if not path.parent.is_dir():
        raise UnknownName(f"cannot write {path.name}: no folder {path.parent}")
    draft = path.with_name(f".{path.name}.{os.getpid()}.new")
    try:
        with draft.open("wb") as out:
            yield out
        draft.replace(path)
    finally:
        draft.unlink(missing_ok=True)
