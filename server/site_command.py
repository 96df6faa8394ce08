"""Write a release as a web site that needs no server."""

from __future__ import annotations

import re
from pathlib import Path

import click

from kg.iri import shown
from kg.release import verify
from server.command import serve
from server.configuration import limits
from server.current import Current
from server.site.writing import write_site

_URL = re.compile(r"https?://[\w.-]+(?::\d+)?(?:/[\w./~-]*)?")


def _address(context: click.Context, parameter: click.Parameter, value: str) -> str:
    """Return the address of a web site with a slash at its end."""
    if not _URL.fullmatch(value):
        raise click.BadParameter(f"{shown(value)!r} is no web address such as https://owner.github.io/repository/")
    return f"{value.rstrip('/')}/"


@click.command()
@click.argument("release", type=click.Path(file_okay=False, path_type=Path))
@click.argument("folder", type=click.Path(file_okay=False, path_type=Path))
@click.option("--url", callback=_address, required=True, help="Address at which the folder will be published.")
def site(release: Path, folder: Path, url: str) -> None:
    """Write a release as a web site that needs no server: for GitHub Pages and any other host of files.

    RELEASE is a release, or an output folder of kg build. FOLDER is a new folder, or one that kg site has written,
    which is replaced at the end. Every thing has a page and its RDF beside it; search, questions and queries run in the
    browser. The file w3id.htaccess has the rules that lead persistent identifiers to the site.

    \b
    kg site build public --url https://owner.github.io/repository/

    \f
    Raises:
        KgError: when the site cannot be written.
    """
    current = Current(release)
    verify(current.release)
    walked = write_site(current, limits(serve), url, folder)
    for address in walked.dead:
        click.echo(f"kg: warning: no page for {address}", err=True)
    click.echo(f"wrote release {current.release.id} as {walked.files} pages and files to {folder}", err=True)
