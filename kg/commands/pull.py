"""Copy the current release of a server or folder, and follow it."""

from __future__ import annotations

from pathlib import Path

import click

from kg.commands._places import current_in, is_address, say_current
from kg.errors import KgError
from kg.replication import FolderSource, ReleaseSource, ServerSource, receive
from kg.replication.following import repeat
from kg.terminal import QUIET, RELEASE, at, say_next


@click.command(name="pull")
@click.argument("source", metavar="URL|FOLDER")
@click.option(
    "-o",
    "--out",
    type=click.Path(path_type=Path, file_okay=False),
    default=RELEASE,
    show_default=True,
    help="Folder for releases; the copy becomes its 'current'.",
)
@click.option(
    "--follow",
    type=click.FloatRange(1, 86_400),
    metavar="SECONDS",
    help="Ask for another release again and again, until Ctrl-C.",
)
@click.option("--allow-http", is_flag=True, help="Accept an address of http at another host than this one.")
@QUIET
def command(source: str, out: Path, follow: float | None, allow_http: bool) -> int:
    """Copy the current release of a server (kg serve) or of an output folder of kg build.

    Every byte is compared with the checksums of the release. A copy that was broken off is continued. Servers over the
    folder switch to the new release by themselves; earlier releases are kept. The folder of the release is printed.

    \b
    kg pull https://example.org/rdm --out build --follow 30
    """
    if follow is None:
        _pull(_opened(source, allow_http), out)
        say_next("serve", *at(out))
        return 0
    opened = _opened(source, allow_http)

    def pull() -> None:
        nonlocal opened
        try:
            _pull(opened, out)
        except (KgError, OSError):
            opened = _opened(source, allow_http)  # which forgets the manifest, so that the copy is continued
            raise

    repeat(pull, follow)
    return 0


def _opened(source: str, allow_http: bool) -> ReleaseSource:
    if is_address(source):
        return ServerSource(source, is_http_allowed=allow_http)
    return FolderSource(Path(source))


def _pull(source: ReleaseSource, out: Path) -> None:
    before = current_in(out)
    release = receive(source, out)
    if release:
        say_current(release, str(out), before)
        click.echo(release.folder)
