"""Copy what clients have written into one file."""

from __future__ import annotations

from pathlib import Path

import click

from kg.store.overlay.backup import back_up
from server.writing.folder import written_options


@click.command()
@written_options
@click.argument("file", type=click.Path(dir_okay=False, path_type=Path))
def backup(overlay: Path, file: Path) -> None:
    """Copy what clients have written into one file, also while kg serve --writable runs.

    FILE has every write that was confirmed before, and no part of one. It replaces an older file when it is complete.

    \b
    kg backup written.nq

    \f
    Raises:
        BackupError: when there are no written data, or the file cannot be written.
    """
    click.echo(f"wrote {overlay} to {file}; statements: {back_up(overlay, file)}", err=True)
