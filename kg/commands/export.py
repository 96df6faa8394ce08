"""Write the graph of a release in another format."""

from __future__ import annotations

import os
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import BinaryIO

import click

from kg.errors import UnknownName
from kg.query import DATASET_FORMATS, FORMATS, FORMATS_BY_NAME, Form
from kg.release import open_release
from kg.writers import write_release


@click.command(name="export")
@click.option(
    "--format",
    "wanted",
    type=click.Choice(sorted(fmt.name for fmt in FORMATS[Form.GRAPH])),
    required=True,
    help=f"{' and '.join(fmt.label for fmt in DATASET_FORMATS)} keep the named graphs; the others have their union.",
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
    graph = open_release(release).graph
    if output is None:
        write_release(graph, sys.stdout.buffer, FORMATS_BY_NAME[wanted])
        sys.stdout.flush()
        return
    with appearing(output) as out:
        write_release(graph, out, FORMATS_BY_NAME[wanted])
    click.echo(f"wrote {output}", err=True)


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
