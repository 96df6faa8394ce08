"""Show how a page is read, line by line, and its graph in Turtle."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import click

from kg.errors import UnknownName
from kg.resources import shipped

if TYPE_CHECKING:
    from kg.compile import SiteBuild
    from kg.page import Page


@click.command(name="show")
@click.argument("page")
@click.option(
    "--site",
    type=click.Path(path_type=Path, file_okay=False),
    help="The page's site. [default: the folder with _config.yml above the page, else the shipped content]",
)
def command(page: str, site: Path | None) -> None:
    """Show how PAGE, a file or a page_id, is read: its blocks with their lines, then its graph in Turtle."""
    from kg.compile import read_site
    from kg.identifiers.fairsharing import FairsharingCrosswalk
    from kg.page_to_rdf import page_graphs

    build = read_site(site or _site_of(Path(page)) or shipped("content"))
    wanted = _find(build, page)
    _show_blocks(wanted)
    graphs = page_graphs(build.pages, build.site, FairsharingCrosswalk.load())
    graph = next(graph for other, graph in graphs if other is wanted)
    click.echo(graph.serialize(format="turtle"))


def _site_of(file: Path) -> Path | None:
    above = file.resolve().parents if file.is_file() else ()
    return next((folder for folder in above if (folder / "_config.yml").is_file()), None)


def _find(build: SiteBuild, wanted: str) -> Page:
    folder = build.site.folder.resolve()
    for page in build.pages:
        if wanted in (page.path, page.text("page_id")) or Path(wanted).resolve() == folder / page.path:
            return page
    why = [str(f) for f in build.findings if wanted.endswith(f.place.path) and f.severity > f.severity.NOTE]
    known = ", ".join(sorted(page.text("page_id") or page.path for page in build.pages))
    raise UnknownName("\n".join(why) or f"no page {wanted!r} in {build.site.folder}; there are {known}")


def _show_blocks(page: Page) -> None:
    for key, value in page.front.items():
        click.echo(f"{page.line(key):5}  {key}: {value}")
    for block in page.blocks:
        mark = "#" * block.level or {"bullet": "-", "paragraph": " "}[block.kind.value]
        click.echo(f"{block.line:5}  {mark} {block.text}")
        for link in block.links:
            click.echo(f"{link.line:5}      [{link.label}] -> {link.href}")
