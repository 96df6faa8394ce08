"""Put back what clients have written from a file of kg backup."""

from __future__ import annotations

from pathlib import Path

import click

from kg.store.overlay.backup import restore as restore_backup
from server.writing.folder import written_options


@click.command()
@written_options
@click.option("--replace", is_flag=True, help="Delete the written data that are there.")
@click.argument("file", type=click.Path(dir_okay=False, exists=True, path_type=Path))
def restore(overlay: Path, replace: bool, file: Path) -> None:
    """Put back what clients have written from a file of kg backup.

    No server may use the data meanwhile. It puts them on top of its release when it starts.

    \b
    kg restore written.nq

    \f
    Raises:
        KgError: when the file is damaged, or the folder is used or has other data.
    """
    click.echo(f"restored {overlay}; statements: {restore_backup(file, overlay, replace=replace)}", err=True)
