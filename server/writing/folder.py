"""The folder of written data, for commands that run without a server."""

from __future__ import annotations

from collections.abc import Callable
from functools import wraps
from pathlib import Path

import click


def overlay_of(release: Path) -> Path:
    """Return the default folder of written data; it is outside a finished release's own folder."""
    if (release / "manifest.json").exists():
        return release.with_name(f"{release.name}-overlay")
    return release / "overlay"


def written_options(command: Callable[..., None]) -> Callable[..., None]:
    """Give a command the options that name a folder of written data, which it gets as ``overlay``."""
    folder = click.Path(file_okay=False, path_type=Path)

    @click.option(
        "--overlay", type=folder, help="Folder of the written data; by default 'overlay' in that of --release."
    )
    @click.option(
        "--release", type=folder, default="build", envvar="KG_RELEASE", show_default=True, help="As of kg serve."
    )
    @wraps(command)
    def with_folder(overlay: Path | None, release: Path, **given: object) -> None:
        command(overlay=overlay or overlay_of(release), **given)

    return with_folder
