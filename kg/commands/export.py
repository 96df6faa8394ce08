"""Write the graph of a release in another format."""

from __future__ import annotations

import json
import os
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from functools import partial
from pathlib import Path
from typing import BinaryIO

import click

from kg import madmp
from kg.align import mapping_set
from kg.closest import did_you_mean
from kg.errors import KgError, UnknownName, in_words
from kg.query import DATASET_FORMATS, FORMATS, TURTLE, Form
from kg.query.known import only_page
from kg.query.rows import rows
from kg.release import Release, open_release
from kg.search_index import names_in
from kg.store.oxigraph import open_store
from kg.terminal import QUIET, RELEASE_OPTION, Names, at, command_line, say, say_next
from kg.writers import write_release

_ENGINE = "engine"
"""Name of the format of all that another engine needs."""
_NAMED = {name: fmt for fmt in FORMATS[Form.GRAPH] for name in (*fmt.names, fmt.extension)}
"""Name or file name extension of a format → the format."""


@click.command(name="export")
@click.option(
    "--format",
    "wanted",
    type=Names(sorted([*_NAMED, mapping_set.NAME, madmp.NAME, _ENGINE])),
    help=f"{' and '.join(fmt.label for fmt in DATASET_FORMATS)} keep the named graphs; {mapping_set.NAME} has only "
    f"the matches between things of different sites; {madmp.NAME} is a stub of a data management plan for "
    f"--page (RDA DMP Common Standard); {_ENGINE} is N-Quads of all that kg serve --engine needs: the "
    "named graphs, the description and, without the name of a graph, their union; the others have the union.  "
    f"[default: by the ending of the file, else {TURTLE.name}]",
)
@click.option("--page", help=f"With {madmp.NAME}: id, title, path or IRI of the page that the plan follows.")
@click.option(
    "-o",
    "--output",
    type=click.Path(path_type=Path, dir_okay=False),
    help="File to write; it is replaced atomically. [default: standard output]",
)
@RELEASE_OPTION
@QUIET
def command(wanted: str | None, page: str | None, output: Path | None, release: Path) -> None:
    """Write the graph of a release in another format; the output is deterministic.

    \b
    kg export -o graph.trig
    kg export --format madmp --page pic

    \f
    Raises:
        UsageError: when the ending of the file means no format, there is a page without the format that takes one, or
            the format without a page.
    """
    if (wanted == madmp.NAME) != (page is not None):
        raise click.UsageError(f"--format {madmp.NAME} and --page go together.")
    wanted = wanted or _named_by(output)
    opened = open_release(release)
    if output is None:
        _write(opened, sys.stdout.buffer, wanted, page)
        sys.stdout.flush()
    else:
        with appearing(output) as out:
            _write(opened, out, wanted, page)
        say(f"wrote {output}")
    if wanted == _ENGINE:
        doctor = command_line("doctor", "--engine", "URL", *at(release))
        say(f"load it with the engine's own loader; {doctor} says whether the engine at URL holds it")
    else:
        say_next(*(("explain", page) if page else ("query", "--list")), *at(release))


def _named_by(output: Path | None) -> str:
    """Return the format that the ending of a file means; Turtle if there is none.

    Raises:
        UsageError: when it means no format.
    """
    ending = output.suffix.removeprefix(".").lower() if output else ""
    if ending and ending not in _NAMED:
        raise click.UsageError(f"no format has the ending of {str(output)!r}; {did_you_mean(ending, sorted(_NAMED))}")
    return ending or TURTLE.name


def _write(release: Release, out: BinaryIO, wanted: str, page: str | None) -> None:
    if page is not None:
        ask = partial(rows, open_store(release.store))
        made = madmp.plan(only_page(page, ask, release.report, names_in(release)), release.manifest["created"], ask)
        out.write(f"{json.dumps(made, indent=2, ensure_ascii=False)}\n".encode())
    elif wanted == _ENGINE:
        open_store(release.store).dump(out)
    elif wanted == mapping_set.NAME:
        out.write(mapping_set.joins_as_sssom(open_store(release.store), release.id).encode())
    else:
        write_release(release.graph, out, _NAMED[wanted])


@contextmanager
def appearing(path: Path) -> Iterator[BinaryIO]:
    """Open a file for writing that replaces ``path`` atomically on exit; pipes and devices are written directly.

    Raises:
        UnknownName: when the folder of the file does not exist.
        KgError: when no file can be made there.
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
        out = draft.open("wb")
    except OSError as error:  # which names the draft
        raise KgError(f"cannot write {path}: {in_words(error)}") from error
    try:
        with out:
            yield out
        draft.replace(path)
    finally:
        draft.unlink(missing_ok=True)
