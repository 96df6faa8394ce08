"""Show in words what a page says, how it is parsed, and its graph."""

from __future__ import annotations

import os
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from kg.errors import ReleaseError, UnknownName, UnknownValue
from kg.findings import Finding, Place, Severity, printable
from kg.iri import is_web_address
from kg.query.known import is_name, nearest
from kg.release import open_release
from kg.resources import shipped
from kg.terminal import QUIET, RELEASE, coloured, say, say_next
from kg.vocab import TITLES

if TYPE_CHECKING:
    from rdflib import Graph

    from kg.build.compile import SiteBuild
    from kg.page import Page

_WORDS = {None: "null", True: "true", False: "false"}


@click.command(name="show")
@click.argument("page")
@click.option(
    "--site",
    type=click.Path(path_type=Path, file_okay=False),
    help="Site of the page. [default: the folder with _config.yml above the page or above here, else the example site]",
)
@QUIET
def command(page: str, site: Path | None) -> None:
    """Show what a page says in words, its blocks with line numbers, and its graph in Turtle.

    PAGE is its file, or its id, title or IRI.

    First comes a line for each thing that the page recommends, cites or mentions, with the reason if there is one.
    Findings are printed on standard error. No graph is shown for a page that is kept out of it.

    """
    from kg.build.compile import read_site
    from kg.identifiers.fairsharing import FairsharingCrosswalk
    from kg.lint.unfinished import unfinished_because
    from kg.page_to_rdf import PagesToRdf, page_iri
    from kg.vocab import PREFIXES

    build = read_site(site or _site_of(page))
    wanted = _find(build, page)
    for finding in build.findings:
        if finding.place.path == wanted.path:
            place = Place((build.site.folder / finding.place.path).as_posix(), finding.place.line)
            say(coloured(replace(finding, place=place)))
    pages = PagesToRdf(build.pages, build.site, FairsharingCrosswalk.load())
    graph = pages.graph(wanted) if wanted in build.pages else None
    if graph is not None:
        _show_meaning(graph, page_iri(wanted, build.site))
    _show_front(wanted)
    _show_blocks(wanted)
    if graph is None:
        reasons = (unfinished_because(wanted, build.site), *(f.message for f in _errors(build, wanted)))
        click.echo(f"kept out: {printable('; '.join(filter(None, reasons)))}", err=True)
    else:
        for prefix, namespace in PREFIXES.items():
            graph.bind(prefix, namespace, replace=True)
        click.echo(graph.serialize(format="turtle"))
    say_next("check", build.site.folder / wanted.path)


def _errors(build: SiteBuild, page: Page) -> Iterator[Finding]:
    return (f for f in build.findings if f.place.path == page.path and f.severity is Severity.ERROR)


def _site_of(page: str) -> Path:
    """Return the site above the file of a page or above the working folder, else the example site, and say which.

    Raises:
        UnknownName: when the page is a folder, or a release here is of other sites than the example.
    """
    from kg.lint.check import site_above
    from kg.site import open_site

    file = Path() if is_web_address(page) else Path(page)
    if page and file.is_dir() and file != Path():
        raise UnknownName(f"{page} is a folder; give the file of a page, or its id, title or IRI with --site {page}")
    above = site_above(Path(os.path.abspath(file)))  # noqa: PTH100 (resolve() would leave the site through a link)
    found = above if above is None or file.is_absolute() else Path(os.path.relpath(above))
    if found is None:
        found = shipped("content")
        if (others := _titles_of_release()) and others != {open_site(found).title}:
            raise UnknownName(
                f"this folder is in no site, and the release in {RELEASE} is of {' and '.join(sorted(others))}; "
                "give the file of the page, or the folder of its site with --site"
            )
        say(f"site: {found}, the example")
    elif not file.is_file():
        say(f"site: {found}")
    return found


def _titles_of_release() -> set[str]:
    try:
        return {site["title"] for site in open_release(RELEASE).manifest["sites"]}
    except ReleaseError:
        return set()


def _find(build: SiteBuild, wanted: str) -> Page:
    """Return the page with this path or page_id, preferably one that is in the graph."""
    from kg.lint.check import no_file
    from kg.readers import read, read_fronts
    from kg.site.addresses import identifier
    from kg.site.jekyll import SUFFIXES

    for page in build.pages:
        if _is_wanted(page, build, wanted):
            return page
    for front in read_fronts(build.site, build.kept_out):
        if _is_wanted(front, build, wanted):
            found = next((page for page, _ in read(build.site, [front.path])), None)
            return found or front
    why = [str(f) for f in build.findings if wanted.endswith(f.place.path) and f.severity > f.severity.NOTE]
    if why:
        raise UnknownName("\n".join(why))
    if Path(wanted).suffix in SUFFIXES and not Path(wanted).exists():
        raise no_file(Path(wanted), Path(os.path.abspath(build.site.folder)))  # noqa: PTH100
    titles = {identifier(page): page.text("title") for page in build.pages}
    raise UnknownValue("page", wanted, "page", nearest(wanted, titles))


def _is_wanted(page: Page, build: SiteBuild, wanted: str) -> bool:
    from kg.page_to_rdf import page_iri
    from kg.site.addresses import identifier

    file = build.site.folder.resolve() / page.path
    names = (page.path, identifier(page), page.text("title"), page_iri(page, build.site))
    return is_name(wanted, names) or Path(wanted).resolve() == file


def _show_meaning(graph: Graph, page: str) -> None:
    """Write a line for each mention that means something: what the page does with the thing, by its name, and why."""
    from rdflib import URIRef

    from kg.page_html.page_text import marks
    from kg.roles import roles

    for mention in marks(graph, page):
        if mention.target:
            target = URIRef(mention.target)
            titles = (str(value) for prop in TITLES for value in graph.objects(target, URIRef(prop)))
            name = next(titles, None) or mention.label or mention.link or mention.target
            role = roles()[mention.role] if mention.role else None
            is_direct = bool(role and role.direct and (None, URIRef(role.direct), target) in graph)
            words = role.of(name, is_direct=is_direct) if role else f"mentions {name}"
            why = f": {mention.because}" if mention.because else ""
            click.echo(printable(f"line {mention.line} → {words}{why}"))
    click.echo()


def _show_front(page: Page) -> None:
    for key, value in page.front.items():
        line = page.line(key) if key in page.lines else "default"
        click.echo(printable(f"{line:>7}  {key}: {_yaml(value)}"))


def _yaml(value: Any) -> str:
    """Return a front-matter value on one line, similar to YAML.

    >>> _yaml({"tags": ["a b", None], "toc": False})
    '{tags: [a b, null], toc: false}'
    """
    if isinstance(value, dict):
        return "{" + ", ".join(f"{key}: {_yaml(inner)}" for key, inner in value.items()) + "}"
    if isinstance(value, list):
        return "[" + ", ".join(map(_yaml, value)) + "]"
    return str(value) if isinstance(value, str) else _WORDS.get(value, str(value))


def _show_blocks(page: Page) -> None:
    for block in page.blocks:
        mark = "#" * block.level or {"bullet": "-", "paragraph": " "}[block.kind.value]
        click.echo(printable(f"{block.line:7}  {mark} {block.text}"))
        for link in block.links:
            click.echo(printable(f"{link.line:7}      [{link.label}] -> {link.href}"))
